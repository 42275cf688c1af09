import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { experimentFromFolder } from '../../web/engine/folder.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { loaded } from '../sandboxes/python-place.ts';
import { folderOf, moduleOf, type Evaluator } from './folder-of.ts';

type Jobs = [machine: number, minutes: number][][];
interface Bar {
  readonly job: number;
  readonly machine: number;
  readonly start: number;
  readonly minutes: number;
}
interface Shop extends Evaluator {
  readonly training: Jobs[];
  readonly unseen: Jobs[];
  planOf(jobs: Jobs, order: number[]): { bars: Bar[]; idle: number; end: number };
  boundOf(jobs: Jobs): number;
}

const EXAMPLE = 'python-job-shop';
const evaluator = await moduleOf<Shop>(EXAMPLE, 'evaluator.js');
const SEED = readFileSync(new URL(`../../examples/${EXAMPLE}/seed.py`, import.meta.url), 'utf8');

type Rule = (jobs: Jobs) => unknown;
const inTurn: Rule = (jobs) => jobs.flatMap((job, j) => job.map(() => j));
const score = (rule: Rule, picture = false, instances: string[] | null = null) => {
  const candidate = {
    call: () => Promise.reject(new Error('not asked one by one')),
    callMany: (_: string, calls: [Jobs][]) => Promise.resolve(calls.map(([jobs]) => rule(structuredClone(jobs)))),
  };
  return evaluator.evaluate(candidate, { seed: 1, picture, instances });
};

/** The seed with another expression as its rule, in CPython. */
async function inPython(expression: string): Promise<Rule> {
  const { call, reason } = await loaded(SEED.replace('return -minutes', `return ${expression}`), {}, { fuel: 1e9 });
  expect(reason).toBeNull();
  return (jobs) => {
    const answer = call('schedule', jobs);
    if (answer.status !== 'ok') throw new Error(answer.reason);
    return answer.value;
  };
}

describe('what is no schedule', () => {
  const changed =
    (change: (order: unknown[]) => unknown): Rule =>
    (jobs) => {
      const order = inTurn(jobs) as unknown[];
      return change(order) ?? order;
    };
  it.each<[string, Rule, RegExp]>([
    ['nothing', () => undefined, /shop 1: schedule\(jobs\) must return a list/],
    ['a text', () => 'x'.repeat(36), /must return a list/],
    ['a typed array', (jobs) => Uint8Array.from(inTurn(jobs) as number[]), /must return a list/],
    ['too few', changed((order) => order.slice(1)), /36 operations mentions 35/],
    ['too many', changed((order) => [...order, 0]), /36 operations mentions 37/],
    ['a hole', changed((order) => void delete order[7]), /entry 7 is not the number of a job/],
    ['a text for a number', changed((order) => void (order[7] = '1')), /entry 7 is not/],
    ['a negative', changed((order) => void (order[7] = -1)), /entry 7 is not/],
    ['a job that is not there', changed((order) => void (order[7] = 6)), /entry 7 is not/],
    ['a job too often', changed((order) => void (order[35] = 0)), /job 0 is mentioned more often/],
  ])('%s', async (_, rule, reason) => {
    const evaluation = await score(rule);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });
});

describe('the times', () => {
  it('keep every job and every machine to one thing at a time, and begin nothing too late', () => {
    for (const jobs of evaluator.training) {
      const order = (inTurn(jobs) as number[]).reverse();
      const { bars, idle, end } = evaluator.planOf(jobs, order);
      expect(bars).toHaveLength(order.length);
      expect(end).toBe(Math.max(...bars.map(({ start, minutes }) => start + minutes)));
      let waited = 0;
      bars.forEach((bar, i) => {
        const before = bars.slice(0, i);
        const free = Math.max(0, ...before.filter(({ machine }) => machine === bar.machine).map(endOf));
        const ready = Math.max(0, ...before.filter(({ job }) => job === bar.job).map(endOf));
        expect(bar.start).toBe(Math.max(free, ready));
        waited += bar.start - free;
      });
      expect(idle).toBe(waited);
      jobs.forEach((job, j) => {
        expect(bars.filter((bar) => bar.job === j).map(({ machine, minutes }) => [machine, minutes])).toEqual(job);
      });
    }
  });

  it('are never below the bound, which is the optimum where one machine is all there is', () => {
    const one: Jobs = [[[0, 5]], [[0, 7]], [[0, 1]]];
    expect(evaluator.boundOf(one)).toBe(13);
    expect(evaluator.planOf(one, [2, 0, 1]).end).toBe(13);
    for (const jobs of [...evaluator.training, ...evaluator.unseen]) {
      expect(evaluator.planOf(jobs, inTurn(jobs) as number[]).end).toBeGreaterThanOrEqual(evaluator.boundOf(jobs));
    }
  });

  it('are measured on its own shops, whatever becomes of the copies', async () => {
    const spoiling: Rule = (jobs) => {
      const order = inTurn(jobs);
      for (const job of jobs) for (const operation of job) operation[1] = 0;
      return order;
    };
    expect((await score(spoiling)).fitness).toBe((await score(inTurn)).fitness);
  });
});

const endOf = ({ start, minutes }: Bar): number => start + minutes;

describe('the marks', () => {
  const RULES: Readonly<Record<string, string>> = {
    'shortest operation first': '-minutes',
    'longest waiting first': 'waited',
    'most work left first': 'rest',
  };

  it('are what the rules score in CPython, the first of them the seed', async () => {
    const validated = experimentFromFolder(folderOf(EXAMPLE));
    if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
    const { baselines } = validated.experiment.goal;
    expect(baselines.map(({ name }) => name)).toEqual(Object.keys(RULES));
    for (const { name, value, unseen } of baselines) {
      const { fitness, hidden, artifacts } = await score(await inPython(RULES[name] as string), true);
      expect(fitness).toBeCloseTo(-value, 9);
      expect(hidden.unseen).toBeCloseTo(unseen ?? NaN, 9);
      expect((artifacts.picture as unknown as Picture).shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
    }
  });

  it('leave room: the longest operation first is one of the worse rules', async () => {
    expect((await score(await inPython('minutes'), true)).fitness?.toFixed(2)).toBe('-52.57');
  });
});

describe('scores by shop', () => {
  it('are the gaps behind the fitness, and come for the shops that are asked for', async () => {
    const all = await score(inTurn);
    expect(Object.keys(all.scores)).toEqual(evaluator.training.map((_, i) => `shop ${i + 1}`));
    expect(Object.values(all.scores).reduce((sum, each) => sum + each, 0) / 8).toBeCloseTo(all.fitness as number, 12);
    const some = await score(inTurn, false, ['shop 6', 'shop 2']);
    expect(some.scores).toEqual({ 'shop 2': all.scores['shop 2'], 'shop 6': all.scores['shop 6'] });
    expect(await score(inTurn, false, ['shop 99'])).toEqual(all);
  });
});
