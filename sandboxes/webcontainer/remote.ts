/** A container lives in the page, the engine in a worker: one end of a port serves the sandbox there, the other stands for it here. */
import type { CallResult, Limits, OpenResult, PreparedOk, Sandbox, SandboxStats, Session } from '../contract.ts';

type Ask =
  | { readonly type: 'open'; readonly session: number; readonly prepared: PreparedOk; readonly limits: Limits }
  | {
      readonly type: 'call';
      readonly job: number;
      readonly session: number;
      readonly name: string;
      readonly args: readonly unknown[];
      readonly parameters?: readonly number[];
    }
  | { readonly type: 'close'; readonly session: number }
  | { readonly type: 'end' };

type Answer =
  | { readonly type: 'opened'; readonly session: number; readonly reason: string | null }
  | { readonly type: 'called'; readonly job: number; readonly result: CallResult };

/** In the page. */
export function serveSandbox(sandbox: Sandbox, port: MessagePort): void {
  const sessions = new Map<number, { readonly stop: AbortController; session: Session | null }>();
  const answer = (message: Answer): void => port.postMessage(message);
  async function hear(ask: Ask): Promise<void> {
    switch (ask.type) {
      case 'open': {
        const entry = { stop: new AbortController(), session: null as Session | null };
        sessions.set(ask.session, entry);
        const opened = await sandbox.open(ask.prepared, ask.limits, entry.stop.signal);
        if (opened.type === 'ok') entry.session = opened.session;
        answer({ type: 'opened', session: ask.session, reason: opened.type === 'ok' ? null : opened.reason });
        return;
      }
      case 'call': {
        const { job, name, args, parameters } = ask;
        const session = sessions.get(ask.session)?.session;
        const result: CallResult = session
          ? await session.call(name, args, parameters)
          : { type: 'killed', reason: 'the session is closed' };
        answer({ type: 'called', job, result });
        return;
      }
      case 'close': {
        const entry = sessions.get(ask.session);
        sessions.delete(ask.session);
        entry?.stop.abort();
        entry?.session?.close();
        return;
      }
      case 'end':
        sandbox.close();
        port.close();
        return;
      default:
        ask satisfies never;
    }
  }
  port.onmessage = ({ data }: MessageEvent<Ask>) => void hear(data);
}

/** In the worker. `prepare` is that of the sandbox itself: it needs no page. */
export function remoteSandbox(port: MessagePort, prepare: Sandbox['prepare']): Sandbox {
  const opening = new Map<number, (result: OpenResult) => void>();
  const calls = new Map<number, { readonly session: number; readonly settle: (result: CallResult) => void }>();
  const ask = (message: Ask): void => port.postMessage(message);
  let numbers = 0;
  let alive = 0;
  let opened = 0;
  let closed = false;

  port.onmessage = ({ data }: MessageEvent<Answer>) => {
    if (data.type === 'called') {
      calls.get(data.job)?.settle(data.result);
      calls.delete(data.job);
      return;
    }
    const settle = opening.get(data.session);
    opening.delete(data.session);
    settle?.(
      data.reason === null ? { type: 'ok', session: sessionOf(data.session) } : { type: 'failed', reason: data.reason },
    );
  };

  function sessionOf(session: number): Session {
    let over = false;
    opened++;
    alive++;
    return {
      call(name, args, parameters) {
        if (over || closed) return Promise.resolve({ type: 'killed', reason: 'the session is closed' });
        const job = ++numbers;
        return new Promise((settle) => {
          calls.set(job, { session, settle });
          try {
            ask({ type: 'call', job, session, name, args, ...(parameters ? { parameters } : {}) });
          } catch {
            calls.delete(job);
            settle({ type: 'failed', reason: 'the arguments must be plain data' });
          }
        });
      },
      close() {
        if (over) return;
        over = true;
        alive--;
        end(session);
      },
    };
  }

  function end(session: number): void {
    ask({ type: 'close', session });
    for (const [job, call] of calls) {
      if (call.session !== session) continue;
      calls.delete(job);
      call.settle({ type: 'killed', reason: 'the session is closed' });
    }
  }

  return {
    id: 'webcontainer',
    prepare,
    open(prepared, limits, signal) {
      if (closed || signal?.aborted) return Promise.resolve({ type: 'failed', reason: 'stopped' });
      const session = ++numbers;
      return new Promise((settle) => {
        const stop = (): void => {
          if (opening.delete(session)) settle({ type: 'failed', reason: 'stopped' });
          end(session);
        };
        opening.set(session, settle);
        signal?.addEventListener('abort', stop, { once: true });
        ask({ type: 'open', session, prepared, limits });
      });
    },
    stats: (): SandboxStats => ({ alive, ready: 0, opened, killed: 0 }),
    close() {
      if (closed) return;
      closed = true;
      for (const settle of opening.values()) settle({ type: 'failed', reason: 'the sandbox is closed' });
      for (const { settle } of calls.values()) settle({ type: 'killed', reason: 'the sandbox is closed' });
      opening.clear();
      calls.clear();
      ask({ type: 'end' });
    },
  };
}
