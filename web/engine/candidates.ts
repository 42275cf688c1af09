/** Programs as selection rules see them: what a rule asks for is looked up, and nothing else. */
import type { ProgramId } from './program.ts';
import type { Candidate } from './selection/index.ts';
import type { Item } from './selection/inspirations.ts';
import { fitnessOf } from './state.ts';
import type { Tools } from './tools.ts';

/** Looks up what a rule asks for, and nothing else. */
export class SelectionCandidate implements Candidate {
  readonly id: ProgramId;
  readonly fitness: number;
  readonly #tools: Tools;
  readonly #cell: (id: ProgramId) => string | null;

  /** `fitness`: what stands for it where a judge's figure counts as well. */
  constructor(tools: Tools, id: ProgramId, cell: (id: ProgramId) => string | null, fitness?: number) {
    this.id = id;
    this.fitness = fitness ?? fitnessOf(tools.state, id);
    this.#tools = tools;
    this.#cell = cell;
  }

  get children(): number {
    return this.#tools.state.children[this.id] ?? 0;
  }

  get successes(): number {
    return this.#tools.state.successes[this.id] ?? 0;
  }

  get length(): number {
    return this.#tools.member(this.id).length;
  }

  get lines(): number {
    return this.#tools.member(this.id).lines;
  }

  get complexity(): number {
    return this.#tools.member(this.id).complexity;
  }

  get nesting(): number {
    return this.#tools.member(this.id).nesting;
  }

  get cell(): string | null {
    return this.#cell(this.id);
  }

  get evaluation(): Candidate['evaluation'] {
    return this.#tools.state.programs[this.id]?.evaluation ?? null;
  }
}

export class InspirationItem implements Item {
  readonly id: ProgramId;
  readonly #tools: Tools;

  constructor(tools: Tools, id: ProgramId) {
    this.id = id;
    this.#tools = tools;
  }

  get fitness(): number {
    return fitnessOf(this.#tools.state, this.id);
  }

  get evaluation(): Item['evaluation'] {
    return this.#tools.state.programs[this.id]?.evaluation ?? null;
  }

  get vector(): Int8Array | null {
    return this.#tools.member(this.id).vector;
  }
}
