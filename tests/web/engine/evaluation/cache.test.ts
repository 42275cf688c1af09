import { describe, expect, it } from 'vitest';
import { EvaluationCache } from '../../../../web/engine/evaluation/cache.ts';
import type { CandidateSource, EvaluationPort, EvaluationRequest } from '../../../../web/engine/ports.ts';
import { bumpy, canonicalLog, clock, evaluation, experiment, realSyntax, standIn, walk } from '../stand-ins.ts';
import { createRun } from '../../../../web/engine/run.ts';
import type { RunEvent } from '../../../../web/engine/events.ts';

const { signal } = new AbortController();
const source: CandidateSource = {
  language: 'javascript',
  files: { 'seed.js': 'export const a = 7;\n' },
  entry: 'seed.js',
};
const plain: EvaluationRequest = { parameters: [], seed: 1, picture: false };

function counting(status?: 'crashed' | 'build-failed' | 'timed-out'): {
  port: EvaluationPort;
  opened: number;
  asked: EvaluationRequest[];
  closed: number;
} {
  const state = {
    opened: 0,
    closed: 0,
    asked: [] as EvaluationRequest[],
    port: {
      open: () => {
        state.opened++;
        return Promise.resolve({
          type: 'ok' as const,
          session: {
            evaluate: (requests: readonly EvaluationRequest[]) => {
              state.asked.push(...requests);
              return Promise.resolve(
                requests.map(({ seed }) =>
                  status
                    ? { type: 'failed' as const, status, reason: 'no', milliseconds: 1 }
                    : { type: 'scored' as const, evaluation: evaluation(seed), milliseconds: 1 },
                ),
              );
            },
            close: () => {
              state.closed++;
            },
          },
        });
      },
    },
  };
  return state;
}

async function ask(port: EvaluationPort, requests: readonly EvaluationRequest[], from = source) {
  const opened = await port.open(from, signal);
  if (opened.type === 'failed') throw new Error(opened.reason);
  const outcomes = await opened.session.evaluate(requests);
  opened.session.close();
  return outcomes;
}

describe('the evaluation cache', () => {
  it('opens no realm for what it knows, and gives the same outcome', async () => {
    const real = counting();
    const port = new EvaluationCache(10).wrap(real.port, experiment());
    const first = await ask(port, [plain]);
    const second = await ask(port, [plain]);
    expect(real.opened).toBe(1);
    expect(second).toEqual([{ ...first[0], milliseconds: 0 }]);
    await ask(port, [{ ...plain, seed: 2 }]);
    await ask(port, [{ ...plain, stage: 'smoke' }]);
    await ask(port, [{ ...plain, instances: ['a'] }]);
    await ask(port, [{ ...plain, best: 3 }]);
    await ask(port, [{ ...plain, best: 3, bestFiles: { 'a.js': '1' } }]);
    await ask(port, [{ ...plain, best: 3, bestFiles: { 'a.js': '2' } }]);
    await ask(port, [plain], { ...source, files: { 'seed.js': 'export const a = 8;\n' } });
    expect(real.opened).toBe(8);
    expect(real.closed).toBe(8);
  });

  it('is for one evaluator and its limits', async () => {
    const real = counting();
    const cache = new EvaluationCache(10);
    await ask(cache.wrap(real.port, experiment()), [plain]);
    await ask(cache.wrap(real.port, experiment({}, { evaluator: { files: { 'e.js': 'x' }, entry: 'e.js' } })), [plain]);
    const { limits } = experiment();
    await ask(cache.wrap(real.port, experiment({}, { limits: { ...limits, fuel: 1 } })), [plain]);
    expect(real.opened).toBe(3);
  });

  it('asks for what it lacks in one go, and keeps the order', async () => {
    const real = counting();
    const port = new EvaluationCache(10).wrap(real.port, experiment());
    await ask(port, [{ ...plain, seed: 2 }]);
    const outcomes = await ask(port, [plain, { ...plain, seed: 2 }, { ...plain, seed: 3 }]);
    expect(outcomes.map((each) => each.type === 'scored' && each.evaluation.fitness)).toEqual([1, 2, 3]);
    expect(real.asked.map(({ seed }) => seed)).toEqual([2, 1, 3]);
  });

  it('forgets what was used least, searches, pictures and failures that may be the machine’s', async () => {
    const real = counting();
    const port = new EvaluationCache(2).wrap(real.port, experiment());
    for (const seed of [1, 2, 1, 3]) await ask(port, [{ ...plain, seed }]);
    expect(real.opened).toBe(3);
    await ask(port, [plain]);
    expect(real.opened).toBe(3);
    await ask(port, [{ ...plain, seed: 2 }]);
    expect(real.opened).toBe(4);
    for (const odd of [
      { ...plain, parameters: [1] },
      { ...plain, picture: true },
      { ...plain, entry: 'b.js' },
    ]) {
      const before = real.opened;
      await ask(port, [odd]);
      await ask(port, [odd]);
      expect(real.opened).toBe(before + 2);
    }
    for (const [status, times] of [
      ['crashed', 2],
      ['timed-out', 2],
      ['build-failed', 1],
    ] as const) {
      const failing = counting(status);
      const fails = new EvaluationCache(10).wrap(failing.port, experiment());
      await ask(fails, [plain]);
      await ask(fails, [plain]);
      expect(failing.opened, status).toBe(times);
    }
  });

  it('says of what cannot be opened what the port says, and opens it again', async () => {
    let opened = 0;
    const refusing: EvaluationPort = {
      open: () => {
        opened++;
        return Promise.resolve({ type: 'failed', status: 'build-failed', reason: 'no such module' });
      },
    };
    const port = new EvaluationCache(10).wrap(refusing, experiment());
    for (let i = 0; i < 2; i++) {
      expect(await port.open(source, signal)).toEqual({
        ...{ type: 'failed', status: 'build-failed', reason: 'no such module' },
      });
    }
    expect(opened).toBe(2);
  });

  it('answers a request it lacks with the failure of a realm that no longer opens', async () => {
    const real = counting();
    let broken = false;
    const failing: EvaluationPort = {
      open: (candidate, stop) =>
        broken
          ? Promise.resolve({ type: 'failed', status: 'crashed', reason: 'stopped' })
          : real.port.open(candidate, stop),
    };
    const port = new EvaluationCache(10).wrap(failing, experiment());
    await ask(port, [plain]);
    broken = true;
    const outcomes = await ask(port, [plain, { ...plain, seed: 2 }]);
    expect(outcomes.map((each) => (each.type === 'failed' ? each.reason : each.type))).toEqual(['scored', 'stopped']);
  });

  it('keeps no more than it may, in outcomes and in characters', async () => {
    const real = counting();
    const cache = new EvaluationCache(5);
    const port = cache.wrap(real.port, experiment());
    for (let seed = 1; seed <= 20; seed++) {
      await ask(port, [{ ...plain, seed }], { ...source, files: { 'seed.js': `export const a = ${seed % 7};\n` } });
      expect(cache.size).toBe(Math.min(seed, 5));
    }
    const tight = new EvaluationCache(100, 3_000);
    const small = tight.wrap(real.port, experiment());
    for (let i = 0; i < 20; i++) {
      await ask(small, [plain], { ...source, files: { 'seed.js': `// ${'x'.repeat(500)}\nexport const a = ${i};\n` } });
    }
    expect(tight.size).toBeGreaterThan(0);
    expect(tight.size).toBeLessThan(6);
    const none = new EvaluationCache(100, 10);
    await ask(none.wrap(real.port, experiment()), [plain]);
    expect(none.size).toBe(0);
  });

  it('runs nothing for a session that was closed', async () => {
    const real = counting();
    const port = new EvaluationCache(10).wrap(real.port, experiment());
    const opened = await port.open(source, signal);
    if (opened.type === 'failed') throw new Error(opened.reason);
    opened.session.close();
    opened.session.close();
    expect(await opened.session.evaluate([plain])).toEqual([]);
    expect(real.closed).toBe(1);
    expect(real.asked).toEqual([]);
  });

  it('leaves the log as it is without it, and a second run of the same seed without work', async () => {
    const cache = new EvaluationCache(1_000);
    const run = async (wrapped: boolean): Promise<{ log: string[]; opened: number }> => {
      const real = standIn(bumpy);
      const log: RunEvent[] = [];
      const evaluations = wrapped ? cache.wrap(real.port, experiment()) : real.port;
      const ports = { evaluations, syntax: await realSyntax(), clock, emit: (event: RunEvent) => log.push(event) };
      const engine = createRun({ experiment: experiment(), seed: 1, ports, operators: [walk] });
      engine.play();
      await engine.finished;
      return { log: canonicalLog(log), opened: real.opened };
    };
    const [bare, first, again] = [await run(false), await run(true), await run(true)];
    expect(first.log).toEqual(bare.log);
    expect(again.log).toEqual(bare.log);
    // New bests are looked at again for their picture, and what crashed is not taken on trust.
    expect(again.opened).toBeLessThan(first.opened / 2);
  });
});
