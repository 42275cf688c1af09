/** How full, how good and how mixed an archive is: for people, and for comparing runs. */
import type { Archive, ArchiveView, Member } from './archive-contract.ts';
import { fraction } from './archives/values.ts';

/** Share of the cells that hold a program, 0–1; null where there are no cells. */
export function coverage(archive: Archive, view: ArchiveView): number | null {
  return archive.cells === null ? null : elites(archive, view).length / archive.cells;
}

export interface QdScore {
  /** Sum over cells of what their best has above `least`, in units of fitness. */
  readonly raw: number;
  /** The same with fitness from 0 at `least` to 1 at `most`, as a mean over all cells (over members where there are none): 0–1. */
  readonly normalised: number;
}

/** `least` and `most` are the smallest and largest fitness of any correct program of the run: what moves neither shift nor scale. */
export function qdScore(archive: Archive, view: ArchiveView, least: number, most: number): QdScore {
  const best = elites(archive, view);
  let raw = 0;
  let sum = 0;
  for (const { fitness } of best) {
    raw += fitness - least;
    sum += fraction(fitness, least, most);
  }
  return { raw, normalised: sum / Math.max(1, archive.cells ?? best.length) };
}

/** 1 − the mean cosine of all pairs of syntax vectors, 0–2; null with fewer than two vectors. Cost O(n). */
export function diversity(members: readonly Member[]): number | null {
  let sum: Float64Array | null = null;
  let count = 0;
  for (const { vector } of members) {
    if (!vector) continue;
    let square = 0;
    for (const value of vector) square += value * value;
    if (square === 0) continue;
    const length = Math.sqrt(square);
    sum ??= new Float64Array(vector.length);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number) / length;
    count++;
  }
  if (!sum || count < 2) return null;
  // |Σu|² = n + the sum of the cosines of all ordered pairs.
  const square = sum.reduce((total, value) => total + value * value, 0);
  return Math.max(0, 1 - (square - count) / (count * (count - 1)));
}

/** The best of each cell; all members where there are no cells. */
function elites(archive: Archive, view: ArchiveView): readonly Member[] {
  if (archive.cells === null) return view.members;
  const seen = new Set<string>();
  return view.members.filter((member) => {
    const cell = archive.cellOf(view, member);
    if (cell === null || seen.has(cell)) return false;
    seen.add(cell);
    return true;
  });
}
