/**
 * The program of the jailed process, as one text for `node --eval`: inside the jail no file can be read. A bundler would rewrite
 * `require`, hence `getBuiltinModule`.
 */
import type { MessagePort as NodePort } from 'node:worker_threads';
import { realmText, supervisorText } from '../program-text.ts';
import type { Command, RealmReport, Report, Role } from '../protocol.ts';
import type { Supervisor } from '../supervisor/supervise.ts';
import type { Handle, Surroundings } from '../supervisor/surroundings.ts';

type Supervise = (at: Surroundings) => Supervisor;

/** Runs in the jailed process. `process.send` and workers are all it uses. */
function jail(supervise: Supervise, programs: Readonly<Record<Role, string>>, bare: string): void {
  'use strict';
  const threads = process.getBuiltinModule('node:worker_threads');
  const send = process.send?.bind(process) as (report: Report) => boolean;
  let slots = 1;
  let megabytes = 256;
  /** Of all realms together, before their candidates ask for any. */
  let base = 300;

  const supervisor = supervise({
    spawn(role, megabytes, text, on): Handle {
      const { port1, port2 } = new threads.MessageChannel();
      const worker = new threads.Worker(
        text === null ? programs[role] : `(${bare})(); ${text}\nrealm.start(control, now);`,
        {
          eval: true,
          env: {},
          argv: [],
          execArgv: [],
          stdout: true,
          stderr: true,
          workerData: port2,
          transferList: [port2],
          resourceLimits: {
            maxOldGenerationSizeMb: Math.max(16, megabytes),
            maxYoungGenerationSizeMb: Math.max(4, Math.min(32, megabytes / 4)),
            codeRangeSizeMb: 16,
            stackSizeMb: 4,
          },
        },
      );
      port1.on('message', (report: RealmReport) => on.report(report));
      worker.on('error', (error: Error & { code?: string }) =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? on.end(`its heap grew beyond ${megabytes} MB`, true)
          : on.end(`the realm ended: ${String(error.message).slice(0, 200)}`, false),
      );
      worker.on('exit', () => on.end('the realm ended', false));
      return {
        post: (command, transfer) => port1.postMessage(command, transfer as never),
        terminate() {
          port1.close();
          void worker.terminate();
        },
      };
    },
    channel() {
      const { port1, port2 } = new threads.MessageChannel();
      return [port1 as never, port2 as never];
    },
    setTimer: (run, milliseconds) => setTimeout(run, milliseconds),
    clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    now: () => performance.now(),
    send: (report) => void send(report),
  });
  process.on('message', (command: Command) => {
    if (command.type === 'start') {
      ({ slots, megabytes } = command);
      base += (command.realm?.megabytes ?? 0) * (2 * slots + 2);
    }
    supervisor.receive(command);
  });
  process.on('disconnect', () => process.exit());
  // Buffers lie outside the heaps that resourceLimits bounds.
  setInterval(() => {
    if (process.memoryUsage.rss() > (base + slots * 4 * megabytes) * 1048576) supervisor.relieve();
  }, 20);
}

/** Runs in each worker: makes a context without a single object of the worker's own, and starts the realm in it. */
function thread(program: string): void {
  'use strict';
  const threads = process.getBuiltinModule('node:worker_threads');
  const vm = process.getBuiltinModule('node:vm');
  const plain = (vm.constants as { DONT_CONTEXTIFY?: unknown }).DONT_CONTEXTIFY ?? Object.create(null);
  const context = vm.createContext(plain as object, { codeGeneration: { strings: false, wasm: false } });
  const control = threads.moveMessagePortToContext(threads.workerData as never, context);
  const names = ['exports', 'module', 'require', '$p', '$fuel'];
  const compile = (text: string, filename: string): unknown =>
    vm.compileFunction(text, names, { parsingContext: context, filename });
  const clock = performance.now.bind(performance);
  const start = vm.runInContext(program, context, { filename: 'realm' }) as (...parts: unknown[]) => void;
  // Should a program ever get out of its context, it finds nothing here to use.
  for (const name of Object.getOwnPropertyNames(process)) {
    try {
      delete (process as unknown as Record<string, unknown>)[name];
    } catch {
      continue;
    }
  }
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'BroadcastChannel', 'require', 'module', 'Worker']) {
    delete (globalThis as Record<string, unknown>)[name];
  }
  start(control, compile, clock);
}

/**
 * Runs at the head of a worker whose candidates are WebAssembly: they reach nothing of this scope, but should one ever get out of its module, it finds
 * nothing here to use. Leaves `control` and `now`.
 */
function bareThread(): void {
  'use strict';
  const scope = globalThis as unknown as Record<string, unknown>;
  const threads = process.getBuiltinModule('node:worker_threads');
  scope['control'] = threads.workerData;
  scope['now'] = performance.now.bind(performance);
  // For the event that `onmessage` is given Node loads its HTTP client, which takes as long as starting the thread.
  Object.defineProperty(threads.MessagePort.prototype, 'onmessage', {
    set(this: NodePort, receive: (event: { readonly data: unknown }) => void) {
      this.on('message', (data: unknown) => receive({ data }));
    },
  });
  // Node's own event loop needs some of the process's parts, so what leads out is taken by name.
  const leading =
    'getBuiltinModule binding _linkedBinding dlopen kill abort exit reallyExit send chdir mainModule report';
  for (const name of leading.split(' ')) delete (process as unknown as Record<string, unknown>)[name];
  for (const name of [
    'fetch',
    'WebSocket',
    'EventSource',
    'BroadcastChannel',
    'require',
    'module',
    'Worker',
    'process',
  ]) {
    delete scope[name];
  }
}

export function jailText(): string {
  const programs: Record<Role, string> = { candidate: threadText('candidate'), evaluator: threadText('evaluator') };
  return `(${jail.toString()})(${supervisorText()}, ${JSON.stringify(programs)}, ${JSON.stringify(bareThread.toString())});`;
}

function threadText(role: Role): string {
  return `(${thread.toString()})(${JSON.stringify(realmText(role))});`;
}
