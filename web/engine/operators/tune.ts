/** Searches the numbers of a program inside one open session: hundreds of scored variants for one proposal. */
import { EVALUATION_SEED } from '../job.ts';
import type { EvaluationOutcome, EvaluationSession } from '../ports.ts';
import type { Random } from '../rng.ts';
import { languageTable } from '../syntax/language.ts';
import { layOut } from './ground.ts';
import { liftable, longest, valueAt, withParameters, writeBack } from './lifting.ts';
import type { Lifted } from './lifting.ts';
import { cmaEs } from './optimisers/cma-es.ts';
import { onePlusOne } from './optimisers/one-plus-one.ts';
import { pattern } from './optimisers/pattern.ts';
import type { CreateOptimiser } from './optimisers/optimiser.ts';
import type { Operator, SearchResult } from './operator.ts';

/** Steps at the start, in units of 0.3 |value|; the last is for polishing. */
const SIGMAS = [0.01, 0.05, 0.3, 1, 0.001] as const;
const SIGMA_SHARES = [2, 3, 3, 1.5, 0.5] as const;
/** Significant digits below which a step of that size would often be rounded away. */
const LEAST_DIGITS: Readonly<Record<number, number>> = { 1: 3, 0.3: 3, 0.05: 4, 0.01: 5, 0.001: 6 };
const MOST_DIGITS = 8;
const METHODS: readonly CreateOptimiser[] = [cmaEs, onePlusOne, pattern];
const METHOD_SHARES = [5, 3.5, 1.5] as const;
/** Scored in vain from the start on: there is no sense in going on. */
const HOPELESS = 24;

export const tune: Operator = {
  id: 'tune',
  evaluations: ({ strategy }) => strategy.tune.evaluations,
  applies: ({ evaluations, experiment, parent }) =>
    evaluations >= 4 &&
    languageTable(experiment.language).parameters !== null &&
    experiment.strategy.tune.literals > 0 &&
    parent.evaluation?.fitness !== null,
  propose({ experiment, syntax, parent, random, evaluations }) {
    const layout = layOut(syntax, experiment, parent.files);
    if (layout.type === 'failed') return { type: 'none', reason: layout.reason };
    const lifted = chooseLiterals(liftable(layout), experiment.strategy.tune.literals, random);
    if (lifted.length === 0) return { type: 'none', reason: 'There is no number to tune' };
    const start = parent.evaluation?.fitness ?? null;
    const files = withParameters(parent.files, lifted);
    const count = lifted.length === 1 ? 'one number' : `${lifted.length} numbers`;
    return {
      type: 'search',
      search: {
        source: { language: experiment.language, files, entry: experiment.entry },
        note: `tune ${count}`,
        run: (session, signal) => new Burst(lifted, start, evaluations, random).run(session, signal),
      },
    };
  },
};

/** All, those that are no counts, or a few: most programs have numbers that must stay as they are, and nobody knows which. */
function chooseLiterals(all: readonly Lifted[], most: number, random: Random): Lifted[] {
  const reals = all.filter(({ scale }) => scale === 'real');
  const manner = random.weighted([0.45, 0.3, 0.25]);
  let pool = manner === 1 && reals.length > 0 ? reals : [...all];
  let wanted = Math.min(most, pool.length);
  if (manner === 2) wanted = Math.min(wanted, 1 + random.below(Math.max(1, Math.ceil(pool.length / 2))));
  if (wanted === pool.length) return [...pool];
  pool = [...pool];
  const chosen = new Set<Lifted>();
  while (chosen.size < wanted) {
    const [literal] = pool.splice(random.below(pool.length), 1);
    if (literal) chosen.add(literal);
  }
  return all.filter((literal) => chosen.has(literal));
}

class Burst {
  readonly #lifted: readonly Lifted[];
  readonly #start: number | null;
  readonly #budget: number;
  readonly #random: Random;
  readonly #digits: number;
  /** Coordinates of the best vector; the values of these. */
  #point: number[];
  #values: number[];
  #best: number;
  #improved = false;
  #spent = 0;
  #failed = 0;
  #trace: [number, number][] = [];
  #methods: string[] = [];
  readonly #seen = new Map<string, number>();

  constructor(lifted: readonly Lifted[], start: number | null, budget: number, random: Random) {
    this.#lifted = lifted;
    this.#start = start;
    this.#budget = budget;
    this.#random = random;
    // Programs that have been tuned before carry long numbers: later bursts may write a digit more.
    this.#digits = Math.max(3, Math.min(MOST_DIGITS, longest(lifted) - 2 + random.below(4)));
    this.#point = lifted.map(() => 0);
    this.#values = lifted.map(({ value }) => value);
    this.#best = start ?? -Infinity;
    this.#seen.set(this.#values.join(), this.#best);
  }

  async run(session: EvaluationSession, signal: AbortSignal): Promise<SearchResult> {
    while (this.#spent < this.#budget && !signal.aborted && !this.#isHopeless()) {
      const before = this.#spent;
      await this.#search(session, signal);
      if (this.#spent === before) break;
    }
    return {
      edits: this.#improved ? writeBack(this.#lifted, this.#values) : [],
      evaluations: this.#spent,
      summary: {
        method: this.#methods.join(', ') || 'none',
        dimensions: this.#lifted.length,
        tried: this.#spent,
        failed: this.#failed,
        start: this.#start,
        best: this.#best > -Infinity ? this.#best : null,
        trace: this.#trace,
      },
    };
  }

  /** One optimiser from the best vector so far, until the budget is spent or it has got nowhere for long. */
  async #search(session: EvaluationSession, signal: AbortSignal): Promise<void> {
    const sigma = SIGMAS[this.#random.weighted(SIGMA_SHARES)] as number;
    const digits = Math.max(this.#digits, LEAST_DIGITS[sigma] as number);
    const create = METHODS[this.#random.weighted(METHOD_SHARES)] as CreateOptimiser;
    const optimiser = create({ point: this.#point, score: this.#best, sigma, random: this.#random });
    if (!this.#methods.includes(optimiser.name)) this.#methods.push(optimiser.name);
    const patience = Math.max(40, 12 * this.#lifted.length);
    let idle = 0;
    while (this.#spent < this.#budget && idle < patience && !signal.aborted && !this.#isHopeless()) {
      const points = optimiser.ask();
      const bestBefore = this.#best;
      const spentBefore = this.#spent;
      const scores = await this.#score(points, digits, session);
      if (scores === null) return;
      optimiser.tell(scores);
      // Asking for what has been scored already costs nothing, and must not go on for ever.
      idle = this.#best > bestBefore ? 0 : idle + Math.max(1, this.#spent - spentBefore);
    }
  }

  /** Scores of as many of the points as the budget allows, or null when none could be had. */
  async #score(points: readonly number[][], digits: number, session: EvaluationSession): Promise<number[] | null> {
    const vectors = points.map((point) => this.#lifted.map((one, i) => valueAt(one, point[i] as number, digits)));
    const keys = vectors.map((vector) => vector.join());
    const fresh: number[] = [];
    const asked = new Set<string>();
    keys.forEach((key, i) => {
      if (this.#seen.has(key) || asked.has(key)) return;
      asked.add(key);
      fresh.push(i);
    });
    const chosen = fresh.slice(0, this.#budget - this.#spent);
    if (chosen.length > 0) {
      const outcomes = await session.evaluate(
        chosen.map((i) => ({ parameters: vectors[i] as number[], seed: EVALUATION_SEED, picture: false })),
      );
      if (outcomes.length === 0) return null;
      outcomes.slice(0, chosen.length).forEach((outcome, k) => {
        const i = chosen[k] as number;
        this.#note(keys[i] as string, points[i] as number[], vectors[i] as number[], outcome);
      });
    }
    return keys.map((key) => this.#seen.get(key) ?? -Infinity);
  }

  #note(key: string, point: readonly number[], values: readonly number[], outcome: EvaluationOutcome): void {
    const score = scoreOf(outcome);
    this.#seen.set(key, score);
    if (score === -Infinity) this.#failed++;
    if (score > this.#best) {
      this.#best = score;
      this.#point = [...point];
      this.#values = [...values];
      this.#improved = true;
      this.#trace.push([this.#spent, score]);
    }
    this.#spent++;
  }

  #isHopeless(): boolean {
    return this.#spent >= HOPELESS && this.#failed === this.#spent;
  }
}

function scoreOf(outcome: EvaluationOutcome): number {
  if (outcome.type === 'failed' || !outcome.evaluation.correct) return -Infinity;
  const { fitness } = outcome.evaluation;
  return fitness === null || Number.isNaN(fitness) ? -Infinity : fitness;
}
