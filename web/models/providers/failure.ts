/** Errors of the SDKs as values. What a provider writes into its errors may hold keys and accounts, so only our own words get out. */
import { NO_USAGE } from '../../engine/models/model.ts';
import type { FailureKind, ProviderFailure } from './provider.ts';

/** Both SDKs' errors have this shape; neither class need be known here. */
interface Thrown {
  readonly name?: unknown;
  readonly status?: unknown;
  readonly headers?: { get?(name: string): string | null } | undefined;
}

/** `begun`: whether the provider had begun to answer, so that something may have been charged. */
export function failureOf(
  thrown: unknown,
  provider: string,
  signal: AbortSignal,
  begun: boolean,
  now: number,
): ProviderFailure {
  if (signal.aborted) {
    // The request may have arrived; nobody says what it cost.
    return { type: 'failed', kind: 'stopped', reason: 'stopped', retryAfter: null, usage: null };
  }
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Thrown;
  const status = typeof error.status === 'number' ? error.status : null;
  const retryAfter = retryAfterOf(error, now);
  const { kind, said } = meaningOf(status, begun);
  // A refusal costs nothing, and neither does a request that never arrived. Of one that arrived and got no answer nobody knows.
  const free = !begun && (status !== null || neverArrived(thrown));
  const unanswered = !begun && status === null ? ({ unanswered: true } as const) : {};
  return {
    type: 'failed',
    kind,
    reason: `${provider} ${said}`,
    retryAfter,
    usage: free ? NO_USAGE : null,
    ...unanswered,
  };
}

const NEVER_ARRIVED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function neverArrived(thrown: unknown): boolean {
  let error: unknown = thrown;
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth++) {
    const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
    if (NEVER_ARRIVED.has(code)) return true;
    error = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return false;
}

function meaningOf(status: number | null, begun: boolean): { readonly kind: FailureKind; readonly said: string } {
  switch (status) {
    case null:
      return { kind: 'outage', said: begun ? 'broke off in the middle of its answer' : 'could not be reached' };
    case 401:
      return { kind: 'key', said: 'does not take the key (401)' };
    case 402:
      return { kind: 'key', said: 'wants to be paid (402)' };
    case 403:
      return { kind: 'key', said: 'does not allow this to the key (403)' };
    case 404:
      return { kind: 'request', said: 'has no such model, or no such endpoint (404)' };
    case 413:
      return { kind: 'request', said: 'says that the prompt is too long (413)' };
    case 408:
    case 409:
      return { kind: 'outage', said: `asks to try again (${status})` };
    case 429:
      return { kind: 'overloaded', said: 'limits the rate (429)' };
    case 503:
    case 529:
      return { kind: 'overloaded', said: `is overloaded (${status})` };
    default:
      return status >= 500
        ? { kind: 'outage', said: `failed (${status})` }
        : { kind: 'request', said: `refused the request (${status})` };
  }
}

/** Milliseconds, from `retry-after-ms`, or from `retry-after` in seconds or as a date; at most an hour. */
function retryAfterOf({ headers }: Thrown, now: number): number | null {
  const read = (name: string): string | null => {
    try {
      return headers?.get?.(name) ?? null;
    } catch {
      return null;
    }
  };
  const bounded = (milliseconds: number): number | null =>
    Number.isFinite(milliseconds) && milliseconds >= 0 ? Math.min(3_600_000, Math.ceil(milliseconds)) : null;
  const exact = read('retry-after-ms');
  if (exact !== null && exact.trim() !== '') return bounded(Number(exact));
  const said = read('retry-after');
  if (said === null || said.trim() === '') return null;
  const seconds = Number(said);
  return bounded(Number.isNaN(seconds) ? Date.parse(said) - now : seconds * 1000);
}

/** A whole number of tokens, or 0 where what stands there is none. */
export function tokensOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}

/** Characters of one reply that are taken: far more than any model writes. */
export const LONGEST_REPLY = 16_000_000;
