import { describe, expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../../../web/engine/defaults.ts';
import { evaluateByPolicy, evaluationsAtMost } from '../../../../web/engine/evaluation/policy.ts';
import type { EvaluationOutcome, EvaluationRequest } from '../../../../web/engine/ports.ts';
import type { Evaluation, Files } from '../../../../web/engine/program.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { EvaluationSettings } from '../../../../web/engine/strategy.ts';
import type { Trials } from '../../../../web/engine/events.ts';

const EMPTY = { metrics: {}, hidden: {}, feedback: '', features: {}, scores: {}, artifacts: {} };

function scored(fitness: number, more: Partial<Evaluation> = {}): EvaluationOutcome {
  return { type: 'scored', evaluation: { ...EMPTY, fitness, correct: true, fuel: 1, ...more }, milliseconds: 1 };
}

interface Given {
  readonly evaluations?: number;
  readonly bestFitness?: number;
  readonly bestFiles?: () => Files;
  readonly parent?: Evaluation;
  readonly parentTrials?: Trials;
}

async function run(
  parts: Partial<EvaluationSettings>,
  answer: (request: EvaluationRequest) => EvaluationOutcome,
  given: Given = {},
) {
  const settings = { ...DEFAULT_STRATEGY.evaluation, ...parts };
  const requests: EvaluationRequest[] = [];
  const session = {
    evaluate: (asked: readonly EvaluationRequest[]) => {
      requests.push(...asked);
      return Promise.resolve(asked.map(answer));
    },
    close: () => {},
  };
  const result = await evaluateByPolicy(session, {
    ...{ settings, parent: null, bestFitness: Infinity, evaluations: evaluationsAtMost(settings) },
    ...{ random: createRandom(1), ...given },
  });
  return { result, requests };
}

const parent: Evaluation = { ...EMPTY, fitness: 5, correct: true, fuel: 1, scores: { a: 1, b: 2, c: 3, d: 4 } };

describe('evaluation policy', () => {
  it('asks once by default, and once more for the picture of what beats the best', async () => {
    const plain = { parameters: [], seed: 1, picture: false };
    const first = await run({}, () => scored(1), { bestFitness: 1 });
    expect(first.requests).toEqual([plain]);
    expect(first.result).toMatchObject({ status: 'correct', evaluations: 1, trials: null });
    const answer = ({ picture }: EvaluationRequest) =>
      scored(2, picture ? { artifacts: { picture: 1 }, hidden: { unseen: 7 }, fuel: 9 } : {});
    const second = await run({}, answer, { bestFitness: 1 });
    expect(second.requests).toEqual([plain, { ...plain, picture: true }]);
    expect(second.result.evaluations).toBe(1);
    expect(second.result.evaluation).toMatchObject({ artifacts: { picture: 1 }, hidden: { unseen: 7 }, fuel: 1 });
  });

  it('stops at the stage whose threshold is missed, and says so', async () => {
    const stages = [
      { name: 'smoke', threshold: 0.5 },
      { name: 'full', threshold: null },
    ];
    const { result, requests } = await run({ stages }, () => scored(0.3, { feedback: 'poor' }));
    expect(requests.map(({ stage }) => stage)).toEqual(['smoke']);
    expect(result).toMatchObject({ status: 'rejected', reason: 'stage smoke: fitness 0.3 is below 0.5' });
    expect(result.evaluation).toMatchObject({ correct: false, fitness: null, feedback: 'poor' });
    expect(result.trials).toMatchObject({ stage: 'smoke', fitnesses: [0.3] });
    const passed = await run({ stages }, () => scored(0.5));
    expect(passed.requests.map(({ stage }) => stage)).toEqual(['smoke', 'full']);
    const short = await run({ stages }, () => scored(0.5), { evaluations: 1 });
    expect(short.requests).toHaveLength(1);
    expect(short.result).toMatchObject({ status: 'rejected', evaluations: 1 });
  });

  it('averages repeats, and lets one that fails speak for all', async () => {
    const { result } = await run({ repeats: 3 }, ({ seed }) => scored(seed, { metrics: { m: 2 * seed }, fuel: seed }));
    expect(result.evaluation).toMatchObject({ fitness: 2, metrics: { m: 4 }, fuel: 3 });
    expect(result.trials).toEqual({ stage: 'full', seeds: [1, 2, 3], fitnesses: [1, 2, 3], stopped: null });
    const failed = await run({ repeats: 3 }, ({ seed }) =>
      seed === 2 ? { type: 'failed', status: 'timed-out', reason: 'slow', milliseconds: 1 } : scored(1),
    );
    expect(failed.result).toMatchObject({ status: 'timed-out', reason: 'seed 2: slow', evaluation: null });
    expect(failed.requests).toHaveLength(2);
    const cut = await run({ repeats: 3 }, () => scored(1), { evaluations: 2 });
    expect(cut.requests).toHaveLength(2);
    expect(cut.result.trials?.stopped).toBe('the evaluations ran out');
  });

  it('stops repeating when clear, alone or in a race', async () => {
    const stop = { type: 'bayesian', risk: 0.05, least: 2 } as const;
    const clear = await run({ repeats: 9, stop }, ({ seed }) => scored(seed / 100), { parent });
    expect(clear.requests).toHaveLength(2);
    expect(clear.result.trials?.stopped).toContain('below the parent');
    // Each seed moves the score by far more than the difference, which the same seeds take away.
    const parentTrials: Trials = { stage: 'full', seeds: [1, 2, 3], fitnesses: [10, 20, 30], stopped: null };
    const noisy = ({ seed }: EvaluationRequest) => scored(10 * seed - 1);
    const raced = await run({ repeats: 3, race: true }, noisy, { parent, parentTrials });
    expect(raced.requests).toHaveLength(2);
    const alone = await run({ repeats: 3, race: false }, noisy, { parent, parentTrials });
    expect(alone.requests).toHaveLength(3);
  });

  it('gives all repeats to what has nothing to be compared with', async () => {
    const stop = { type: 'bayesian', risk: 0.05, least: 2 } as const;
    const answer = ({ seed }: EvaluationRequest) => scored(seed / 100);
    const seed = await run({ repeats: 5, stop, race: true }, answer, { bestFitness: -Infinity });
    expect(seed.requests.filter(({ picture }) => !picture)).toHaveLength(5);
    expect(seed.result.trials?.stopped).toBeNull();
    // A parent without a score leaves the best so far as the mark.
    const mended = await run({ repeats: 5, stop }, answer, {
      parent: { ...parent, fitness: null, correct: false },
      bestFitness: 8,
    });
    expect(mended.requests).toHaveLength(2);
    expect(mended.result.trials?.stopped).toBe('clearly below the best after 2 of 5');
  });

  it('races against the mean of the parent on seeds it was not scored under', async () => {
    const answer = ({ seed }: EvaluationRequest) => scored(seed === 1 ? 3.9 : 4);
    const raced = await run({ repeats: 9, race: true }, answer, { parent });
    expect(raced.requests).toHaveLength(2);
    expect(raced.result.trials?.stopped).toContain('the parent is better');
    const better = await run({ repeats: 4, race: true }, ({ seed }) => scored(5 + seed), { parent });
    expect(better.requests).toHaveLength(4);
  });

  it('shows a minibatch first and goes on only with what is not worse than the parent', async () => {
    const by = (shift: number) => (request: EvaluationRequest) => {
      const names = request.instances ?? Object.keys(parent.scores);
      return scored(5, { scores: Object.fromEntries(names.map((name) => [name, (parent.scores[name] ?? 0) + shift])) });
    };
    const worse = await run({ minibatch: 2 }, by(-1), { parent });
    expect(worse.requests).toHaveLength(1);
    expect(new Set(worse.requests[0]?.instances).size).toBe(2);
    expect(worse.result.status).toBe('rejected');
    const same = await run({ minibatch: 2 }, by(0), { parent });
    expect(same.requests.map(({ instances }) => instances === undefined)).toEqual([false, true]);
    expect(same.result).toMatchObject({ status: 'correct', evaluations: 2 });
    expect((await run({ minibatch: 4 }, by(-1), { parent })).requests).toHaveLength(1);
  });

  it('tells the best only where it is asked to', async () => {
    expect((await run({ best: true }, () => scored(1), { bestFitness: 3 })).requests[0]?.best).toBe(3);
    expect((await run({ best: true }, () => scored(-1), { bestFitness: -Infinity })).requests[0]?.best).toBeNull();
    expect((await run({}, () => scored(1), { bestFitness: 3 })).requests[0]).not.toHaveProperty('best');
  });

  it('tells the best program with its score, each time it asks, and looks its text up only then', async () => {
    const files = { 'a.js': 'the best' };
    const told = await run({ best: true, repeats: 2 }, () => scored(9), { bestFitness: 3, bestFiles: () => files });
    expect(told.requests).toHaveLength(3);
    for (const { best, bestFiles } of told.requests) expect([best, bestFiles]).toEqual([3, files]);
    const none = await run({ best: true }, () => scored(1), { bestFitness: -Infinity, bestFiles: () => files });
    expect(none.requests[0]).toMatchObject({ best: null, bestFiles: null });
    const looked = (): never => {
      throw new Error('looked up');
    };
    const untold = await run({}, () => scored(1), { bestFitness: 3, bestFiles: looked });
    expect(untold.requests[0]).not.toHaveProperty('bestFiles');
  });
});
