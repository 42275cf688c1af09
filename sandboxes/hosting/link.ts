/** The host's end of the line to a supervisor: numbers jobs, settles every promise, notices when the other end has died. */
import type { CallResult, EvaluationRequest, Limits, Runnable, SandboxStats } from '../contract.ts';
import type { Command, Modules, RawOutcome, Realm, Report } from './protocol.ts';

/** One connection to one supervisor. */
export interface Transport {
  send(command: Command): void;
  /** Whether somebody waits for an answer (a process must not exit then, and may otherwise). */
  hold(waiting: boolean): void;
  close(): void;
}

export interface TransportEvents {
  report(report: Report): void;
  /** The other end is gone. May be called more than once. */
  lost(reason: string): void;
}

export type Connect = (events: TransportEvents) => Transport;

export type EvaluateAnswer =
  | { readonly type: 'ok'; readonly outcomes: readonly RawOutcome[] }
  | { readonly type: 'lost'; readonly reason: string };

export interface Link {
  open(program: Runnable, limits: Limits): number;
  evaluate(session: number, requests: readonly EvaluationRequest[]): Promise<EvaluateAnswer>;
  call(
    session: number,
    name: string,
    args: readonly unknown[],
    parameters: readonly number[] | null,
  ): Promise<CallResult>;
  /** What the session still waits for settles as lost. */
  closeSession(session: number): void;
  stats(): SandboxStats;
  close(): void;
}

interface Pending {
  readonly session: number;
  readonly settle: (report: Report) => void;
  readonly lose: (reason: string) => void;
}

const PING_MS = 500;
/** Pings without any answer after which the other end counts as dead. */
const MISSES = 6;
/** The same before its first word: it may still be starting. */
const STARTING = 40;
const NOTHING: SandboxStats = { alive: 0, ready: 0, opened: 0, killed: 0 };

export interface LinkOptions {
  readonly evaluator: (Modules & { readonly limits: Limits }) | null;
  readonly slots: number;
  readonly megabytes: number;
  /** What candidates run in; asked when the first connection is made. null: they are scripts. */
  readonly realm: () => Realm | null;
  /** What candidates' times are compared with, or why there is none; asked at the same time. */
  readonly baseline?: () => Runnable | string;
  /** Told each time the other end died on its own. */
  readonly onLost: (reason: string) => void;
}

/** `connect` is called when there is something to send, and again after a connection was lost. */
export function createLink(connect: Connect, options: LinkOptions): Link {
  const sessions = new Map<number, { readonly program: Runnable; readonly limits: Limits }>();
  const pending = new Map<number, Pending>();
  let transport: Transport | null = null;
  let known = new Set<number>();
  let numbers = 0;
  let stats = NOTHING;
  let misses = 0;
  let heard = false;
  let timer: ReturnType<typeof setInterval> | null = null;
  let closed = false;

  function lost(reason: string): void {
    const old = transport;
    transport = null;
    heard = false;
    stats = NOTHING;
    known = new Set();
    old?.close();
    const losers = [...pending.values()];
    pending.clear();
    watch();
    for (const { lose } of losers) lose(reason);
    if (!closed) options.onLost(reason);
  }

  function watch(): void {
    const waiting = pending.size > 0;
    transport?.hold(waiting);
    if (waiting && timer === null) {
      misses = 0;
      timer = setInterval(() => {
        if (++misses > (heard ? MISSES : STARTING)) lost('the sandbox does not answer');
        else transport?.send({ type: 'ping' });
      }, PING_MS);
    } else if (!waiting && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  }

  function line(): Transport | null {
    if (closed) return null;
    if (transport !== null) return transport;
    let gone: string | null = null;
    const mine: Transport = connect({
      report(report) {
        if (transport !== mine) return;
        misses = 0;
        heard = true;
        stats = report.stats;
        if (report.type === 'pong') return;
        const entry = pending.get(report.job);
        if (entry === undefined) return;
        pending.delete(report.job);
        entry.settle(report);
        watch();
      },
      lost(reason) {
        gone = reason;
        if (transport === mine) lost(reason);
      },
    });
    if (gone !== null) return null;
    transport = mine;
    const { evaluator, slots, megabytes } = options;
    const baseline = options.baseline?.() ?? 'there is no baseline to compare with';
    transport.send({ type: 'start', evaluator, slots, megabytes, realm: options.realm(), baseline });
    return transport;
  }

  /** The line, with the session known at its other end. */
  function lineFor(session: number): Transport | null {
    const entry = sessions.get(session);
    if (entry === undefined) return null;
    const to = line();
    if (to !== null && !known.has(session)) {
      known.add(session);
      to.send({ type: 'open', session, program: entry.program, limits: entry.limits });
    }
    return to;
  }

  return {
    open(program, limits) {
      const session = ++numbers;
      sessions.set(session, { program, limits });
      return session;
    },
    evaluate(session, requests) {
      return new Promise((resolve) => {
        const to = lineFor(session);
        if (to === null)
          return resolve({ type: 'lost', reason: closed ? 'the sandbox is closed' : 'there is no sandbox' });
        const job = ++numbers;
        pending.set(job, {
          session,
          settle: (report) =>
            resolve(
              report.type === 'evaluated'
                ? { type: 'ok', outcomes: report.outcomes }
                : { type: 'lost', reason: 'the sandbox gave no answer' },
            ),
          lose: (reason) => resolve({ type: 'lost', reason }),
        });
        to.send({ type: 'evaluate', job, session, requests });
        watch();
      });
    },
    call(session, name, args, parameters) {
      return new Promise((resolve) => {
        const to = lineFor(session);
        if (to === null)
          return resolve({ type: 'killed', reason: closed ? 'the sandbox is closed' : 'there is no sandbox' });
        const job = ++numbers;
        pending.set(job, {
          session,
          settle: (report) =>
            resolve(
              report.type === 'called' ? report.result : { type: 'crashed', reason: 'the sandbox gave no answer' },
            ),
          lose: (reason) => resolve({ type: 'killed', reason }),
        });
        try {
          to.send({ type: 'call', job, session, name, args, parameters });
        } catch {
          pending.delete(job);
          resolve({ type: 'failed', reason: 'the arguments must be plain data' });
        }
        watch();
      });
    },
    closeSession(session) {
      if (!sessions.delete(session)) return;
      if (known.delete(session)) transport?.send({ type: 'close', session });
      for (const [job, entry] of pending) {
        if (entry.session !== session) continue;
        pending.delete(job);
        entry.lose('stopped');
      }
      watch();
    },
    stats: () => stats,
    close() {
      closed = true;
      sessions.clear();
      lost('the sandbox was closed');
    },
  };
}
