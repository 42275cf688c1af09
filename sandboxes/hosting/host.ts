/** The evaluation host over a link: builds sources, keeps the contract, checks what comes back. The same in page and terminal. */
import type { EvaluationHost, EvaluationOutcome, HostOptions, SandboxStats } from '../contract.ts';
import { checkOutcome } from './evaluation.ts';
import { type Connect, createLink } from './link.ts';
import { prepare } from '../javascript/prepare.ts';

export interface HostExtras {
  /** Told each time the sandbox died on its own. */
  readonly onLost?: (reason: string) => void;
  readonly note?: () => string;
}

export function createHost(connect: Connect, options: HostOptions, extras: HostExtras = {}): EvaluationHost {
  const evaluator = prepare({ language: 'typescript', files: options.evaluator.files, entry: options.evaluator.entry });
  const { limits } = options;
  const link = createLink(connect, {
    evaluator: evaluator.type === 'ok' ? { ...evaluator.program, limits } : null,
    slots: options.slots,
    megabytes: limits.megabytes,
    onLost: extras.onLost ?? (() => {}),
  });
  let closed = false;

  return {
    open(candidate, signal) {
      if (evaluator.type !== 'ok') return refuse('build-failed', `evaluator: ${evaluator.reason}`);
      if (closed) return refuse('crashed', 'the sandbox is closed');
      if (signal.aborted) return refuse('crashed', 'stopped');
      const prepared = prepare(candidate);
      if (prepared.type !== 'ok') return refuse('build-failed', prepared.reason);
      const session = link.open(prepared.program, limits);
      const stop = (): void => link.closeSession(session);
      signal.addEventListener('abort', stop, { once: true });
      return Promise.resolve({
        type: 'ok',
        session: {
          async evaluate(requests) {
            if (requests.length === 0) return [];
            const answer = await link.evaluate(session, requests);
            const outcomes: EvaluationOutcome[] = [];
            for (let i = 0; i < requests.length; i++) {
              const raw = answer.type === 'ok' ? answer.outcomes[i] : undefined;
              const reason = answer.type === 'ok' ? 'the sandbox gave no outcome' : answer.reason;
              outcomes.push(
                raw === undefined
                  ? { type: 'failed', status: 'crashed', reason, milliseconds: 0 }
                  : checkOutcome(raw, limits.fuel),
              );
            }
            return outcomes;
          },
          close() {
            signal.removeEventListener('abort', stop);
            stop();
          },
        },
      });
    },
    stats(): SandboxStats {
      const text = extras.note?.() ?? '';
      return text === '' ? link.stats() : { ...link.stats(), note: text };
    },
    close() {
      closed = true;
      link.close();
    },
  };
}

function refuse(status: 'build-failed' | 'crashed', reason: string) {
  return Promise.resolve({ type: 'failed' as const, status, reason });
}
