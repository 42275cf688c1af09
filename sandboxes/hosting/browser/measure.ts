/** The sandbox's own figures, measured in a page. Each function mounts a frame, measures, and takes it away. */
import type { EvaluationHost, HostOptions, Limits } from '../../contract.ts';
import { mountFrame } from './frame.ts';
import { createBrowserHost } from './host.ts';

const LIMITS: Limits = {
  milliseconds: 10_000,
  megabytes: 64,
  outputBytes: 65_536,
  messages: 1_000_000,
  fuel: 1_000_000_000,
};
const ONE_CALL = `export async function evaluate(candidate) { return { fitness: await candidate.call('f', 1), correct: true }; }`;
const REQUEST = { parameters: [1], seed: 1, picture: false };

async function withHost<T>(
  evaluator: string,
  limits: Partial<Limits>,
  run: (host: EvaluationHost) => Promise<T>,
): Promise<T> {
  const frame = mountFrame(document);
  const reason = await frame.ready;
  if (reason !== null) throw new Error(reason);
  const options: HostOptions = {
    evaluator: { entry: 'e.js', files: { 'e.js': evaluator } },
    limits: { ...LIMITS, ...limits },
    slots: 2,
  };
  const host = createBrowserHost(frame.port, options);
  try {
    return await run(host);
  } finally {
    host.close();
    frame.remove();
  }
}

async function session(host: EvaluationHost, text: string) {
  const opened = await host.open(
    { language: 'javascript', entry: 'm.js', files: { 'm.js': text } },
    new AbortController().signal,
  );
  if (opened.type !== 'ok') throw new Error(opened.reason);
  return opened.session;
}

/** Evaluations a second, each of a program never seen before in a realm of its own, two at a time. */
export function freshPerSecond(count = 300): Promise<number> {
  return withHost(ONE_CALL, {}, async (host) => {
    const one = async (i: number): Promise<void> => {
      const opened = await session(host, `export const f = (x) => x + ${i};`);
      const [outcome] = await opened.evaluate([REQUEST]);
      if (outcome?.type !== 'scored' || outcome.evaluation.fitness !== i + 1) throw new Error('not scored');
      opened.close();
    };
    for (let i = 0; i < 10; i++) await one(i);
    const started = performance.now();
    let next = 10;
    const worker = async (): Promise<void> => {
      while (next < count + 10) await one(next++);
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    return (count * 1000) / (performance.now() - started);
  });
}

/** Calls a second from one evaluator to one candidate, each awaited before the next. */
export function callsPerSecond(count = 20_000): Promise<number> {
  const evaluator = `export async function evaluate(candidate) {
    let sum = 0; for (let i = 0; i < ${count}; i++) sum += await candidate.call('f', i);
    return { fitness: sum, correct: true }; }`;
  return withHost(evaluator, {}, async (host) => {
    const opened = await session(host, 'export const f = (x) => 1;');
    await opened.evaluate([REQUEST]);
    const [outcome] = await opened.evaluate([REQUEST]);
    if (outcome?.type !== 'scored' || outcome.evaluation.fitness !== count) throw new Error('not scored');
    return (count * 1000) / outcome.milliseconds;
  });
}

/** Evaluations a second inside one session, one call each, asked for 60 at a time with parameters that change. */
export function evaluationsPerSecond(batches = 100): Promise<number> {
  return withHost(ONE_CALL, {}, async (host) => {
    const opened = await session(host, 'export const f = (x) => x + $p[0];');
    const batch = (i: number) => Array.from({ length: 60 }, (_, k) => ({ ...REQUEST, parameters: [i + k] }));
    for (let i = 0; i < 20; i++) await opened.evaluate(batch(i));
    const started = performance.now();
    for (let i = 0; i < batches; i++) await opened.evaluate(batch(i));
    return (batches * 60_000) / (performance.now() - started);
  });
}

/** Milliseconds from the end of a 300 ms limit to the outcome, of an endless loop: one figure a try, as the host sees it. */
export function overshoots(tries = 12): Promise<number[]> {
  return withHost(ONE_CALL, { milliseconds: 300 }, async (host) => {
    const figures: number[] = [];
    for (let i = 0; i < tries; i++) {
      const opened = await session(host, 'export const f = (x) => { while ($p[0] > 0); return 1; };');
      // The realm is up and the evaluator's code warm before the clock starts.
      await opened.evaluate([{ ...REQUEST, parameters: [0] }]);
      const started = performance.now();
      const [outcome] = await opened.evaluate([REQUEST]);
      figures.push(performance.now() - started - 300);
      if (outcome?.type !== 'failed' || outcome.status !== 'timed-out') throw new Error('it ended');
      opened.close();
    }
    return figures;
  });
}
