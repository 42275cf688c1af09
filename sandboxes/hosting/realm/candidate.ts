import type { Limits } from '../../contract.ts';
import type {
  Fresh,
  Modules,
  PairAnswer,
  PairCall,
  PairStatus,
  RealmCommand,
  RealmReport,
  TimeAnswer,
} from '../protocol.ts';
import type { Fuel } from './factory.ts';
import type { Channel, Kit } from './kit.ts';

/**
 * The program of a candidate's realm: loads modules, answers calls one after the other, and keeps the protocol out of the candidate's
 * sight. Ports live in this closure only, and nothing here looks up a property that the candidate could have replaced.
 */
export function candidateRealm(control: Channel, kit: Kit): void {
  'use strict';
  const report = control.postMessage.bind(control) as (message: RealmReport) => void;
  const copy = kit.createCopier();
  const { createStopwatch, now } = kit;
  const random = kit.createRandom();
  const describe = kit.describeError();
  const modules = kit.createModules(kit.compile);
  const apply = Reflect.apply;
  const OutOfFuel = Error;
  const OutOfMemory = RangeError;
  const seal = Object.seal;
  const listFrom = Array.from.bind(Array) as (source: ArrayLike<unknown>) => unknown[];
  const { create, hasOwn, keys } = Object;
  // The scope's own `onmessage` is gone once it is locked down; what it was set to stays.
  control.onmessage = receive;
  const memory = kit.lockDown(globalThis, random.next);

  const fuel: Fuel = seal({
    n: 0,
    out(): never {
      throw new OutOfFuel('out of fuel');
    },
  });
  let limits: Limits | null = null;
  let program: Modules | null = null;
  let buildError: string | null = null;
  let main: Record<string, unknown> | null = null;
  let megabytes = 0;
  let allowance = 0;
  let outputBytes = 0;

  interface Waiting {
    readonly call: PairCall;
    readonly answer: (answer: PairAnswer) => void;
    next: Waiting | null;
  }
  let first: Waiting | null = null;
  let last: Waiting | null = null;
  let busy = false;

  // One place for how the current call ends; plain variables, since a list could be tampered with.
  let status: PairStatus = 'ok';
  let reason = '';
  let spent = 0;

  function settleFuel(): void {
    const n = fuel.n;
    const used = typeof n === 'number' ? allowance - n : allowance;
    spent += used >= 0 && used <= allowance ? used : allowance;
    if (memory.exhausted()) {
      status = 'out-of-memory';
      reason = `asked for more than ${megabytes} MB`;
    } else if (typeof n !== 'number' || !(n >= 0)) {
      status = 'timeout';
      reason = 'out of fuel';
    }
  }

  function fail(thrown: unknown): void {
    status = 'failed';
    reason = describe(thrown);
    if (
      thrown instanceof OutOfMemory &&
      (reason === 'RangeError: Array buffer allocation failed' || reason === 'RangeError: Invalid string length')
    ) {
      status = 'out-of-memory';
    }
  }

  function begin(): void {
    fuel.n = allowance;
    memory.begin(megabytes * 1048576);
  }

  /** Module state anew. False where it failed. */
  function freshen({ parameters, seed, entry }: Fresh): boolean {
    main = null;
    if (program === null || (buildError !== null && entry === null)) {
      status = 'build';
      reason = buildError ?? 'no program was loaded';
      return false;
    }
    random.reseed(seed, 0);
    begin();
    try {
      main = modules.instantiate(entry === null ? program.entry : entry, parameters, fuel);
    } catch (thrown) {
      fail(thrown);
    }
    settleFuel();
    if (status !== 'ok') {
      main = null;
      reason = `while it was loaded: ${reason}`;
    }
    return status === 'ok';
  }

  function blank(length: number): unknown[] {
    const source = create(null) as { length: number };
    source.length = length;
    return listFrom(source);
  }

  /** Of the texts that run, and nothing about memory. */
  function facts(): { size: number; memory: number } {
    const { modules: texts } = program as Modules;
    const names = keys(texts);
    let size = 0;
    for (let i = 0; i < names.length; i++) size += (texts[names[i] as string] as string).length;
    return { size, memory: 0 };
  }

  function invoke(name: string, args: readonly unknown[]): unknown {
    begin();
    if (name === '$facts') return facts();
    try {
      const target = hasOwn(main as object, name) ? (main as Record<string, unknown>)[name] : undefined;
      if (typeof target !== 'function') {
        status = 'failed';
        reason = `exports no function "${name}"`;
        return undefined;
      }
      return apply(target, undefined, args);
    } catch (thrown) {
      fail(thrown);
      return undefined;
    }
  }

  function isThenable(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    try {
      return typeof (value as { then?: unknown }).then === 'function';
    } catch (thrown) {
      fail(thrown);
      return false;
    }
  }

  function take(value: unknown): unknown {
    settleFuel();
    if (status !== 'ok') return undefined;
    const copied = copy(value, outputBytes);
    if (copied.ok) return copied.value;
    status = 'failed';
    reason = `what it returned ${copied.reason}`;
    return undefined;
  }

  function finish(waiting: Waiting, values: readonly unknown[]): void {
    busy = false;
    const id = waiting.call.id;
    try {
      waiting.answer({ id, status, values: status === 'ok' ? values : [], reason, fuel: spent });
    } catch {
      waiting.answer({ id, status: 'failed', values: [], reason: 'what it returned could not be sent', fuel: spent });
    }
  }

  async function goOn(waiting: Waiting, values: unknown[], from: number, pending: unknown): Promise<void> {
    const { calls, name } = waiting.call;
    let value: unknown = pending;
    for (let i = from; i < calls.length; i++) {
      if (i > from) value = invoke(name, calls[i] as readonly unknown[]);
      if (status === 'ok') {
        try {
          value = await value;
        } catch (thrown) {
          fail(thrown);
        }
      }
      values[i] = take(value);
      if (status !== 'ok') break;
    }
    finish(waiting, values);
    pump();
  }

  function serve(waiting: Waiting): void {
    busy = true;
    status = 'ok';
    reason = '';
    spent = 0;
    const { calls, name, fresh } = waiting.call;
    // Own slots from the start: setting one then can't meet a setter on a prototype.
    const values = calls.length === 1 ? [undefined as unknown] : blank(calls.length);
    const ready = fresh !== null ? freshen(fresh) : main !== null || freshen({ parameters: [], seed: 0, entry: null });
    if (ready) {
      for (let i = 0; i < calls.length; i++) {
        const value = invoke(name, calls[i] as readonly unknown[]);
        if (status === 'ok' && isThenable(value)) {
          void goOn(waiting, values, i, value);
          return;
        }
        values[i] = take(value);
        if (status !== 'ok') break;
      }
    }
    finish(waiting, values);
  }

  function pump(): void {
    while (!busy && first !== null) {
      const waiting: Waiting = first;
      first = waiting.next;
      if (first === null) last = null;
      serve(waiting);
    }
  }

  /** Measures with its own clock; what is returned is looked at within the time, so that nothing can be put off until after it. */
  function time({ name, calls, fresh }: PairCall): TimeAnswer {
    status = 'ok';
    reason = '';
    const watch = createStopwatch(now);
    for (let passes = watch.next(); passes > 0 && status === 'ok'; passes = watch.next()) {
      if (watch.fresh() && !freshen(fresh ?? { parameters: [], seed: 0, entry: null })) break;
      watch.start();
      for (let pass = 0; pass < passes && status === 'ok'; pass++) {
        for (let i = 0; i < calls.length && status === 'ok'; i++) {
          const value = invoke(name, calls[i] as readonly unknown[]);
          if (isThenable(value)) {
            status = 'failed';
            reason = `"${name}" answers with a promise, which can't be timed`;
          } else take(value);
        }
      }
      watch.stop();
    }
    return { status, timed: status === 'ok' ? watch.result() : null, reason };
  }

  function enqueue(call: PairCall, answer: (answer: PairAnswer) => void): void {
    const waiting: Waiting = { call, answer, next: null };
    if (last === null) first = waiting;
    else last.next = waiting;
    last = waiting;
    pump();
  }

  function pair(port: Channel): void {
    const answer = port.postMessage.bind(port) as (answer: PairAnswer) => void;
    port.onmessage = (event) => enqueue(event.data as PairCall, answer);
    port.start?.();
  }

  function receive(event: { readonly data: unknown }): void {
    const command = event.data as RealmCommand;
    if (command.type === 'load') {
      if (command.program.kind !== 'script') return;
      program = command.program;
      limits = command.limits;
      megabytes = limits.megabytes;
      allowance = limits.fuel;
      outputBytes = limits.outputBytes;
      buildError = modules.load(program.modules);
      report({ type: 'loaded', reason: buildError });
    } else if (command.type === 'pair') pair(command.port as unknown as Channel);
    else if (command.type === 'call') {
      enqueue(command.call, (answer) => report({ type: 'called', answer }));
    } else if (command.type === 'time') {
      report({ type: 'timed', answer: time(command.call) });
    }
  }

  control.start?.();
  report({ type: 'ready' });
}
