import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import { createRandom } from '../../../web/engine/rng.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { emptyState } from '../../../web/engine/state.ts';
import type { EvaluationSession } from '../../../web/engine/ports.ts';
import { createRun } from '../../../web/engine/run.ts';
import {
  bumpy,
  canonicalLog,
  clock,
  evaluation,
  experiment,
  finish,
  harness,
  realSyntax,
  strategyOf,
  walk,
} from './stand-ins.ts';

function delays(seed: number): () => number {
  const random = createRandom(seed);
  return () => (random.next() < 0.5 ? 0 : random.below(4));
}

describe('ordered mode', () => {
  it('gives the same log whatever evaluations take', async () => {
    const plain = await finish(await harness());
    for (const seed of [1, 2, 3]) expect(await finish(await harness({ delay: delays(seed) }))).toEqual(plain);
    expect(plain.length).toBeGreaterThan(100);
    expect(await finish(await harness({ seed: 2 }))).not.toEqual(plain);
  });

  it('stays within the look-ahead', async () => {
    const { run, log, standIn } = await harness({ experiment: experiment({ lookAhead: 3 }), delay: delays(5) });
    run.play();
    await run.finished;
    const state = emptyState();
    for (const event of log) {
      reduce(state, event);
      expect(state.inFlight.size).toBeLessThanOrEqual(3);
    }
    expect(standIn.alive).toBe(0);
  });
});

describe('resuming', () => {
  it('gives the unbroken log from any cut, torn groups included', async () => {
    const whole = await harness();
    const expected = await finish(whole);
    for (let cut = 1; cut <= whole.log.length; cut += 1 + (cut % 7)) {
      const resumed = await harness({ log: whole.log.slice(0, cut), delay: delays(cut) });
      expect(await finish(resumed), `cut after ${cut} events`).toEqual(expected);
    }
  });

  it('refuses a log whose end does not follow from its beginning', async () => {
    const { log } = await (async () => {
      const whole = await harness();
      await finish(whole);
      return whole;
    })();
    const last = log.findLastIndex((event) => event.type === 'added');
    const extra = log[last - 1] as RunEvent;
    const forged = [...log.slice(0, last + 1), ...Array<RunEvent>(40).fill({ ...extra, type: 'issued' } as RunEvent)];
    await expect(harness({ log: forged })).rejects.toThrow(/does not follow/);
  });
});

describe('control', () => {
  it('starts paused, steps one result at a time, and pausing changes nothing in the log', async () => {
    const expected = await finish(await harness());
    const stepped = await harness();
    expect(stepped.run.activity).toBe('paused');
    await stepped.run.step();
    expect(stepped.run.state.consumed).toBe(1);
    await stepped.run.step();
    await stepped.run.step();
    expect(stepped.run.state.consumed).toBe(3);
    expect(stepped.run.activity).toBe('paused');
    stepped.run.play();
    await new Promise((resolve) => setTimeout(resolve, 1));
    stepped.run.pause();
    const before = stepped.log.length;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(stepped.log.length).toBeLessThanOrEqual(before + 10);
    expect(await finish(stepped)).toEqual(expected);
  });

  it('stops without a word in the log and settles', async () => {
    const stopped = await harness({ delay: () => 5 });
    stopped.run.play();
    await stopped.run.step();
    const before = stopped.log.length;
    stopped.run.stop();
    expect(await stopped.run.finished).toBe('stopped');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stopped.log.length).toBe(before);
    expect(await finish(await harness({ log: stopped.log }))).toEqual(await finish(await harness()));
  });

  it('goes on when the budget is raised', async () => {
    const raised = await harness();
    await finish(raised);
    expect(raised.run.state.finished).toBe('evaluations');
    raised.run.setBudget({ ...DEFAULT_BUDGET, evaluations: 90 });
    await finish(raised);
    expect(raised.run.state.evaluations).toBe(90);
  });
});

describe('budget', () => {
  it('is never passed, whatever is in flight', async () => {
    for (const lookAhead of [1, 4, 50]) {
      const { run } = await harness({
        experiment: experiment({ lookAhead }, { budget: { ...DEFAULT_BUDGET, evaluations: 23 } }),
        delay: delays(lookAhead),
      });
      run.play();
      expect(await run.finished).toBe('evaluations');
      expect(run.state.evaluations).toBe(23);
    }
  });

  it('ends a run that finds only duplicates', async () => {
    const stuck = { ...walk, propose: () => ({ type: 'none' as const, reason: 'nothing' }) };
    const { run } = await harness({ operators: [stuck] });
    run.play();
    expect(await run.finished).toBe('nothing-to-do');
  });

  it('tells when the seed fails', async () => {
    const wrong = () => ({
      type: 'scored' as const,
      evaluation: evaluation(null, { feedback: 'two circles overlap' }),
      milliseconds: 0,
    });
    const { run } = await harness({ score: wrong });
    run.play();
    expect(await run.finished).toBe('seed-failed');
    expect(run.state.detail).toContain('two circles overlap');
    const broken = await harness({ experiment: experiment({}, { files: { 'seed.js': 'export const = 1' } }) });
    broken.run.play();
    expect(await broken.run.finished).toBe('seed-failed');
    expect(broken.run.state.detail).toContain('seed.js:1:');
  });
});

describe('throughput mode', () => {
  it('consumes as results come and has every job once', async () => {
    const { run, log } = await harness({ experiment: experiment({ mode: 'throughput' }), delay: delays(9) });
    run.play();
    await run.finished;
    const consumed = log.flatMap((event) => (event.type === 'evaluated' ? [event.job] : []));
    expect(new Set(consumed).size).toBe(consumed.length);
    expect(consumed).not.toEqual([...consumed].sort((a, b) => a - b));
  });
});

describe('population', () => {
  it('keeps archives sorted, within size and free of what failed; islands exchange by copy', async () => {
    const { run, log } = await harness({
      experiment: experiment(
        { islands: { count: 3, migrateEvery: 10, restartAfter: 15 }, archive: { size: 4 } },
        { budget: { ...DEFAULT_BUDGET, evaluations: 900 } },
      ),
    });
    run.play();
    await run.finished;
    const { state } = run;
    for (const island of state.islands) {
      const fitness = island.archive.map((id) => state.programs[id]?.evaluation?.fitness as number);
      expect(fitness).toEqual([...fitness].sort((a, b) => b - a));
      expect(island.archive.length).toBeLessThanOrEqual(4);
      for (const id of island.archive) expect(state.programs[id]?.status).toBe('correct');
    }
    expect(log.some(({ type }) => type === 'migrated')).toBe(true);
    expect(log.some(({ type }) => type === 'island-restarted')).toBe(true);
    expect(state.best).not.toBeNull();
    const best = Math.max(...state.programs.map((program) => program?.evaluation?.fitness ?? -Infinity));
    expect(state.programs[state.best as number]?.evaluation?.fitness).toBe(best);
  });

  it('never evaluates one text twice', async () => {
    const seen = new Map<number, number>();
    const { run } = await harness({
      experiment: experiment({ lookAhead: 1, attempts: 1 }),
      score: (value) => {
        seen.set(value, (seen.get(value) ?? 0) + 1);
        return bumpy(value);
      },
    });
    run.play();
    await run.finished;
    // A new best is looked at once more for its picture.
    expect(Math.max(...seen.values())).toBeLessThanOrEqual(2);
    expect(run.state.programs.some((program) => program?.status === 'duplicate')).toBe(true);
  });
});

it('a state reduced from the log equals the live one', async () => {
  const { run, log } = await harness();
  run.play();
  await run.finished;
  const again = emptyState();
  for (const event of JSON.parse(JSON.stringify(log)) as RunEvent[]) reduce(again, event);
  expect(again).toEqual(run.state);
  expect(canonicalLog(log).length).toBe(log.length);
});

it('a search is scored in the last stage of the cascade, like its winner', async () => {
  const stages = new Set<string>();
  const base = await harness();
  const searching = {
    ...walk,
    evaluations: () => 3,
    propose: ({ parent, experiment: e }: Parameters<typeof walk.propose>[0]) => ({
      type: 'search' as const,
      search: {
        source: { language: e.language, files: parent.files, entry: e.entry },
        note: '',
        run: async (session: EvaluationSession) => {
          await session.evaluate([{ parameters: [1], seed: 1, picture: false }]);
          return { edits: [], evaluations: 1, summary: SUMMARY };
        },
      },
    }),
  };
  const log: RunEvent[] = [];
  const stagesOf = [
    { name: 'smoke', threshold: -1e9 },
    { name: 'whole', threshold: null },
  ];
  const evaluationSettings = { ...strategyOf({}).evaluation, stages: stagesOf };
  const run = createRun({
    experiment: experiment({ evaluation: evaluationSettings }, { budget: { ...DEFAULT_BUDGET, evaluations: 8 } }),
    seed: 1,
    operators: [searching],
    ports: {
      syntax: await realSyntax(),
      clock,
      emit: (event) => log.push(event),
      evaluations: {
        async open(source, signal) {
          const opened = await base.standIn.port.open(source, signal);
          if (opened.type === 'failed') return opened;
          const session: EvaluationSession = {
            evaluate: (requests) => {
              for (const { parameters, stage } of requests) if (parameters.length > 0) stages.add(stage ?? 'none');
              return opened.session.evaluate(requests);
            },
            close: () => opened.session.close(),
          };
          return { type: 'ok', session };
        },
      },
    },
  });
  run.play();
  await run.finished;
  expect([...stages]).toEqual(['whole']);
});

const SUMMARY = { method: 'none', dimensions: 1, tried: 1, failed: 0, start: null, best: null, trace: [] };
