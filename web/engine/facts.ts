/** What is known of a program's text beyond its score: measured when asked for, kept while in use. A function of the text alone. */
import type { Member } from './population/archive-contract.ts';
import { complexityOf } from './novelty/complexity.ts';
import { embed } from './novelty/vector.ts';
import type { Experiment } from './experiment.ts';
import type { Evaluation, Files, ProgramId } from './program.ts';
import { fitnessOf, type RunState } from './state.ts';
import type { Syntax } from './syntax/tree.ts';
import type { Texts } from './texts.ts';

const KEPT = 4_096;

export class Facts {
  readonly #state: RunState;
  readonly #texts: Texts;
  readonly #syntax: Syntax;
  readonly #known = new Map<ProgramId, Member>();

  constructor(state: RunState, texts: Texts, syntax: Syntax) {
    this.#state = state;
    this.#texts = texts;
    this.#syntax = syntax;
  }

  /** Of a program with a correct evaluation. */
  of(id: ProgramId): Member {
    let member = this.#known.get(id);
    if (!member) {
      const evaluation = this.#state.programs[id]?.evaluation as Evaluation;
      member = new TextMember(
        id,
        fitnessOf(this.#state, id),
        evaluation,
        () => this.#texts.of(id),
        (files) => this.measure(files),
      );
      if (this.#known.size >= KEPT) this.#known.delete(this.#known.keys().next().value as ProgramId);
      this.#known.set(id, member);
    }
    return member;
  }

  measure(files: Files): Measured {
    const { language } = this.#state.experiment as Experiment;
    const { complexity, nesting } = complexityOf(this.#syntax, language, files);
    return { complexity, nesting, vector: embed(this.#syntax, language, files) };
  }
}

export interface Measured {
  readonly complexity: number;
  readonly nesting: number;
  readonly vector: Int8Array;
}

class TextMember implements Member {
  readonly id: ProgramId;
  readonly fitness: number;
  readonly evaluation: Evaluation;
  readonly #files: () => Files;
  readonly #measure: (files: Files) => Measured;
  #size: { length: number; lines: number } | null = null;
  #measured: Measured | null = null;

  constructor(
    id: ProgramId,
    fitness: number,
    evaluation: Evaluation,
    files: () => Files,
    measure: (files: Files) => Measured,
  ) {
    this.id = id;
    this.fitness = fitness;
    this.evaluation = evaluation;
    this.#files = files;
    this.#measure = measure;
  }

  get length(): number {
    return this.#sized().length;
  }

  get lines(): number {
    return this.#sized().lines;
  }

  get complexity(): number {
    return (this.#measured ??= this.#measure(this.#files())).complexity;
  }

  get nesting(): number {
    return (this.#measured ??= this.#measure(this.#files())).nesting;
  }

  get vector(): Int8Array {
    return (this.#measured ??= this.#measure(this.#files())).vector;
  }

  #sized(): { length: number; lines: number } {
    if (!this.#size) {
      let length = 0;
      let lines = 0;
      for (const text of Object.values(this.#files())) {
        length += text.length;
        for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
      }
      this.#size = { length, lines };
    }
    return this.#size;
  }
}
