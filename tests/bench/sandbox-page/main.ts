/** Runs in Chromium: times the page-side host as the run worker uses it. `sandbox.ts` calls `measureSandbox`. */
import type { EvaluationHost, HostOptions, Limits, Source } from '../../../sandboxes/contract.ts';
import { createBrowserHost } from '../../../sandboxes/hosting/browser/host.ts';
import { mountFrame } from '../../../sandboxes/hosting/browser/frame.ts';

declare global {
  interface Window {
    measureSandbox: typeof measureSandbox;
  }
}

const SECONDS = 3;
const CALLS = 4_000;
const OVERSHOOTS = 11;
const LIMIT_MS = 300;

const LIMITS: Limits = {
  milliseconds: 5_000,
  megabytes: 64,
  outputBytes: 100_000,
  messages: 1_000_000,
  fuel: 1_000_000,
};

/** Calls the candidate once, or as often as its `calls` says, one call after the other. */
const EVALUATOR = `export async function evaluate(candidate) {
  const calls = await candidate.call('calls');
  let sum = 0;
  for (let i = 0; i < calls; i++) sum += await candidate.call('value', i);
  return { fitness: sum, correct: true };
}
`;

function candidate(calls: number, number: number): Source {
  const text = `export const calls = () => ${calls};\nexport const value = (x) => x + ${number};\n`;
  return { language: 'javascript', files: { 'seed.js': text }, entry: 'seed.js' };
}

const spin: Source = {
  language: 'javascript',
  files: { 'seed.js': 'export const calls = () => { for (;;); };\n' },
  entry: 'seed.js',
};

export interface SandboxFigures {
  readonly freshPerSecond: number;
  readonly callsPerSecond: number;
  readonly evaluationsPerSecond: number;
  /** One for each try, unsorted. */
  readonly overshoots: readonly number[];
}

async function measureSandbox(): Promise<SandboxFigures> {
  return {
    freshPerSecond: await withHost({}, freshPerSecond),
    callsPerSecond: await withHost({}, callsPerSecond),
    evaluationsPerSecond: await withHost({}, evaluationsPerSecond),
    overshoots: await withHost({ limits: { ...LIMITS, milliseconds: LIMIT_MS } }, overshoots),
  };
}

async function withHost<T>(some: Partial<HostOptions>, use: (host: EvaluationHost) => Promise<T>): Promise<T> {
  const frame = mountFrame(document, './sandbox.html');
  const trouble = await frame.ready;
  if (trouble !== null) throw new Error(trouble);
  const evaluator = { files: { 'evaluator.js': EVALUATOR }, entry: 'evaluator.js' };
  const host = createBrowserHost(frame.port, { evaluator, limits: LIMITS, slots: 2, ...some });
  try {
    await score(host, candidate(1, 0));
    return await use(host);
  } finally {
    host.close();
    frame.remove();
  }
}

/** Milliseconds that one evaluation of a fresh candidate took as its caller sees it. */
async function score(host: EvaluationHost, source: Source, requests = 1): Promise<number> {
  const began = performance.now();
  const opened = await host.open(source, new AbortController().signal);
  if (opened.type === 'failed') throw new Error(opened.reason);
  const asked = Array.from({ length: requests }, () => ({ parameters: [], seed: 1, picture: false }));
  const outcomes = await opened.session.evaluate(asked);
  const took = performance.now() - began;
  opened.session.close();
  const wanted = source === spin ? 'failed' : 'scored';
  const odd = outcomes.find((outcome) => outcome.type !== wanted);
  if (odd !== undefined) throw new Error(`an evaluation was ${odd.type}: ${JSON.stringify(odd)}`);
  return took;
}

/** Each in an isolate that has seen no other candidate; as many at once as the run worker has ahead. */
async function freshPerSecond(host: EvaluationHost): Promise<number> {
  const began = performance.now();
  let done = 0;
  const lane = async (number: number) => {
    for (let i = 0; performance.now() - began < SECONDS * 1000; i++) {
      await score(host, candidate(1, number * 1e6 + i));
      done++;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, number) => lane(number)));
  return (done * 1000) / (performance.now() - began);
}

async function callsPerSecond(host: EvaluationHost): Promise<number> {
  return (CALLS * 1000) / (await score(host, candidate(CALLS, 1)));
}

/** What a burst of `tune` does: many evaluations in one session. */
async function evaluationsPerSecond(host: EvaluationHost): Promise<number> {
  return (CALLS * 1000) / (await score(host, candidate(1, 1), CALLS));
}

async function overshoots(host: EvaluationHost): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < OVERSHOOTS; i++) found.push((await score(host, spin)) - LIMIT_MS);
  return found;
}

window.measureSandbox = measureSandbox;
