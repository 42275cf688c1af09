/** Runs in Chromium: times one language after the other through the page-side host, as a run worker uses it. `languages.ts` calls it. */
import type { EvaluationHost, EvaluationOutcome, Limits } from '../../../sandboxes/contract.ts';
import { createBrowserHost } from '../../../sandboxes/hosting/browser/host.ts';
import { mountFrame } from '../../../sandboxes/hosting/browser/frame.ts';
import type { Compile, Compiled } from '../../../wasm-toolchains/contract.ts';
import { openToolchains } from '../../../wasm-toolchains/registry.ts';
import { KERNELS, type Kernel } from './kernels.ts';

declare global {
  interface Window {
    measureLanguage: typeof measureLanguage;
    leakCheck: typeof leakCheck;
    /** A module as base64, or why there is none: the machine's own compilers run in Node. */
    compileNatively(request: string): Promise<string>;
  }
}

const QUEENS = 11;
const SOLUTIONS = 2680;
const ROUNDS = 7;
const LIMIT_MS = 400;

const LIMITS: Limits = {
  milliseconds: 30_000,
  megabytes: 256,
  outputBytes: 100_000,
  messages: 1_000_000,
  fuel: Number.MAX_SAFE_INTEGER,
};

/** Scores a program by what `queens` gives, called so many times, after some calls of `same`; all of it is told by the request's seed. */
const EVALUATOR = `export async function evaluate(candidate, context) {
  const [n, calls, times] = [context.seed % 100, Math.floor(context.seed / 100) % 10000, Math.floor(context.seed / 1000000)];
  for (let i = 0; i < calls; i++) await candidate.call('same', i);
  let fitness = 0;
  for (let i = 0; i < Math.max(1, times); i++) fitness = n === 0 ? 0 : await candidate.call('queens', n);
  return { fitness, correct: true };
}`;

export interface LanguageFigures {
  /** From nothing to the first outcome, everything fetched from this machine. */
  readonly coldMs: number;
  /** A program never seen before, from source to a module; null where nothing is compiled. */
  readonly compileMs: number | null;
  /** An evaluation in a realm of its own, of a program that is built already, its realm started ahead. */
  readonly freshMs: number;
  readonly callsPerS: number;
  /** One call of `queens`, once the engine has optimised what it will. */
  readonly queensMs: number;
  readonly overshootMs: number;
}

const never = new AbortController().signal;
const toolchains = openToolchains();

async function compile(...[request, signal]: Parameters<Compile>): Promise<Compiled> {
  if (!KERNELS.some(({ language, native }) => native && language === request.language))
    return toolchains.compile(request, signal);
  const answer = await window.compileNatively(JSON.stringify(request));
  if (!answer.startsWith('wasm:')) return { type: 'failed', reason: answer, diagnostics: [] };
  const wasm = Uint8Array.from(atob(answer.slice(5)), (letter) => letter.charCodeAt(0));
  return { type: 'ok', wasm, shape: 'reactor', diagnostics: [], milliseconds: 0 };
}

function kernelOf(id: string): Kernel {
  const kernel = KERNELS.find((one) => one.id === id);
  if (!kernel) throw new Error(`no kernel ${id}`);
  return kernel;
}

async function withHost<T>(
  kernel: Kernel,
  limits: Partial<Limits>,
  use: (host: EvaluationHost) => Promise<T>,
): Promise<T> {
  const frame = mountFrame(document, new URL('sandbox.html', location.href).href);
  const host = createBrowserHost(frame.port, {
    ...{ evaluator: { files: { 'e.js': EVALUATOR }, entry: 'e.js' }, limits: { ...LIMITS, ...limits }, slots: 1 },
    ...{ sandbox: kernel.sandbox, compile },
  });
  try {
    return await use(host);
  } finally {
    host.close();
    frame.remove();
  }
}

async function evaluate(host: EvaluationHost, kernel: Kernel, text: string, seed: number): Promise<EvaluationOutcome> {
  const opened = await host.open(
    { language: kernel.language, files: { [kernel.entry]: text }, entry: kernel.entry },
    never,
  );
  if (opened.type === 'failed') throw new Error(`${kernel.id}: ${opened.reason}`);
  const [outcome] = await opened.session.evaluate([{ parameters: [], seed, picture: false }]);
  opened.session.close();
  if (!outcome) throw new Error('no outcome');
  return outcome;
}

async function scored(host: EvaluationHost, kernel: Kernel, text: string, seed: number): Promise<number> {
  const outcome = await evaluate(host, kernel, text, seed);
  if (outcome.type === 'failed') throw new Error(`${kernel.id}: ${outcome.reason}`);
  if (seed % 100 === QUEENS && outcome.evaluation.fitness !== SOLUTIONS) throw new Error(`${kernel.id} counts wrongly`);
  return outcome.milliseconds;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;

async function measureLanguage(id: string): Promise<LanguageFigures> {
  const kernel = kernelOf(id);
  const began = performance.now();
  return withHost(kernel, {}, async (host) => {
    const text = kernel.text(0);
    await scored(host, kernel, text, 1);
    const coldMs = performance.now() - began;
    const fresh: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      // The pool has time to start the next one, as it has between two proposals.
      await new Promise((resolve) => setTimeout(resolve, 150));
      const started = performance.now();
      await scored(host, kernel, text, 0);
      fresh.push(performance.now() - started);
    }
    const calls = kernel.id === 'quickjs' ? 500 : 2_000;
    const callsMs = Math.min(
      await scored(host, kernel, text, calls * 100),
      await scored(host, kernel, text, calls * 100),
    );
    return {
      coldMs,
      compileMs: kernel.sandbox === 'wasi' ? await compileTime(kernel) : null,
      freshMs: median(fresh),
      callsPerS: (calls * 1000) / callsMs,
      queensMs: await warmTime(host, kernel, text),
      overshootMs: await overshoot(kernel),
    };
  });
}

/** What some calls more take, divided by their number: the first ones run before an engine has optimised anything. */
async function warmTime(host: EvaluationHost, kernel: Kernel, text: string): Promise<number> {
  const slow = kernel.language === 'python' || kernel.id === 'quickjs';
  const [few, many] = slow ? [1, 3] : [30, 130];
  const time = (times: number) => scored(host, kernel, text, times * 1_000_000 + QUEENS);
  const least = { few: Infinity, many: Infinity };
  for (let i = 0; i < (slow ? 2 : 7); i++) {
    least.few = Math.min(least.few, await time(few));
    least.many = Math.min(least.many, await time(many));
  }
  return (least.many - least.few) / (many - few);
}

async function compileTime(kernel: Kernel): Promise<number> {
  const times: number[] = [];
  for (let i = 1; i <= 5; i++) {
    const started = performance.now();
    const files = { [kernel.entry]: kernel.text(1000 + i) };
    const { type } = await compile(
      { language: kernel.language as never, files, entry: kernel.entry, options: { optimise: 'speed' } },
      never,
    );
    if (type !== 'ok') throw new Error(`${kernel.id} does not compile`);
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Of a clock limit, by a program that never ends and has all the fuel there is. */
function overshoot(kernel: Kernel): Promise<number> {
  return withHost(kernel, { milliseconds: LIMIT_MS }, async (host) => {
    await evaluate(host, kernel, kernel.text(0), 1);
    const figures: number[] = [];
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const outcome = await evaluate(host, kernel, kernel.spin, 5);
      if (outcome.type !== 'failed' || outcome.status !== 'timed-out') throw new Error(`${kernel.id}: it ended`);
      figures.push(outcome.milliseconds - LIMIT_MS);
    }
    return median(figures);
  });
}

/** Realms alive after so many evaluations, each in one of its own; and how long one took, in milliseconds. */
async function leakCheck(
  id: string,
  evaluations: number,
): Promise<{ readonly before: number; readonly alive: number; readonly each: number }> {
  const kernel = kernelOf(id);
  return withHost(kernel, {}, async (host) => {
    const text = kernel.text(0);
    const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 500));
    await scored(host, kernel, text, 1);
    await settled();
    const before = host.stats().alive;
    const started = performance.now();
    for (let i = 0; i < evaluations; i++) await scored(host, kernel, text, 1);
    const each = (performance.now() - started) / evaluations;
    await settled();
    return { before, alive: host.stats().alive, each };
  });
}

window.measureLanguage = measureLanguage;
window.leakCheck = leakCheck;
