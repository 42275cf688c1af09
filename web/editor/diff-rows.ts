/** A line diff as rows to show, with the words that changed inside changed lines. */
import { diffLines, diffWordsWithSpace } from 'diff';

export interface Part {
  readonly text: string;
  readonly changed: boolean;
}

export type DiffRow =
  | { readonly type: 'same'; readonly old: number; readonly new: number; readonly parts: readonly Part[] }
  | { readonly type: 'removed'; readonly old: number; readonly parts: readonly Part[] }
  | { readonly type: 'added'; readonly new: number; readonly parts: readonly Part[] }
  /** Unchanged lines left out. */
  | { readonly type: 'gap'; readonly lines: number };

export interface Diff {
  readonly rows: readonly DiffRow[];
  readonly added: number;
  readonly removed: number;
}

/** `context`: unchanged lines kept round each change; null keeps all. */
export function diffRows(before: string, after: string, context: number | null): Diff {
  const rows: DiffRow[] = [];
  let [old, fresh, added, removed] = [1, 1, 0, 0];
  const changes = diffLines(ended(before), ended(after));
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i];
    if (!change) continue;
    const lines = linesOf(change.value);
    if (!change.added && !change.removed) {
      for (const line of lines)
        rows.push({ type: 'same', old: old++, new: fresh++, parts: [{ text: line, changed: false }] });
      continue;
    }
    const next = changes[i + 1];
    if (change.removed && next?.added) {
      const others = linesOf(next.value);
      const pairs = lines.length === others.length ? lines.map((line, at) => wordParts(line, others[at] ?? '')) : null;
      lines.forEach((line, at) =>
        rows.push({ type: 'removed', old: old++, parts: pairs?.[at]?.before ?? [{ text: line, changed: false }] }),
      );
      others.forEach((line, at) =>
        rows.push({ type: 'added', new: fresh++, parts: pairs?.[at]?.after ?? [{ text: line, changed: false }] }),
      );
      removed += lines.length;
      added += others.length;
      i++;
    } else if (change.removed) {
      for (const line of lines) rows.push({ type: 'removed', old: old++, parts: [{ text: line, changed: false }] });
      removed += lines.length;
    } else {
      for (const line of lines) rows.push({ type: 'added', new: fresh++, parts: [{ text: line, changed: false }] });
      added += lines.length;
    }
  }
  return { rows: context === null ? rows : fold(rows, context), added, removed };
}

function wordParts(before: string, after: string): { before: Part[]; after: Part[] } {
  const parts = { before: [] as Part[], after: [] as Part[] };
  for (const change of diffWordsWithSpace(before, after)) {
    if (!change.added) parts.before.push({ text: change.value, changed: change.removed });
    if (!change.removed) parts.after.push({ text: change.value, changed: change.added });
  }
  return parts;
}

function fold(rows: readonly DiffRow[], context: number): DiffRow[] {
  const keep = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    if (row.type !== 'same') keep.fill(1, Math.max(0, i - context), i + context + 1);
  });
  const folded: DiffRow[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as DiffRow;
    if (keep[i]) {
      folded.push(row);
      continue;
    }
    let lines = 0;
    while (i < rows.length && !keep[i]) {
      lines++;
      i++;
    }
    folded.push({ type: 'gap', lines });
    i--;
  }
  return folded;
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}
