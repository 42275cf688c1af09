/** Migration by copy with elitism: what is offered where, and how soon again. The target's archive decides what it takes. */
import type { ProgramId } from '../program.ts';
import type { Edge } from './topology.ts';

export interface MigrationInput {
  readonly edges: readonly Edge[];
  /** By index; archives best first. */
  readonly islands: readonly { readonly archive: readonly ProgramId[]; readonly startedAt: number }[];
  /** Hash of a program's normalised text; null where it is unknown. */
  readonly hash: (program: ProgramId) => string | null;
  /** Share of an archive that is offered, 0–1. */
  readonly rate: number;
  /** Results the run has consumed. */
  readonly consumed: number;
  /** Results for which an island that began anew is left alone, else a restart would be undone at once. */
  readonly rest: number;
}

export interface Offer {
  readonly program: ProgramId;
  readonly from: number;
  readonly to: number;
}

/**
 * The best `ceil(rate × size)` of each source, at least one, along each edge, best first; not what the target has, nor a text it has. All
 * offers are fixed before the first lands, so nothing travels two edges at once.
 */
export function planMigration(input: MigrationInput): readonly Offer[] {
  const { edges, islands, hash, rate, consumed, rest } = input;
  const offers: Offer[] = [];
  const known = new Map<number, { readonly ids: Set<ProgramId>; readonly hashes: Set<string> }>();
  for (const [from, to] of edges) {
    const source = islands[from];
    const target = islands[to];
    if (!source || !target || consumed - target.startedAt < rest) continue;
    let here = known.get(to);
    if (!here) {
      const hashes = target.archive.map(hash).filter((each) => each !== null);
      known.set(to, (here = { ids: new Set(target.archive), hashes: new Set(hashes) }));
    }
    const count = Math.max(1, Math.ceil(Math.min(1, rate) * source.archive.length));
    for (const program of source.archive.slice(0, count)) {
      const text = hash(program);
      if (here.ids.has(program) || (text !== null && here.hashes.has(text))) continue;
      here.ids.add(program);
      if (text !== null) here.hashes.add(text);
      offers.push({ program, from, to });
    }
  }
  return offers;
}

const STEP = 1.5;
const SHORTEST = 1 / 4;
const LONGEST = 8;

/** What a migration, or one migrant of it, came to: whether a migrant or a child of one became the best of its target. */
export interface MigrationOutcome {
  readonly helped: boolean;
}

/**
 * Results until the next migration where the interval adapts: from `base`, ×1.5 for each outcome that did not help, be it that all were turned away or that
 * nothing came of them, ÷1.5 for each that did, oldest first; between a quarter and eight times `base`. A base of 0 means never.
 */
export function nextInterval(base: number, history: readonly MigrationOutcome[]): number {
  if (!(base > 0)) return 0;
  let factor = 1;
  for (const { helped } of history) {
    factor = helped ? Math.max(SHORTEST, factor / STEP) : Math.min(LONGEST, factor * STEP);
  }
  return Math.max(1, Math.round(base * factor));
}
