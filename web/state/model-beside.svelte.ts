/** Models beside those that propose, as a person chooses them: who makes vectors, who may overrule these, who judges scores. */
import type { Strategy } from '../engine/experiment.ts';
import { besideOf, type Beside } from '../engine/models/plan.ts';

/** What the field of the rubric holds before anybody wrote one. */
export const FIRST_RUBRIC = 'Is the idea clear, and would a person who reads the program trust it?';

export class BesideChoice {
  vectors = $state.raw<Beside['vectors']>('none');
  /** Names as the run calls them; empty: nobody. */
  maker = $state.raw('');
  noveltyJudge = $state.raw('');
  judge = $state.raw('');
  rubric = $state.raw(FIRST_RUBRIC);
  /** As typed; fitness counts 1. */
  weight = $state.raw('0.5');

  /** As the run has it. */
  take(strategy: Strategy): void {
    const { vectors, maker, noveltyJudge, judge } = besideOf(strategy);
    // Vectors of a service that nobody has named are made here.
    this.vectors = vectors === 'remote' && maker === null ? 'local' : vectors;
    this.maker = maker ?? '';
    this.noveltyJudge = noveltyJudge ?? '';
    this.judge = judge?.model ?? '';
    this.rubric = judge?.rubric ?? FIRST_RUBRIC;
    this.weight = String(judge?.weight ?? 0.5);
  }

  /** Names that answer with text, and those that make vectors. */
  get wanted(): { readonly text: readonly string[]; readonly vectors: readonly string[] } {
    const text = [this.vectors === 'none' ? '' : this.noveltyJudge, this.judge].filter((name) => name !== '');
    return { text: [...new Set(text)], vectors: this.vectors === 'remote' ? [this.maker] : [] };
  }

  get chosen(): Beside {
    const { vectors, maker, noveltyJudge, judge, rubric } = this;
    const weight = this.#weight() ?? 0;
    return {
      vectors,
      maker: vectors === 'remote' ? maker : null,
      noveltyJudge: vectors === 'none' || noveltyJudge === '' ? null : noveltyJudge,
      judge: judge === '' ? null : { model: judge, rubric: rubric.trim(), weight },
    };
  }

  get problems(): string[] {
    if (this.judge === '') return [];
    const problems: string[] = [];
    if (this.rubric.trim() === '') problems.push('Say what the judge is to look for.');
    if (this.#weight() === null) problems.push('The weight of the judge must be a number from 0 to 10.');
    return problems;
  }

  #weight(): number | null {
    const value = Number(this.weight.trim().replace(',', '.'));
    return this.weight.trim() !== '' && value >= 0 && value <= 10 ? value : null;
  }
}
