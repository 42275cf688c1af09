/** A compiler in a worker of its own: the part outside. A compilation that takes too long, or is not wanted any more, costs the worker its life. */
import type { Compiled, CompileRequest, Progress } from '../contract.ts';
import type { FromCompiler, ToCompiler } from './worker-side.ts';

/** A worker as a page or Node has it. */
export interface CompilerWorker {
  post(message: ToCompiler): void;
  end(): void;
}

export interface CompilerEvents {
  message(message: FromCompiler): void;
  failed(reason: string): void;
}

export type StartWorker = (events: CompilerEvents) => Promise<CompilerWorker>;

export interface WorkerCompiler {
  readonly loaded: boolean;
  load(step: string, progress: (progress: Progress) => void, signal: AbortSignal): Promise<string | null>;
  compile(request: CompileRequest, signal: AbortSignal): Promise<Compiled>;
  close(): void;
}

interface Job {
  readonly id: number;
  readonly message: ToCompiler;
  readonly progress: ((loaded: number, total: number) => void) | null;
  /** It is being worked at from now on. */
  begun(): void;
  readonly settle: (result: Compiled | { readonly type: 'loaded'; readonly failure: string | null }) => void;
}

const START_MS = 20_000;
/** A compiler that nobody has loaded before is loaded by the first program, whose time is longer by this. */
const LOAD_MS = 60_000;
/** A worker nobody has asked for so long is let go, and its memory with it. */
const IDLE_MS = 120_000;

/** One job at a time; `longest` milliseconds for one compilation once the compiler is loaded. */
export function compilerInWorker(start: StartWorker, longest: number): WorkerCompiler {
  let worker: CompilerWorker | null = null;
  /** Counts starts and ends: what an earlier worker still says is told by it. */
  let starts = 0;
  let abandon: () => void = () => {};
  let ready = false;
  let loaded = false;
  let numbers = 0;
  let current: Job | null = null;
  let queue: Job[] = [];
  let idle: ReturnType<typeof setTimeout> | null = null;

  function end(reason: string | null): void {
    const old = worker;
    starts++;
    worker = null;
    ready = loaded = false;
    abandon();
    old?.end();
    if (reason === null || current === null) return;
    const job = current;
    current = null;
    job.settle(
      job.message.work === 'load' ? { type: 'loaded', failure: reason } : { type: 'failed', reason, diagnostics: [] },
    );
  }

  /** Throws where no worker comes of it. One that was ended meanwhile says nothing to the one that came after it. */
  async function begin(): Promise<void> {
    const mine = ++starts;
    let greet: (failure: string | null) => void = () => {};
    const greeted = new Promise<string | null>((resolve) => (greet = resolve));
    abandon = () => greet('the compiler was stopped');
    const timer = setTimeout(() => greet('the compiler did not start'), START_MS);
    let made: CompilerWorker | null = null;
    try {
      made = await start({
        message(message) {
          if (mine !== starts) return;
          if (message.type === 'ready') greet(null);
          else take(message);
        },
        failed(reason) {
          if (mine !== starts) return;
          greet(reason);
          if (!ready) return;
          end(reason);
          pump();
        },
      });
    } catch (error) {
      greet(messageOf(error));
    }
    if (mine === starts) worker = made;
    else made?.end();
    const failure = await greeted;
    clearTimeout(timer);
    if (mine === starts && failure !== null) end(null);
    if (mine !== starts) throw new Error(failure ?? 'the compiler was stopped');
    ready = true;
  }

  function take(message: Exclude<FromCompiler, { type: 'ready' }>): void {
    if (current === null || message.id !== current.id) return;
    if (message.type === 'progress') {
      current.progress?.(message.loaded, message.total);
      return;
    }
    const job = current;
    current = null;
    if (message.type === 'loaded') {
      loaded ||= message.failure === null;
      job.settle(message);
    } else {
      loaded = message.result.type !== 'unavailable';
      if (message.spent) end(null);
      job.settle(message.result);
    }
    pump();
  }

  function pump(): void {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    if (current !== null) return;
    const job = queue.shift();
    if (job === undefined) {
      if (worker !== null) {
        idle = setTimeout(() => end(null), IDLE_MS);
        (idle as { unref?(): void }).unref?.();
      }
      return;
    }
    current = job;
    void (async () => {
      try {
        if (!ready) await begin();
        if (current !== job) return;
        job.begun();
        worker?.post(job.message);
      } catch (error) {
        const reason = messageOf(error);
        if (current !== job) return;
        current = null;
        job.settle(
          job.message.work === 'load'
            ? { type: 'loaded', failure: reason }
            : {
                type: 'unavailable',
                reason,
                remedy: 'try again; a compiler needs memory and, the first time, a network',
              },
        );
        pump();
      }
    })();
  }

  /** Takes it out, wherever it stands; one that is being worked at costs the worker. */
  function drop(id: number): void {
    queue = queue.filter((job) => job.id !== id);
    if (current?.id !== id) return;
    current = null;
    end(null);
    pump();
  }

  return {
    get loaded() {
      return loaded;
    },
    load(step, progress, signal) {
      if (signal.aborted) return Promise.resolve('stopped');
      return new Promise((resolve) => {
        const id = ++numbers;
        const stop = (): void => {
          drop(id);
          resolve('stopped');
        };
        signal.addEventListener('abort', stop, { once: true });
        queue.push({
          id,
          message: { id, work: 'load', request: null },
          progress: (done, total) => progress({ step, loaded: done, total }),
          begun: () => {},
          settle(result) {
            signal.removeEventListener('abort', stop);
            resolve(result.type === 'loaded' ? result.failure : 'the compiler did not load');
          },
        });
        pump();
      });
    },
    compile(request, signal) {
      if (signal.aborted) return Promise.resolve({ type: 'stopped' });
      return new Promise((resolve) => {
        const id = ++numbers;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const stop = (): void => {
          clearTimeout(timer);
          drop(id);
          resolve({ type: 'stopped' });
        };
        const late = (milliseconds: number): void => {
          signal.removeEventListener('abort', stop);
          drop(id);
          resolve({ type: 'failed', reason: `did not compile within ${milliseconds / 1000} s`, diagnostics: [] });
        };
        signal.addEventListener('abort', stop, { once: true });
        queue.push({
          id,
          message: { id, work: 'compile', request },
          progress: null,
          begun() {
            const most = longest + (loaded ? 0 : LOAD_MS);
            timer = setTimeout(late, most, most);
            (timer as { unref?(): void }).unref?.();
          },
          settle(result) {
            clearTimeout(timer);
            signal.removeEventListener('abort', stop);
            resolve(
              result.type === 'loaded'
                ? { type: 'failed', reason: 'the compiler gave no answer', diagnostics: [] }
                : result,
            );
          },
        });
        pump();
      });
    },
    close() {
      const waiting = queue;
      queue = [];
      for (const job of waiting) job.settle({ type: 'stopped' });
      end('the compiler was closed');
    },
  };
}

/** A module worker of this place. `url` of the worker's module; the page's bundler wants the page's worker made where the address is written. */
export async function nodeWorker(url: URL, events: CompilerEvents): Promise<CompilerWorker> {
  const threads = process.getBuiltinModule('node:worker_threads');
  const worker = new threads.Worker(url, { env: {}, argv: [], stdout: true, stderr: true });
  worker.on('message', (message: FromCompiler) => {
    // It holds the process while it works, and no longer.
    if (message.type !== 'progress') worker.unref();
    events.message(message);
  });
  worker.on('error', (error: Error) => events.failed(`the compiler stopped: ${error.message}`));
  worker.on('exit', () => events.failed('the compiler stopped'));
  return {
    post(message) {
      worker.ref();
      worker.postMessage(message);
    },
    end: () => void worker.terminate(),
  };
}

export function pageWorker(worker: Worker, events: CompilerEvents): CompilerWorker {
  worker.onmessage = ({ data }: MessageEvent<FromCompiler>) => events.message(data);
  worker.onerror = (event) => {
    event.preventDefault();
    events.failed(`the compiler stopped: ${event.message}`);
  };
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function inNode(): boolean {
  return typeof process !== 'undefined' && typeof process.versions?.node === 'string';
}
