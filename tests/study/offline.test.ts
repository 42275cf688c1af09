import { describe, expect, it } from 'vitest';
import { NOTHING_SPENT } from '../../web/engine/models/model.ts';
import type { RunEvent } from '../../web/engine/events.ts';
import { evaluation, experiment } from '../web/engine/stand-ins.ts';
import { reachedBy } from './offline.ts';

function program(job: number, at: number, score: number, best: boolean): RunEvent[] {
  return [
    {
      type: 'evaluated',
      job,
      status: 'correct',
      reason: '',
      note: '',
      change: null,
      evaluation: evaluation(score, { hidden: { unseen: -score } }),
      evaluations: 10,
      burst: null,
      hash: null,
      trials: null,
      nearest: null,
      vector: null,
      spent: NOTHING_SPENT,
      timing: { at, wait: 0, propose: 0, check: 0, novelty: 0, evaluate: 0 },
    },
    {
      ...{ type: 'added', job, island: 0, status: 'new', reason: '', evicted: [], cell: null, threshold: null },
      ...{ best, stale: 0, reward: 0, credits: [] },
    },
  ];
}

describe('what a run has reached', () => {
  const plain = experiment();
  const measured = { ...plain, goal: { ...plain.goal, unseen: 'unseen' } };
  const log: RunEvent[] = [
    { type: 'run-started', v: 2, experiment: measured, seed: 1, random: [1, 2, 3, 4] },
    ...program(0, 500, 1, true),
    ...program(1, 900, 0.5, false),
    ...program(2, 4_000, 2, true),
    ...program(3, 20_000, 3, true),
  ];

  it('is the last best that was consumed by then', () => {
    expect(reachedBy(log, 1)).toEqual({ seconds: 1, value: 1, unseen: -1, evaluations: 20 });
    expect(reachedBy(log, 10)).toEqual({ seconds: 10, value: 2, unseen: -2, evaluations: 30 });
    expect(reachedBy(log, 60)).toEqual({ seconds: 60, value: 3, unseen: -3, evaluations: 40 });
  });

  it('is nothing before the first result', () => {
    expect(reachedBy(log, 0.1)).toEqual({ seconds: 0.1, value: null, unseen: null, evaluations: 0 });
  });
});
