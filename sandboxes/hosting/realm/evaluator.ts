import type { EvaluationRequest, Limits } from '../../contract.ts';
import type { TimedProgram, TimingComparison } from '../../timing/pairs.ts';
import type { Timed } from '../../timing/stopwatch.ts';
import type {
  Fresh,
  Modules,
  PairAnswer,
  PairCall,
  RawOutcome,
  RealmCommand,
  RealmReport,
  TimeAnswer,
} from '../protocol.ts';
import type { Fuel } from './factory.ts';
import type { Channel, Kit } from './kit.ts';

/**
 * The program of an evaluator's realm: loads the evaluator once, scores requests one after the other, and lets it see of the
 * candidate only calls with plain data. It talks to the candidate's realm directly; the supervisor hears only outcomes.
 */
export function evaluatorRealm(control: Channel, kit: Kit): void {
  'use strict';
  const report = control.postMessage.bind(control) as (message: RealmReport) => void;
  const now = kit.now;
  const copy = kit.createCopier();
  const moduleRandom = kit.createRandom();
  const contextRandom = kit.createRandom();
  const timingRandom = kit.createRandom();
  const statistics = kit.createTimingStatistics(timingRandom.next);
  const compareNumbers = kit.createNumberComparison();
  const { comparePairs } = kit;
  const describe = kit.describeError();
  const modules = kit.createModules(kit.compile);
  const NewPromise = Promise;
  const NewError = Error;
  const freeze = Object.freeze;
  const create = Object.create;
  const isArray = Array.isArray;
  // The scope's own `onmessage` is gone once it is locked down; what it was set to stays.
  control.onmessage = receive;
  const memory = kit.lockDown(globalThis, moduleRandom.next);
  /** An evaluation may carry a picture, so it may be larger than what one call returns. */
  const EVALUATION_BYTES = 4194304;

  type FailedStatus = Extract<RawOutcome, { type: 'failed' }>['status'];
  type Evaluate = (candidate: object, context: object) => unknown;
  interface Sampling {
    readonly run: Run;
    readonly of: TimedProgram;
    readonly resolve: (timed: Timed) => void;
    readonly reject: (error: Error) => void;
  }
  interface Pending {
    readonly run: Run;
    readonly many: boolean;
    readonly resolve: (value: unknown) => void;
    readonly reject: (error: Error) => void;
  }
  /** One request. A run that is over gets no more answers, so that nothing of it goes on. */
  interface Run {
    over: boolean;
    calls: number;
    flood: Error | null;
    fuel: number;
    fresh: Fresh | null;
    failure: { readonly error: Error; readonly status: FailedStatus; readonly reason: string } | null;
  }

  let limits: Limits | null = null;
  let evaluate: Evaluate | null = null;
  let loadError: { readonly status: FailedStatus; readonly reason: string } | null = null;
  let post: ((call: PairCall) => void) | null = null;
  let disconnect: (() => void) | null = null;
  let pending = create(null) as Record<number, Pending | undefined>;
  let samplings = create(null) as Record<number, Sampling | undefined>;
  const floors = create(null) as Record<string, number | undefined>;
  let waiting = 0;
  let lastName = '';
  let nextId = 1;
  let current: Run | null = null;
  let job = 0;

  function failWith(run: Run, status: string, failed: FailedStatus, reason: string): Error {
    const error = new NewError(reason);
    (error as Error & { status?: string }).status = status;
    run.failure ??= { error, status: failed, reason };
    return error;
  }

  function settle(answer: PairAnswer): void {
    const entry = pending[answer.id];
    if (entry === undefined) return;
    delete pending[answer.id];
    waiting--;
    const { run } = entry;
    run.fuel += answer.fuel;
    if (run.over) return;
    switch (answer.status) {
      case 'ok':
        entry.resolve(entry.many ? answer.values : answer.values[0]);
        return;
      case 'build':
        return entry.reject(failWith(run, 'build-failed', 'build-failed', answer.reason));
      case 'timeout':
        return entry.reject(failWith(run, 'timeout', 'timed-out', answer.reason));
      case 'out-of-memory':
        return entry.reject(failWith(run, 'out-of-memory', 'out-of-memory', answer.reason));
      default:
        return entry.reject(failWith(run, answer.status, 'crashed', answer.reason));
    }
  }

  function pair(port: Channel): void {
    disconnect?.();
    pending = create(null) as Record<number, Pending | undefined>;
    samplings = create(null) as Record<number, Sampling | undefined>;
    waiting = 0;
    post = port.postMessage.bind(port) as (call: PairCall) => void;
    disconnect = (port as unknown as MessagePort).close.bind(port);
    port.onmessage = (event) => settle(event.data as PairAnswer);
    port.start?.();
  }

  function send(run: Run, name: unknown, calls: readonly (readonly unknown[])[], many: boolean): Promise<unknown> {
    return new NewPromise((resolve, reject: (error: Error) => void) => {
      if (run.over || post === null || limits === null) return;
      run.calls++;
      if (run.calls > limits.messages) {
        // One error for the whole flood.
        run.flood ??= failWith(run, 'killed', 'crashed', `more than ${limits.messages} calls in one evaluation`);
        reject(run.flood);
        return;
      }
      const id = nextId++;
      const call = { id, name: `${name as string}`, calls, fresh: run.fresh };
      try {
        post(call);
      } catch {
        reject(new NewError('the arguments of a call must be plain data'));
        return;
      }
      run.fresh = null;
      lastName = call.name;
      waiting++;
      pending[id] = { run, many, resolve, reject };
    });
  }

  function sampled(sample: number, { status, timed, reason }: TimeAnswer): void {
    const entry = samplings[sample];
    if (entry === undefined) return;
    delete samplings[sample];
    waiting--;
    const { run, of } = entry;
    if (run.over) return;
    if (status === 'ok' && timed !== null) entry.resolve(timed);
    else if (of === 'baseline') entry.reject(new NewError(`the baseline: ${reason}`));
    else {
      const failed = status === 'timeout' ? 'timed-out' : status === 'out-of-memory' ? status : 'crashed';
      entry.reject(failWith(run, status, status === 'build' ? 'build-failed' : failed, reason));
    }
  }

  /** Each sample is taken in a realm of its own, one after the other: the supervisor sees to it. */
  async function compare(run: Run, fresh: Fresh, given: unknown): Promise<TimingComparison> {
    const wanted = given as { name?: unknown; args?: unknown; argsList?: unknown; blocks?: unknown };
    const calls = wanted.argsList ?? [wanted.args ?? []];
    if (typeof wanted.name !== 'string' || !isArray(calls) || calls.length === 0 || !calls.every(isArray)) {
      throw new NewError('compare takes { name, args } or { name, argsList }');
    }
    const { name, blocks } = wanted;
    const most = typeof blocks === 'number' && blocks >= 3 ? (blocks > 21 ? 21 : blocks) : 11;
    const sample = (of: TimedProgram): Promise<Timed> =>
      new NewPromise((resolve, reject: (error: Error) => void) => {
        if (run.over) return;
        const id = nextId++;
        const state = of === 'candidate' ? fresh : { parameters: [], seed: fresh.seed, entry: null };
        try {
          report({ type: 'sample', job, sample: id, of, call: { id, name, calls, fresh: state } });
        } catch {
          reject(new NewError('the arguments of a call must be plain data'));
          return;
        }
        lastName = name;
        waiting++;
        samplings[id] = { run, of, resolve, reject };
      });
    const key = `${name} ${calls.length}`;
    const comparison = await comparePairs(sample, statistics, timingRandom.next, most, floors[key] ?? null);
    floors[key] = comparison.floor;
    return comparison;
  }

  async function score(request: EvaluationRequest, run: Run): Promise<RawOutcome> {
    const started = now();
    const failed = (status: FailedStatus, reason: string): RawOutcome => ({
      type: 'failed',
      status,
      reason,
      milliseconds: now() - started,
    });
    if (evaluate === null || limits === null) {
      return failed(loadError?.status ?? 'crashed', loadError?.reason ?? 'no evaluator was loaded');
    }
    moduleRandom.reseed(request.seed, 1);
    contextRandom.reseed(request.seed, 2);
    timingRandom.reseed(request.seed, 3);
    memory.begin(limits.megabytes * 1048576);
    const state: Fresh = { parameters: request.parameters, seed: request.seed, entry: request.entry ?? null };
    const candidate = freeze({
      call: (name: unknown, ...args: unknown[]) => send(run, name, [args], false),
      callMany: (name: unknown, calls: readonly (readonly unknown[])[]) =>
        isArray(calls)
          ? send(run, name, calls, true)
          : NewPromise.reject(new NewError('callMany takes a list of lists')),
      run: (input: unknown, args: unknown = []) => send(run, '$run', [[input, args]], false),
      facts: () => send(run, '$facts', [[]], false),
      fuel: () => run.fuel,
      compare: (wanted: unknown) => compare(run, state, wanted),
    });
    const context = freeze({
      seed: request.seed,
      picture: request.picture,
      stage: request.stage ?? 'full',
      best: request.best ?? null,
      bestFiles: request.bestFiles ? freeze(request.bestFiles) : null,
      instances: request.instances ? freeze(request.instances) : null,
      random: contextRandom.next,
      compareNumbers,
    });
    let value: unknown;
    try {
      value = evaluate(candidate, context);
      value = await value;
    } catch (thrown) {
      if (memory.exhausted())
        return failed('out-of-memory', `the evaluator asked for more than ${limits.megabytes} MB`);
      if (run.failure !== null && thrown === run.failure.error) return failed(run.failure.status, run.failure.reason);
      return failed('crashed', `the evaluator failed: ${describe(thrown)}`);
    }
    if (run.failure?.status === 'build-failed') return failed('build-failed', run.failure.reason);
    const copied = copy(value, EVALUATION_BYTES);
    if (!copied.ok) return failed('crashed', `the evaluator failed: what it returned ${copied.reason}`);
    return { type: 'returned', value: copied.value, fuel: run.fuel, milliseconds: now() - started };
  }

  async function scoreAll(requests: readonly EvaluationRequest[], mine: number): Promise<void> {
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i] as EvaluationRequest;
      const run: Run = {
        over: false,
        calls: 0,
        flood: null,
        fuel: 0,
        fresh: { parameters: request.parameters, seed: request.seed, entry: request.entry ?? null },
        failure: null,
      };
      current = run;
      const outcome = await score(request, run);
      if (run.over || job !== mine) return;
      run.over = true;
      report({ type: 'outcome', job: mine, outcome });
    }
    current = null;
  }

  function load(program: Modules): void {
    const reason = modules.load(program.modules);
    if (reason !== null) {
      loadError = { status: 'build-failed', reason: `evaluator: ${reason}` };
      return;
    }
    const fuel: Fuel = { n: Infinity, out: () => undefined as never };
    try {
      const main = modules.instantiate(program.entry, [], fuel);
      if (typeof main['evaluate'] === 'function') evaluate = main['evaluate'] as Evaluate;
      else loadError = { status: 'build-failed', reason: 'the evaluator exports no function "evaluate"' };
    } catch (thrown) {
      loadError = { status: 'crashed', reason: `the evaluator failed while it was loaded: ${describe(thrown)}` };
    }
  }

  function receive(event: { readonly data: unknown }): void {
    const command = event.data as RealmCommand;
    if (command.type === 'load') {
      if (command.program.kind !== 'script') return;
      limits = command.limits;
      load(command.program);
      report({ type: 'loaded', reason: loadError === null ? null : loadError.reason });
    } else if (command.type === 'pair') pair(command.port as unknown as Channel);
    else if (command.type === 'sampled') sampled(command.sample, command.answer);
    else if (command.type === 'evaluate') {
      job = command.job;
      void scoreAll(command.requests, command.job);
    } else if (command.type === 'abort') {
      if (current !== null) current.over = true;
      job = 0;
    } else if (command.type === 'where') {
      report({ type: 'where', probe: command.probe, waiting: waiting > 0 ? lastName : null });
    }
  }

  control.start?.();
  report({ type: 'ready' });
}
