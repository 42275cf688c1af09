/** What an evaluator is told of the best program in a whole run: of searches as well, and never what was held out. */
import { expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../../web/engine/events.ts';
import { OPERATORS as ALL } from '../../../../web/engine/operators/index.ts';
import type { EvaluationPort, EvaluationRequest } from '../../../../web/engine/ports.ts';
import { reduce } from '../../../../web/engine/reduce.ts';
import { createRun } from '../../../../web/engine/run.ts';
import { bestFitness, emptyState, filesOf } from '../../../../web/engine/state.ts';
import { canonicalLog, clock, evaluation, experiment, numberIn, realSyntax } from '../stand-ins.ts';

const HELD_OUT = 987_654.25;

async function play(best: boolean): Promise<{ requests: EvaluationRequest[]; log: RunEvent[] }> {
  const requests: EvaluationRequest[] = [];
  const evaluations: EvaluationPort = {
    open: ({ files }) => {
      const value = numberIn(files['seed.js'] ?? '');
      return Promise.resolve({
        type: 'ok',
        session: {
          evaluate: (asked) => {
            requests.push(...asked);
            return Promise.resolve(
              asked.map(({ parameters: [first] }) => ({
                type: 'scored',
                evaluation: evaluation(-Math.abs((first ?? value) - 40), { hidden: { unseen: HELD_OUT } }),
                milliseconds: 0,
              })),
            );
          },
          close() {},
        },
      });
    },
  };
  const log: RunEvent[] = [];
  const strategy = experiment().strategy;
  const run = createRun({
    experiment: experiment(
      {
        operators: { mutate: 1, tune: 1 },
        lookAhead: 5,
        islands: { count: 1 },
        evaluation: { ...strategy.evaluation, best, stages: [{ name: 'only', threshold: null }] },
      },
      { budget: { ...DEFAULT_BUDGET, evaluations: 200 } },
    ),
    seed: 6,
    ports: { evaluations, syntax: await realSyntax(), clock, emit: (event) => log.push(event) },
    operators: ALL,
  });
  run.play();
  await run.finished;
  return { requests, log };
}

it('the best score and its program go with every request, as they were when a job was issued', async () => {
  const { requests, log } = await play(true);
  // All that was best at some time, by the log.
  const bests = new Map<number | null, string>([[null, 'null']]);
  const state = emptyState();
  for (const event of log) {
    reduce(state, event);
    if (event.type === 'added' && event.best) bests.set(bestFitness(state), JSON.stringify(filesOf(state, event.job)));
  }
  expect(bests.size).toBeGreaterThan(3);
  const told = new Set<number | null>();
  for (const { best, bestFiles, stage } of requests) {
    expect(stage).toBe('only');
    expect(JSON.stringify(bestFiles)).toBe(bests.get(best ?? null));
    told.add(best ?? null);
  }
  expect(told.size).toBeGreaterThan(2);
  // Requests of searches too, which is what their winner will be scored by.
  const searched = requests.filter(({ parameters }) => parameters.length > 0);
  expect(searched.length).toBeGreaterThan(20);
  expect(searched.every(({ bestFiles }) => bestFiles !== null && bestFiles !== undefined)).toBe(true);
  expect(JSON.stringify(requests)).not.toContain(String(HELD_OUT));
  expect(JSON.stringify(log)).toContain(String(HELD_OUT));
});

it('nothing is told where it is off, and the log is the same', async () => {
  const { requests, log } = await play(false);
  for (const request of requests) {
    expect(request).not.toHaveProperty('best');
    expect(request).not.toHaveProperty('bestFiles');
  }
  const told = canonicalLog((await play(true)).log).map((line) =>
    line.replace('"best":true,"judge"', '"best":false,"judge"'),
  );
  expect(told).toEqual(canonicalLog(log));
});
