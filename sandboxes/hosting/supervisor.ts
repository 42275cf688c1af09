import type { CallResult, EvaluationRequest, Limits, Runnable } from '../contract.ts';
import type {
  Command,
  Equipment,
  Modules,
  PairAnswer,
  RawOutcome,
  Realm as Equipped,
  RealmCommand,
  PairCall,
  RealmReport,
  Report,
  Role,
  TimeAnswer,
} from './protocol.ts';

/** What the supervisor needs of the place where it runs. */
export interface Surroundings {
  spawn(
    role: Role,
    megabytes: number,
    /** Text of the realm; null: the one there is for scripts. */
    text: string | null,
    on: { report(report: RealmReport): void; end(reason: string, memory: boolean): void },
  ): Handle;
  channel(): readonly [MessagePort, MessagePort];
  setTimer(run: () => void, milliseconds: number): unknown;
  clearTimer(timer: unknown): void;
  now(): number;
  send(report: Report): void;
}

export interface Handle {
  post(command: RealmCommand, transfer?: Transferable[]): void;
  terminate(): void;
}

/**
 * Keeps the realms: a few warm ones for candidates, one evaluator a slot; pairs them, and enforces limits by ending realms. Runs beside
 * the realms (in the frame, in the jail), so that nothing of the host can delay a limit. One self-contained function: it is turned to text.
 */
export function supervise(at: Surroundings): { receive(command: Command): void; relieve(): void } {
  'use strict';
  /** How long an evaluator may take to say whether it waits for its candidate, before it counts as the one that is stuck. */
  const GRACE = 100;
  /** How long a realm may take to start. */
  let bootMs = 10000;
  const SPARE = 2;
  const BOOTING = 2;

  interface Realm {
    readonly role: Role;
    readonly handle: Handle;
    ready: boolean;
    ended: boolean;
    program: Runnable | null;
    onReady: (() => void) | null;
    onEnd: ((reason: string, memory: boolean) => void) | null;
    onReport: ((report: RealmReport) => void) | null;
  }
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
  /** A limit of time: begins anew, or is put off. */
  interface Watch {
    again(): void;
    hold(): void;
    stop(): void;
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
  interface Sample {
    readonly program: Runnable;
    readonly limits: Limits;
    readonly call: PairCall;
    /** Nobody waits for it any more. */
    readonly over: () => boolean;
    readonly done: (answer: TimeAnswer) => void;
  }

  let evaluatorProgram: (Modules & { readonly limits: Limits }) | null = null;
  const slots: Slot[] = [];
  const sessions = new Map<number, Session>();
  const warm: Realm[] = [];
  let queue: Job[] = [];
  let baseline: Runnable | string = 'there is no baseline';
  const samples: Sample[] = [];
  let sampling = false;
  let megabytes = 256;
  let tokens = 0;
  let alive = 0;
  let opened = 0;
  let killed = 0;
  let bootFailures = 0;
  /** Of candidates' realms; null: they run scripts. */
  let realmText: string | null = null;
  let equipment: Equipment | null = null;
  /** Why candidates can't be run at all. */
  let unequipped: string | null = null;
  let equipping = false;

  const stats = () => ({ alive, ready: warm.filter((realm) => realm.ready).length, opened, killed });

  function spawn(role: Role): Realm {
    const realm: Realm = {
      role,
      handle: at.spawn(role, megabytes, role === 'candidate' ? realmText : null, {
        report(report) {
          if (realm.ended) return;
          if (report.type === 'ready') {
            realm.ready = true;
            bootFailures = 0;
            at.clearTimer(boot);
            realm.onReady?.();
            refill();
          } else realm.onReport?.(report);
        },
        end(reason, memory) {
          if (realm.ended) return;
          if (!realm.ready) bootFailures++;
          const { onEnd } = realm;
          retire(realm);
          onEnd?.(reason, memory);
          refill();
        },
      }),
      ready: false,
      ended: false,
      program: null,
      onReady: null,
      onEnd: null,
      onReport: null,
    };
    const boot = at.setTimer(() => {
      if (realm.ready || realm.ended) return;
      bootFailures++;
      const { onEnd } = realm;
      retire(realm);
      onEnd?.('the realm did not start', false);
      refill();
    }, bootMs);
    alive++;
    if (role === 'candidate' && equipment !== null) realm.handle.post({ type: 'equip', equipment });
    return realm;
  }

  function retire(realm: Realm): void {
    if (realm.ended) return;
    realm.ended = true;
    alive--;
    killed++;
    const place = warm.indexOf(realm);
    if (place >= 0) warm.splice(place, 1);
    realm.onReady = realm.onEnd = realm.onReport = null;
    realm.handle.terminate();
  }

  function refill(): void {
    if (bootFailures > 8 || equipping || unequipped !== null) return;
    // As many as have been wanted so far: who asks for one evaluation waits for no more realms to start than it takes.
    const target = Math.min(Math.max(1, slots.length) + SPARE, Math.max(1, opened));
    let booting = 0;
    for (const realm of warm) if (!realm.ready) booting++;
    while (warm.length < target && booting < BOOTING) {
      warm.push(spawn('candidate'));
      booting++;
    }
  }

  /** A fresh candidate realm: a ready one where there is one, else the one that began to start first. */
  function take(): Realm {
    const place = Math.max(
      0,
      warm.findIndex((realm) => realm.ready),
    );
    const [realm] = warm.splice(place, 1);
    if (realm === undefined) bootFailures = 0;
    opened++;
    return realm ?? spawn('candidate');
  }

  function realmOf(session: Session): Realm {
    if (session.realm === null || session.realm.ended) {
      session.realm = take();
      session.realm.program = session.program;
      session.realm.handle.post({ type: 'load', program: session.program, limits: session.limits });
    }
    return session.realm;
  }

  function whenReady(realm: Realm, run: () => void, end: (reason: string, memory: boolean) => void): void {
    realm.onEnd = end;
    if (realm.ready) run();
    else realm.onReady = run;
  }

  /** Calls `late` once the deadline has passed. Moving the deadline costs no timer. */
  function watch(limit: number, late: () => void): Watch {
    let deadline = at.now() + limit;
    let stopped = false;
    let held = false;
    let timer: unknown = null;
    const arm = (milliseconds: number): void => {
      timer = at.setTimer(() => {
        if (stopped) return;
        const left = held ? limit : deadline - at.now();
        if (left > 0.05) arm(left);
        else {
          stopped = true;
          late();
        }
      }, milliseconds);
    };
    arm(limit);
    return {
      again() {
        deadline = at.now() + limit;
        held = false;
      },
      hold: () => void (held = true),
      stop() {
        stopped = true;
        at.clearTimer(timer);
      },
    };
  }

  /** Takes samples of time one after the other, each in a realm that is thrown away. */
  function measure(): void {
    if (sampling) return;
    const next = samples.shift();
    if (next === undefined) return;
    if (next.over()) return measure();
    sampling = true;
    const { program, limits, call, done } = next;
    const realm = take();
    let watcher: Watch | null = null;
    const finish = (answer: TimeAnswer): void => {
      watcher?.stop();
      retire(realm);
      refill();
      sampling = false;
      done(answer);
      measure();
    };
    const failed = (status: 'timeout' | 'out-of-memory' | 'killed', reason: string): void =>
      finish({ status, timed: null, reason });
    realm.program = program;
    realm.handle.post({ type: 'load', program, limits });
    realm.onReport = (report) => {
      if (report.type === 'timed') finish(report.answer);
    };
    whenReady(
      realm,
      () => {
        realm.handle.post({ type: 'time', call });
        // It is called many times over.
        const most = 2 * limits.milliseconds + 5000;
        watcher = watch(most, () => failed('timeout', `could not be timed within ${most} ms`));
      },
      (reason, memory) => failed(memory ? 'out-of-memory' : 'killed', reason),
    );
  }

  function pump(): void {
    if (equipping) return;
    const later: Job[] = [];
    for (const job of queue) if (!begin(job)) later.push(job);
    queue = later;
  }

  function begin(job: Job): boolean {
    const { session } = job;
    if (session.closed) return true;
    if (session.running !== null) return false;
    if (unequipped !== null) {
      refuse(job, unequipped);
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
      at.send({ type: 'called', job: job.job, result: { type: 'crashed', reason }, stats: stats() });
      return;
    }
    const outcomes = job.requests.map(() => ({ type: 'failed', status: 'crashed', reason, milliseconds: 0 }) as const);
    at.send({ type: 'evaluated', job: job.job, outcomes, stats: stats() });
  }

  function end(job: Job): void {
    job.session.running = null;
    if (job.type === 'evaluate' && job.slot !== null) job.slot.job = null;
    const { realm } = job.session;
    if (realm !== null) realm.onEnd = realm.onReport = null;
    if (job.session.closed && realm !== null) retire(realm);
    refill();
    pump();
  }

  function evaluatorOf(slot: Slot): Realm {
    if (slot.evaluator === null || slot.evaluator.ended) {
      slot.evaluator = spawn('evaluator');
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
      if (!session.closed) at.send({ type: 'evaluated', job: job.job, outcomes: job.outcomes, stats: stats() });
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
      retire(candidate);
      session.realm = null;
      slot.partner = null;
      if (started === 0) return fail('crashed', 'stopped before it began');
      const { milliseconds } = session.limits;
      const blame = (waiting: string | null): void => {
        at.clearTimer(grace);
        evaluator.onReport = evaluator.onEnd = null;
        if (waiting === null) {
          retire(evaluator);
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
        const { of, sample, call } = report;
        const program = of === 'candidate' ? session.program : baseline;
        awaited++;
        watcher?.hold();
        const done = (answer: TimeAnswer): void => {
          if (over) return;
          if (--awaited === 0) watcher?.again();
          evaluator.handle.post({ type: 'sampled', sample, answer });
        };
        if (typeof program === 'string') done({ status: 'failed', timed: null, reason: program });
        else samples.push({ program, limits: session.limits, call, over: () => over, done });
        measure();
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
    whenReady(candidate, () => {}, candidateEnded);
    whenReady(evaluator, () => {}, evaluatorEnded);
    candidate.onReady = evaluator.onReady = go;
    cancels.set(job, late);
    go();
  }

  const cancels = new WeakMap<Job, () => void>();

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
      if (!session.closed) at.send({ type: 'called', job: job.job, result, stats: stats() });
      end(job);
    };
    const late = (): void => {
      retire(realm);
      session.realm = null;
      settle({ type: 'timeout', reason: `did not answer "${job.name}" within ${session.limits.milliseconds} ms` });
    };
    realm.onReport = (report) => {
      if (report.type === 'called' && report.answer.id === id) settle(resultOf(report.answer));
    };
    whenReady(
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

  /** Modules can't be sent into an opaque origin, so their bytes come here and are compiled once for all realms. */
  async function equip(realm: Equipped): Promise<void> {
    equipping = true;
    realmText = realm.text;
    const modules: Record<string, WebAssembly.Module> = {};
    try {
      for (const name of Object.keys(realm.modules)) {
        modules[name] = await WebAssembly.compile(realm.modules[name] as Uint8Array<ArrayBuffer>);
      }
      equipment = { modules, data: realm.data };
    } catch (error) {
      unequipped = `what candidates run in did not load: ${String(error).slice(0, 200)}`;
    }
    equipping = false;
    refill();
    pump();
  }

  function receive(command: Command): void {
    switch (command.type) {
      case 'start':
        evaluatorProgram = command.evaluator;
        baseline = command.baseline;
        megabytes = command.megabytes;
        bootMs = command.realm?.startMs ?? bootMs;
        for (let i = 0; i < command.slots; i++) slots.push({ evaluator: null, partner: null, job: null });
        if (evaluatorProgram !== null) for (const slot of slots) evaluatorOf(slot);
        if (command.realm !== null) void equip(command.realm);
        refill();
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
          retire(session.realm);
          refill();
        }
        return;
      }
      case 'ping':
        at.send({ type: 'pong', stats: stats() });
    }
  }

  /** Memory outside the engine's heaps runs short: ends every candidate that is at work. */
  function relieve(): void {
    for (const session of sessions.values()) {
      const { realm } = session;
      if (session.running === null || realm === null) continue;
      const { onEnd } = realm;
      retire(realm);
      onEnd?.('the process ran short of memory', true);
    }
  }

  return { receive, relieve };
}
