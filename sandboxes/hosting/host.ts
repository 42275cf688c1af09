/** The evaluation host over a link: builds sources, keeps the contract, checks what comes back. The same in page and terminal. */
import type { EvaluationHost, EvaluationOutcome, HostOptions, Prepared, Runnable, SandboxStats } from '../contract.ts';
import { prepare as prepareScript } from '../javascript/prepare.ts';
import { checkOutcome } from './evaluation.ts';
import { type Connect, createLink } from './link.ts';
import { preparation, REALM_OF, startingData } from './prepare.ts';
import type { Packages } from '../pyodide/packages.ts';
import type { Realm } from './protocol.ts';
import type { LoadRealm } from './realms.ts';

export interface HostExtras {
  /** Told each time the sandbox died on its own. */
  readonly onLost?: (reason: string) => void;
  readonly note?: () => string;
  /** Fetches what candidates run in, where they are no scripts. */
  readonly loadRealm: LoadRealm;
  /** Packages that Python programs may import, where they run in Pyodide. */
  readonly packages?: () => Promise<Packages>;
}

export function createHost(connect: Connect, options: HostOptions, extras: HostExtras): EvaluationHost {
  const evaluator = prepareScript({
    language: 'typescript',
    files: options.evaluator.files,
    entry: options.evaluator.entry,
  });
  const { limits, sandbox = 'javascript' } = options;
  const prepare = preparation(sandbox, limits, options.compile, extras.packages, options.baseline);
  let realm: Realm | null = null;
  let baseline: Runnable | string | null = null;
  let loading: Promise<string | null> | null = null;
  const link = createLink(connect, {
    evaluator:
      evaluator.type === 'ok' ? { modules: evaluator.program.modules, entry: evaluator.program.entry, limits } : null,
    slots: options.slots,
    megabytes: limits.megabytes,
    realm: () => realm,
    baseline: () => baseline ?? 'there is no baseline to compare with',
    onLost: extras.onLost ?? (() => {}),
  });
  let closed = false;

  /** null, or why candidates have nothing to run in. May be tried again after a failure. */
  function ready(first: Promise<Prepared>): Promise<string | null> {
    const kind = REALM_OF[sandbox];
    if (kind === 'script' || realm !== null) return Promise.resolve(null);
    loading ??= Promise.all([extras.loadRealm(kind), kind === 'pyodide' ? first : null]).then(
      ([loaded, prepared]) => {
        realm = { ...loaded, data: { ...loaded.data, ...startingData(prepared), megabytes: limits.megabytes } };
        return null;
      },
      (error: unknown) => {
        loading = null;
        return error instanceof Error ? error.message : String(error);
      },
    );
    return loading;
  }

  /** Built once, before the first candidate; that it can't be is told to evaluators that want to compare. */
  async function buildBaseline(signal: AbortSignal): Promise<void> {
    if (baseline !== null || options.baseline === undefined) return;
    const prepared = await prepare(options.baseline, signal);
    if (!signal.aborted) baseline = prepared.type === 'ok' ? prepared.program : prepared.reason;
  }

  return {
    async open(candidate, signal) {
      if (evaluator.type !== 'ok') return refuse('build-failed', `evaluator: ${evaluator.reason}`);
      if (closed) return refuse('crashed', 'the sandbox is closed');
      if (signal.aborted) return refuse('crashed', 'stopped');
      const preparing = prepare(candidate, signal);
      const [prepared, missing] = await Promise.all([preparing, ready(preparing), buildBaseline(signal)]);
      if (signal.aborted) return refuse('crashed', 'stopped');
      if (missing !== null) return refuse('crashed', missing);
      if (prepared.type !== 'ok') return refuse('build-failed', prepared.reason);
      const session = link.open(prepared.program, limits);
      const stop = (): void => link.closeSession(session);
      signal.addEventListener('abort', stop, { once: true });
      return {
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
      };
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
  return { type: 'failed' as const, status, reason };
}
