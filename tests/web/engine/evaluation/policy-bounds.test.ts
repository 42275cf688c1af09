/** The policy under thousands of random settings, budgets and answers. */
import { describe, expect, it } from 'vitest';
import { evaluateByPolicy, evaluationsAtMost, type EvaluationInput } from '../../../../web/engine/evaluation/policy.ts';
import type { EvaluationOutcome, EvaluationRequest, EvaluationSession } from '../../../../web/engine/ports.ts';
import type { Evaluation } from '../../../../web/engine/program.ts';
import { createRandom, type Random } from '../../../../web/engine/rng.ts';
import type { EvaluationSettings, StopSettings } from '../../../../web/engine/strategy.ts';

const STOPS: readonly StopSettings[] = [
  { type: 'never' },
  { type: 'bayesian', risk: 0.05, least: 2 },
  { type: 'interval', confidence: 0.9, least: 3 },
  { type: 'hybrid', risk: 0.05, confidence: 0.9, least: 3 },
];

function settingsFrom(random: Random): EvaluationSettings {
  const stages = Array.from({ length: random.below(4) }, (_, i) => ({
    name: `stage ${i}`,
    threshold: random.below(2) === 0 ? null : random.normal() - 1,
  }));
  return {
    ...{ stages, repeats: 1 + random.below(6), stop: random.pick(STOPS) },
    ...{ race: random.below(2) === 0, minibatch: random.below(4), best: random.below(2) === 0, judge: null },
  };
}

function evaluationOf(fitness: number | null, random: Random): Evaluation {
  const scores = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`i${i}`, random.normal()]));
  return {
    ...{ fitness, correct: fitness !== null, metrics: { m: random.normal() }, hidden: {}, feedback: '' },
    ...{ features: {}, scores, artifacts: {}, fuel: random.below(100) },
  };
}

function answerFrom(random: Random): EvaluationOutcome | undefined {
  const kind = random.below(25);
  if (kind === 0) return { type: 'failed', status: 'crashed', reason: 'broke', milliseconds: 1 };
  if (kind === 1) return { type: 'failed', status: 'timed-out', reason: 'slow', milliseconds: 1 };
  if (kind === 2) return undefined;
  return { type: 'scored', evaluation: evaluationOf(kind === 3 ? null : random.normal(), random), milliseconds: 1 };
}

function inputFrom(random: Random): EvaluationInput {
  const settings = settingsFrom(random);
  const parent = random.below(4) === 0 ? null : evaluationOf(random.below(6) === 0 ? null : random.normal(), random);
  const seeds = Array.from({ length: random.below(4) }, (_, i) => i + 1);
  return {
    ...{ settings, parent, bestFitness: random.below(5) === 0 ? -Infinity : random.normal() },
    parentTrials:
      random.below(2) === 0
        ? null
        : { stage: 'full', seeds, fitnesses: seeds.map(() => random.normal()), stopped: null },
    evaluations: 1 + random.below(evaluationsAtMost(settings) + 2),
    random: random.split('policy'),
  };
}

async function perform(seed: number) {
  const random = createRandom(`bounds ${seed}`);
  const input = inputFrom(random);
  const asked: EvaluationRequest[] = [];
  const answers = random.split('answers');
  const session: EvaluationSession = {
    evaluate: (requests) => {
      asked.push(...requests);
      return Promise.resolve(requests.map(() => answerFrom(answers)).filter((each) => each !== undefined));
    },
    close: () => {},
  };
  return { input, asked, result: await evaluateByPolicy(session, input) };
}

describe('the policy, whatever it is asked', () => {
  const CASES = Array.from({ length: 3_000 }, (_, seed) => seed);

  it('spends what it says, at least one and never more than it may', async () => {
    const ends: Record<string, number> = {};
    for (const seed of CASES) {
      const { input, asked, result } = await perform(seed);
      const paid = asked.filter(({ picture }) => !picture);
      expect(result.evaluations).toBe(paid.length);
      expect(paid.length).toBeGreaterThanOrEqual(1);
      expect(paid.length).toBeLessThanOrEqual(Math.min(input.evaluations, evaluationsAtMost(input.settings)));
      expect(asked.length - paid.length).toBeLessThanOrEqual(1);
      ends[result.status] = (ends[result.status] ?? 0) + 1;
    }
    for (const status of ['correct', 'incorrect', 'rejected', 'crashed', 'timed-out']) {
      expect(ends[status] ?? 0, status).toBeGreaterThan(20);
    }
  });

  it('gives a score to what is correct only, with a reason for all else, and keeps trials in line', async () => {
    for (const seed of CASES) {
      const { input, asked, result } = await perform(seed);
      const { status, reason, evaluation, trials } = result;
      if (status === 'correct') {
        expect(reason).toBe('');
        expect(Number.isFinite(evaluation?.fitness)).toBe(true);
        expect(evaluation?.correct).toBe(true);
      } else {
        expect(reason).not.toBe('');
        expect(evaluation?.correct ?? false).toBe(false);
        expect(evaluation?.fitness ?? null).toBeNull();
      }
      const last = asked.at(-1);
      if (last?.picture) expect(evaluation?.fitness ?? -Infinity).toBeGreaterThan(input.bestFitness);
      const { stages, repeats, minibatch } = input.settings;
      expect(trials === null).toBe(stages.length === 0 && repeats === 1 && minibatch === 0);
      if (!trials) continue;
      expect(trials.fitnesses).toHaveLength(trials.seeds.length);
      expect(trials.fitnesses.every(Number.isFinite)).toBe(true);
      expect(new Set(trials.seeds).size).toBe(trials.seeds.length);
      expect([...stages.map(({ name }) => name), 'full']).toContain(trials.stage);
    }
  });

  it('is the same for the same input', async () => {
    for (const seed of CASES.slice(0, 300)) {
      const [one, two] = [await perform(seed), await perform(seed)];
      expect(one.result).toEqual(two.result);
      expect(one.asked).toEqual(two.asked);
    }
  });
});
