import type { CallResult, EvaluationRequest, Limits, Runnable } from '../../contract.ts';
import type { Command, Modules, PairAnswer, RawOutcome, TimeAnswer } from '../protocol.ts';
import type { Realm, createRealmPool } from './realm-pool.ts';
import type { createSampler } from './sampler.ts';
import type { Surroundings } from './surroundings.ts';
import type { createWatch, Watch } from './watch.ts';

/** What it is made of, given to it since it is turned to text. */
export interface SupervisorParts {
  readonly createRealmPool: typeof createRealmPool;
  readonly createSampler: typeof createSampler;
  readonly createWatch: typeof createWatch;
}

export interface Supervisor {
  receive(command: Command): void;
  /** Memory outside the engine's heaps runs short: ends every candidate that is at work. */
  relieve(): void;
}

/**
 * Pairs candidates' realms with evaluators, one of these a slot, and enforces limits by ending realms. Runs beside the realms (in the frame, in
 * the jail), so that nothing of the host can delay a limit. Self-contained: it is turned to text.
 */
export function supervise(at: Surroundings, parts: SupervisorParts): Supervisor {
  'use strict';
  /** How long an evaluator may take to say whether it waits for its candidate, before it counts as the one that is stuck. */
  const GRACE = 100;

  interface Session {
    readonly program: Runnable;
    readonly limits: Limits;
    realm: Realm | null;
    running: Job | null;
    closed: boolean;
  }
  interface Slot {
    evaluator: Realm | null;
    partner: Realm | null;
    job: Job | null;
  }
  interface Evaluate {
    readonly type: 'evaluate';
    readonly job: number;
    readonly session: Session;
    readonly requests: readonly EvaluationRequest[];
    readonly outcomes: RawOutcome[];
    slot: Slot | null;
  }
  interface Call {
    readonly type: 'call';
    readonly job: number;
    readonly session: Session;
    readonly name: string;
    readonly args: readonly unknown[];
    readonly parameters: readonly number[] | null;
  }
  type Job = Evaluate | Call;
  const pool = parts.createRealmPool(at);
  const watch = parts.createWatch(at);
  const sample = parts.createSampler(pool, watch);
  let evaluatorProgram: (Modules & { readonly limits: Limits }) | null = null;
  const slots: Slot[] = [];
  const sessions = new Map<number, Session>();
  let queue: Job[] = [];
  /** How each job under way is broken off. */
  const cancels = new WeakMap<Job, () => void>();
  let baseline: Runnable | string = 'there is no baseline';
  let tokens = 0;

  function realmOf(session: Session): Realm {
    if (session.realm === null || session.realm.ended) session.realm = pool.take(session.program, session.limits);
    return session.realm;
  }

  function pump(): void {
    if (pool.equipping) return;
    const later: Job[] = [];
    for (const job of queue) if (!begin(job)) later.push(job);
    queue = later;
  }

  function begin(job: Job): boolean {
    const { session } = job;
    if (session.closed) return true;
    if (session.running !== null) return false;
    if (pool.failure !== null) {
      refuse(job, pool.failure);
      return true;
    }
    if (job.type === 'call') {
      session.running = job;
      call(job);
      return true;
    }
    let slot = slots.find((one) => one.job === null && one.partner !== null && one.partner === session.realm);
    slot ??= slots.find((one) => one.job === null);
    if (slot === undefined) return false;
    slot.job = job;
    job.slot = slot;
    session.running = job;
    evaluate(job, slot);
    return true;
  }

  function refuse(job: Job, reason: string): void {
    if (job.type === 'call') {
      at.send({ type: 'called', job: job.job, result: { type: 'crashed', reason }, stats: pool.stats() });
      return;
    }
    const outcomes = job.requests.map(() => ({ type: 'failed', status: 'crashed', reason, milliseconds: 0 }) as const);
    at.send({ type: 'evaluated', job: job.job, outcomes, stats: pool.stats() });
  }

  function end(job: Job): void {
    job.session.running = null;
    if (job.type === 'evaluate' && job.slot !== null) job.slot.job = null;
    const { realm } = job.session;
    if (realm !== null) realm.onEnd = realm.onReport = null;
    if (job.session.closed && realm !== null) pool.retire(realm);
    pool.refill();
    pump();
  }

  function evaluatorOf(slot: Slot): Realm {
    if (slot.evaluator === null || slot.evaluator.ended) {
      slot.evaluator = pool.spawn('evaluator');
      slot.partner = null;
      const program = evaluatorProgram as Modules & { readonly limits: Limits };
      const { modules, entry, limits } = program;
      slot.evaluator.handle.post({ type: 'load', program: { kind: 'script', modules, entry }, limits });
    }
    return slot.evaluator;
  }

  /** Runs what is left of a job's requests; comes back here in a fresh realm after one that cost the candidate its realm. */
  function evaluate(job: Evaluate, slot: Slot): void {
    const { session } = job;
    if (session.closed || job.outcomes.length >= job.requests.length) {
      if (!session.closed) at.send({ type: 'evaluated', job: job.job, outcomes: job.outcomes, stats: pool.stats() });
      end(job);
      return;
    }
    const evaluator = evaluatorOf(slot);
    const candidate = realmOf(session);
    const token = ++tokens;
    let started = 0;
    let over = false;
    let watcher: Watch | null = null;
    /** Samples of time that it waits for: they have limits of their own. */
    let awaited = 0;

    const leave = (): boolean => {
      if (over) return false;
      over = true;
      watcher?.stop();
      evaluator.onReport = evaluator.onEnd = evaluator.onReady = null;
      candidate.onEnd = candidate.onReady = null;
      return true;
    };
    const fail = (status: 'crashed' | 'timed-out' | 'out-of-memory', reason: string): void => {
      const milliseconds = started === 0 ? 0 : at.now() - started;
      job.outcomes.push({ type: 'failed', status, reason, milliseconds });
      evaluate(job, slot);
    };
    const candidateEnded = (reason: string, memory: boolean): void => {
      if (!leave()) return;
      session.realm = null;
      slot.partner = null;
      evaluator.handle.post({ type: 'abort' });
      fail(memory ? 'out-of-memory' : 'crashed', reason);
    };
    const evaluatorEnded = (reason: string, memory: boolean): void => {
      if (!leave()) return;
      slot.evaluator = slot.partner = null;
      fail(memory ? 'out-of-memory' : 'crashed', `the evaluator: ${reason}`);
    };
    /** The candidate's realm ends at once; whose fault it was is asked afterwards. */
    const late = (): void => {
      if (!leave()) return;
      const probe = ++tokens;
      evaluator.handle.post({ type: 'abort' });
      evaluator.handle.post({ type: 'where', probe });
      pool.retire(candidate);
      session.realm = null;
      slot.partner = null;
      if (started === 0) return fail('crashed', 'stopped before it began');
      const { milliseconds } = session.limits;
      const blame = (waiting: string | null): void => {
        at.clearTimer(grace);
        evaluator.onReport = evaluator.onEnd = null;
        if (waiting === null) {
          pool.retire(evaluator);
          slot.evaluator = null;
          fail('timed-out', `the evaluator ran longer than ${milliseconds} ms`);
        } else fail('timed-out', `the candidate did not answer "${waiting}" within ${milliseconds} ms`);
      };
      const grace = at.setTimer(() => blame(null), GRACE);
      evaluator.onEnd = () => blame(null);
      evaluator.onReport = (report) => {
        if (report.type === 'where' && report.probe === probe) blame(report.waiting);
      };
    };

    evaluator.onReport = (report) => {
      if (report.type === 'sample' && report.job === token) {
        const { of, call } = report;
        const program = of === 'candidate' ? session.program : baseline;
        awaited++;
        watcher?.hold();
        const done = (answer: TimeAnswer): void => {
          if (over) return;
          if (--awaited === 0) watcher?.again();
          evaluator.handle.post({ type: 'sampled', sample: report.sample, answer });
        };
        if (typeof program === 'string') done({ status: 'failed', timed: null, reason: program });
        else sample({ program, limits: session.limits, call, over: () => over, done });
        return;
      }
      if (report.type !== 'outcome' || report.job !== token) return;
      job.outcomes.push(report.outcome);
      if (job.outcomes.length < job.requests.length && !session.closed) {
        started = at.now();
        watcher?.again();
      } else if (leave()) evaluate(job, slot);
    };
    const go = (): void => {
      if (over || !evaluator.ready || !candidate.ready) return;
      if (slot.partner !== candidate) {
        const [a, b] = at.channel();
        slot.partner = candidate;
        evaluator.handle.post({ type: 'pair', port: a }, [a]);
        candidate.handle.post({ type: 'pair', port: b }, [b]);
      }
      started = at.now();
      evaluator.handle.post({ type: 'evaluate', job: token, requests: job.requests.slice(job.outcomes.length) });
      watcher = watch(session.limits.milliseconds, late);
    };
    pool.whenReady(candidate, () => {}, candidateEnded);
    pool.whenReady(evaluator, () => {}, evaluatorEnded);
    candidate.onReady = evaluator.onReady = go;
    cancels.set(job, late);
    go();
  }

  function call(job: Call): void {
    const { session } = job;
    const realm = realmOf(session);
    const id = ++tokens;
    let over = false;
    let watcher: Watch | null = null;
    const settle = (result: CallResult): void => {
      if (over) return;
      over = true;
      watcher?.stop();
      realm.onEnd = realm.onReady = realm.onReport = null;
      if (!session.closed) at.send({ type: 'called', job: job.job, result, stats: pool.stats() });
      end(job);
    };
    const late = (): void => {
      pool.retire(realm);
      session.realm = null;
      settle({ type: 'timeout', reason: `did not answer "${job.name}" within ${session.limits.milliseconds} ms` });
    };
    realm.onReport = (report) => {
      if (report.type === 'called' && report.answer.id === id) settle(resultOf(report.answer));
    };
    pool.whenReady(
      realm,
      () => {
        if (over) return;
        const fresh = job.parameters === null ? null : { parameters: job.parameters, seed: 0, entry: null };
        realm.handle.post({ type: 'call', call: { id, name: job.name, calls: [job.args], fresh } });
        watcher = watch(session.limits.milliseconds, late);
      },
      (reason, memory) => {
        session.realm = null;
        settle({ type: memory ? 'out-of-memory' : 'crashed', reason });
      },
    );
    cancels.set(job, late);
  }

  function resultOf(answer: PairAnswer): CallResult {
    switch (answer.status) {
      case 'ok':
        return { type: 'ok', value: answer.values[0], fuel: answer.fuel };
      case 'timeout':
      case 'out-of-memory':
      case 'killed':
        return { type: answer.status, reason: answer.reason };
      default:
        return { type: 'failed', reason: answer.reason };
    }
  }

  function receive(command: Command): void {
    switch (command.type) {
      case 'start':
        evaluatorProgram = command.evaluator;
        baseline = command.baseline;
        for (let i = 0; i < command.slots; i++) slots.push({ evaluator: null, partner: null, job: null });
        void pool.start(command.slots, command.megabytes, command.realm).then(pump);
        if (evaluatorProgram !== null) for (const slot of slots) evaluatorOf(slot);
        return;
      case 'open':
        sessions.set(command.session, {
          program: command.program,
          limits: command.limits,
          realm: null,
          running: null,
          closed: false,
        });
        return;
      case 'evaluate': {
        const session = sessions.get(command.session);
        if (session === undefined) return;
        const { job, requests } = command;
        queue.push({ type: 'evaluate', job, session, requests, outcomes: [], slot: null });
        pump();
        return;
      }
      case 'call': {
        const session = sessions.get(command.session);
        if (session === undefined) return;
        const { job, name, args, parameters } = command;
        queue.push({ type: 'call', job, session, name, args, parameters });
        pump();
        return;
      }
      case 'close': {
        const session = sessions.get(command.session);
        if (session === undefined) return;
        sessions.delete(command.session);
        session.closed = true;
        const { running } = session;
        if (running !== null) cancels.get(running)?.();
        else if (session.realm !== null) {
          pool.retire(session.realm);
          pool.refill();
        }
        return;
      }
      case 'ping':
        at.send({ type: 'pong', stats: pool.stats() });
    }
  }

  function relieve(): void {
    for (const session of sessions.values()) {
      const { realm } = session;
      if (session.running === null || realm === null) continue;
      const { onEnd } = realm;
      pool.retire(realm);
      onEnd?.('the process ran short of memory', true);
    }
  }

  return { receive, relieve };
}
