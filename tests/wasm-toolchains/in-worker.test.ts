/** Compilers in workers that start late, fall over, or are not wanted any more. The workers are stand-ins, the time is not real. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CompilerEvents,
  compilerInWorker,
  type CompilerWorker,
  type WorkerCompiler,
} from '../../wasm-toolchains/compilers/in-worker.ts';
import type { ToCompiler } from '../../wasm-toolchains/compilers/worker-side.ts';
import type { Compiled, CompileRequest } from '../../wasm-toolchains/contract.ts';

const request: CompileRequest = { language: 'c', files: {}, entry: '', options: { optimise: 'speed' } };
const made: Compiled = { type: 'ok', wasm: new Uint8Array(1), shape: 'reactor', diagnostics: [], milliseconds: 1 };
const never = new AbortController().signal;

interface StandIn extends CompilerWorker {
  readonly events: CompilerEvents;
  readonly posted: ToCompiler[];
  ended: boolean;
  greet(): Promise<void>;
  answer(result: Compiled, spent?: boolean): Promise<void>;
}

/** Lets everything that only waits for promises go on. */
const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));

/** `tells`: it says that it is gone, as a thread of Node does. */
function standIns(tells: boolean): { readonly all: StandIn[]; readonly compiler: WorkerCompiler } {
  const all: StandIn[] = [];
  const compiler = compilerInWorker((events) => {
    const one: StandIn = {
      ...{ events, posted: [], ended: false },
      post: (message) => void one.posted.push(message),
      end() {
        one.ended = true;
        if (tells) events.failed('the compiler stopped');
      },
      greet() {
        events.message({ type: 'ready' });
        return settle();
      },
      answer(result, spent = false) {
        events.message({ type: 'compiled', id: one.posted.at(-1)?.id ?? 0, result, spent });
        return settle();
      },
    };
    all.push(one);
    return Promise.resolve(one);
  }, 10_000);
  return { all, compiler };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each([
  ['a page', false],
  ['Node', true],
])('a compiler in a worker of %s', (_place, tells) => {
  it('compiles after it was stopped while it started', async () => {
    const { all, compiler } = standIns(tells);
    const stop = new AbortController();
    const first = compiler.compile(request, stop.signal);
    await settle();
    stop.abort();
    expect(await first).toEqual({ type: 'stopped' });
    const second = compiler.compile(request, never);
    await settle();
    expect(all.map(({ ended }) => ended)).toEqual([true, false]);
    await all[0]?.greet();
    expect(all[1]?.posted).toEqual([]);
    await all[1]?.greet();
    // By now the first start would have been given up.
    await vi.advanceTimersByTimeAsync(25_000);
    await all[1]?.answer(made);
    expect(await second).toEqual(made);
  });

  it('holds nothing against the source when it does not start, and starts again', async () => {
    const { all, compiler } = standIns(tells);
    const first = compiler.compile(request, never);
    const second = compiler.compile(request, never);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(await first).toMatchObject({ type: 'unavailable', reason: 'the compiler did not start' });
    await all[1]?.greet();
    await all[1]?.answer(made);
    expect(await second).toEqual(made);
    expect(all.map(({ ended }) => ended)).toEqual([true, false]);
  });

  it('asks another when one has fallen over or could not be loaded', async () => {
    const { all, compiler } = standIns(tells);
    const failed: Compiled = { type: 'failed', reason: 'x', diagnostics: [] };
    const missing: Compiled = { type: 'unavailable', reason: 'x', remedy: 'y' };
    const asked = [1, 2, 3].map(() => compiler.compile(request, never));
    await settle();
    await all[0]?.greet();
    await all[0]?.answer(missing);
    expect(compiler.loaded).toBe(false);
    await all[0]?.answer(failed, true);
    expect(all[0]?.ended).toBe(true);
    await all[1]?.greet();
    await all[1]?.answer(made);
    expect(await Promise.all(asked)).toEqual([missing, failed, made]);
    expect(compiler.loaded).toBe(true);
  });

  it('ends what takes too long, and what dies under a program, and goes on with the next', async () => {
    const { all, compiler } = standIns(tells);
    const asked = [1, 2, 3].map(() => compiler.compile(request, never));
    await settle();
    await all[0]?.greet();
    all[0]?.events.failed('the compiler stopped: out of memory');
    await settle();
    expect(await asked[0]).toMatchObject({ type: 'failed', reason: 'the compiler stopped: out of memory' });
    await all[1]?.greet();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(await asked[1]).toMatchObject({ type: 'failed', reason: 'did not compile within 70 s' });
    expect(all[1]?.ended).toBe(true);
  });

  it('lets a worker go that nobody asks', async () => {
    const { all, compiler } = standIns(tells);
    const asked = compiler.compile(request, never);
    await settle();
    await all[0]?.greet();
    await all[0]?.answer(made);
    await asked;
    await vi.advanceTimersByTimeAsync(121_000);
    expect(all[0]?.ended).toBe(true);
    const again = compiler.compile(request, never);
    await settle();
    await all[1]?.greet();
    await all[1]?.answer(made);
    expect(await again).toEqual(made);
  });
});
