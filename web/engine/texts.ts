/** Texts of programs, rebuilt from the log's edits and kept while they are in use. */
import type { Specimen } from './operators/operator.ts';
import { applyEdits } from './patches/edits.ts';
import type { Files, Program, ProgramId } from './program.ts';
import type { RunState } from './state.ts';

const KEPT = 1_024;
/** Generations a common ancestor is looked for: keeps the cost of a step independent of the length of a run. */
const FURTHEST_ANCESTOR = 64;

export class Texts {
  readonly #state: RunState;
  readonly #known = new Map<ProgramId, Files>();

  constructor(state: RunState) {
    this.#state = state;
  }

  specimen(id: ProgramId): Specimen {
    const program = this.#state.programs[id];
    const { status = 'proposed', reason = '', note = '' } = program ?? {};
    return { id, files: this.of(id), evaluation: program?.evaluation ?? null, status, reason, note };
  }

  /** Throws for a program without text: only programs with text become parents. */
  of(id: ProgramId): Files {
    const pending: Program[] = [];
    let files: Files | undefined;
    for (let cursor = id; files === undefined;) {
      files = this.#known.get(cursor);
      if (files) break;
      const program = this.#state.programs[cursor];
      if (!program?.change) throw new Error(`program ${cursor} has no text`);
      if (program.change.type === 'files') {
        files = program.change.files;
      } else {
        pending.push(program);
        cursor = program.parent as ProgramId;
      }
    }
    for (let program = pending.pop(); program; program = pending.pop()) {
      if (program.change?.type === 'edits') files = applyEdits(files, program.change.edits);
    }
    this.#keep(id, files);
    return files;
  }

  #keep(id: ProgramId, files: Files): void {
    this.#known.delete(id);
    if (this.#known.size >= KEPT) this.#known.delete(this.#known.keys().next().value as ProgramId);
    this.#known.set(id, files);
  }

  /** Youngest program both descend from, if it is neither of them and not too far back. */
  ancestor(a: ProgramId, b: ProgramId): Specimen | null {
    const line = new Set(this.#line(a));
    const common = this.#line(b).find((id) => line.has(id));
    return common === undefined || common === a || common === b ? null : this.specimen(common);
  }

  #line(id: ProgramId): ProgramId[] {
    const line: ProgramId[] = [];
    for (let cursor: ProgramId | null = id; cursor !== null && line.length <= FURTHEST_ANCESTOR;) {
      line.push(cursor);
      cursor = this.#state.programs[cursor]?.parent ?? null;
    }
    return line;
  }
}
