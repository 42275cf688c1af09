/** How the API says no: what, and what to do about it. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export interface Refusal {
  readonly v: 1;
  /** For programs. */
  readonly code: string;
  /** For people: what is wrong, and where. */
  readonly error: string;
  readonly remedy: string;
  /** Milliseconds after which it may work; null: not by waiting. */
  readonly retryAfter: number | null;
}

export function refusal(
  context: Context,
  status: ContentfulStatusCode,
  code: string,
  error: string,
  remedy: string,
  retryAfter: number | null = null,
) {
  if (retryAfter !== null) context.header('retry-after', String(Math.max(1, Math.ceil(retryAfter / 1000))));
  context.header('cache-control', 'no-store');
  return context.json({ v: 1, code, error, remedy, retryAfter } satisfies Refusal, status);
}
