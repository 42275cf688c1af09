/** What comes of a model's change to a program, and the program while the change is being made. */
import { composeEdits } from './compose.ts';
import { applyEdits } from './edits.ts';
import type { Edit, Files } from '../program.ts';
import type { Editable } from './editable.ts';
import type { Range } from './evolve-blocks.ts';

export type Patched =
  | {
      readonly type: 'ok';
      readonly files: Files;
      /** On the program as it was, each inside what may change. */
      readonly edits: readonly Edit[];
      /** What was done otherwise than asked, for people. */
      readonly notes: readonly string[];
    }
  /** `problem` is for the model. Nothing was changed. */
  | { readonly type: 'failed'; readonly problem: string };

/** Files that change step by step while what may change is kept in view. */
export class Draft {
  readonly #base: Files;
  readonly #ranges: Map<string, readonly Range[]>;
  #files: Files;
  #edits: readonly Edit[] = [];

  constructor(files: Files, editable: Editable) {
    this.#base = files;
    this.#files = files;
    this.#ranges = new Map(Object.entries(editable.ranges));
  }

  text(path: string): string {
    return this.#files[path] as string;
  }

  ranges(path: string): readonly Range[] {
    return this.#ranges.get(path) ?? [];
  }

  /** The edit must lie inside one range of its file as it is now. */
  apply(edit: Edit): void {
    const ranges = this.ranges(edit.file);
    const at = ranges.findIndex(({ start, end }) => start <= edit.start && edit.end <= end);
    if (at < 0) throw new Error(`An edit of ${edit.file} outside what may change`);
    const grown = edit.text.length - (edit.end - edit.start);
    const moved = ranges.map((range, i) =>
      i < at ? range : { start: i === at ? range.start : range.start + grown, end: range.end + grown },
    );
    this.#files = applyEdits(this.#files, [edit]);
    this.#ranges.set(edit.file, moved);
    this.#edits = composeEdits(this.#base, this.#edits, [edit]);
  }

  result(notes: readonly string[]): Patched {
    const edits = this.#edits.filter(({ file, start, end, text }) => this.#base[file]?.slice(start, end) !== text);
    if (edits.length > 0) return { type: 'ok', files: this.#files, edits, notes };
    return { type: 'failed', problem: 'The change leaves the program as it is. Change something that matters.' };
  }
}
