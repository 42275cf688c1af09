/**
 * Models behind a relay. A call has a key: where the line breaks, or the relay is started anew, the same call is asked for again, and a
 * reply that was paid for already is given without being paid again.
 */
import {
  NO_USAGE,
  type LanguageModel,
  type ModelReply,
  type ModelRequest,
  type Usage,
} from '../engine/models/model.ts';
import { tokensAtMost } from '../engine/models/tokens.ts';
import type { Embedded, Embedder } from '../engine/novelty/remote.ts';
import { serverEvents } from './sse.ts';

export interface RelayLine {
  /** Address of the relay's API, ending in `/api/v1`. */
  readonly base: string;
  readonly token: string;
  /** The run that asks, and what it may spend; null: no account of its own. */
  readonly run: { readonly id: string; readonly caps: RunCaps } | null;
  readonly fetch: typeof fetch;
  readonly after: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Told what comes of each call, for what the page shows of money and of a relay that can't be reached. */
  readonly told?: (event: RelayEvent) => void;
}

export interface RunCaps {
  readonly dollars: number | null;
  readonly tokens: number | null;
  readonly calls: number | null;
}

export interface Spent {
  readonly caps: RunCaps;
  readonly spent: { readonly dollars: number; readonly tokens: number; readonly calls: number };
}

export type RelayEvent =
  | { readonly type: 'text'; readonly key: string; readonly piece: string }
  | { readonly type: 'account'; readonly account: Spent }
  | { readonly type: 'unreachable'; readonly tries: number }
  | { readonly type: 'reached' };

/** Waits before the line is tried again: a relay that is started anew is back within seconds. */
const WAITS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** A relay sends something at least every quarter of a minute; a line that is silent for longer is dead, as after a machine slept. */
const LONGEST_SILENCE = 60_000;
/** A little more than the longest that a relay can be told to let a call take. */
const LONGEST_CALL = 3_700_000;
const LONGEST_EMBEDDING = 120_000;

export function createRelayModel(line: RelayLine): LanguageModel {
  return {
    async complete(request, stop) {
      const late = AbortSignal.timeout(LONGEST_CALL);
      const signal = AbortSignal.any([stop, late]);
      for (let tries = 0; ; tries++) {
        const answer = await ask(line, request, signal);
        if (answer.type !== 'broken') {
          if (tries > 0) line.told?.({ type: 'reached' });
          return answer.reply;
        }
        if (signal.aborted) return failed(stop.aborted ? 'stopped' : 'the relay takes too long', null);
        const wait = WAITS[tries];
        if (wait === undefined) return failed('the relay can’t be reached', 30_000);
        line.told?.({ type: 'unreachable', tries: tries + 1 });
        await line.after(wait, signal);
      }
    },
  };
}

type Answer = { readonly type: 'answered'; readonly reply: ModelReply } | { readonly type: 'broken' };

async function ask(line: RelayLine, request: ModelRequest, signal: AbortSignal): Promise<Answer> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), LONGEST_SILENCE);
  };
  try {
    alive();
    const body = { run: line.run, request };
    const response = await post(line, '/models/complete', body, AbortSignal.any([signal, silence.signal]));
    if (!response.ok || !response.body) return await refused(response);
    for await (const { event, data } of serverEvents(response.body, alive)) {
      if (event === 'text') {
        const piece: unknown = JSON.parse(data);
        if (typeof piece === 'string') line.told?.({ type: 'text', key: request.key, piece });
      }
      if (event !== 'reply') continue;
      const said = JSON.parse(data) as { readonly reply?: unknown; readonly account?: unknown } | null;
      if (!isReply(said?.reply)) return { type: 'answered', reply: failed('the relay gave no reply', null) };
      if (isSpent(said.account)) line.told?.({ type: 'account', account: said.account });
      return { type: 'answered', reply: said.reply };
    }
  } catch {
    return { type: 'broken' };
  } finally {
    clearTimeout(timer);
  }
  return { type: 'broken' };
}

/** A relay that is being started, or a proxy before it, says so with these. */
const PASSING = new Set([502, 503, 504]);

async function refused(response: Response): Promise<Answer> {
  if (PASSING.has(response.status)) return { type: 'broken' };
  const said = (await readJson(response)) as {
    error?: unknown;
    remedy?: unknown;
    retryAfter?: unknown;
  } | null;
  const reason = typeof said?.error === 'string' ? said.error : `the relay refused the call (${response.status})`;
  const remedy = typeof said?.remedy === 'string' ? ` ${said.remedy}` : '';
  const retryAfter = typeof said?.retryAfter === 'number' ? said.retryAfter : null;
  return { type: 'answered', reply: failed(`${reason}${remedy}`.slice(0, 500), retryAfter) };
}

export function createRelayEmbedder(line: RelayLine): Embedder {
  return {
    async embed({ model, texts, key }, signal): Promise<Embedded> {
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_EMBEDDING)]);
        const response = await post(line, '/models/embed', { run: line.run, model, texts, key }, limit);
        const said = (await readJson(response)) as {
          answer?: { type?: unknown; vectors?: unknown; reason?: unknown; usage?: unknown; dollars?: unknown };
          error?: unknown;
        } | null;
        const answer = said?.answer;
        // Where nothing was answered nothing was asked of anybody.
        const asked = response.ok && answer !== undefined;
        const usage = asked ? (usageOf(answer.usage) ?? mostOf(texts)) : NO_USAGE;
        const dollars = !asked ? 0 : isAmount(answer.dollars) ? answer.dollars : null;
        if (asked && answer.type === 'ok' && isVectors(answer.vectors, texts.length)) {
          return { ...{ type: 'embedded', usage, dollars }, vectors: answer.vectors.map((v) => Float32Array.from(v)) };
        }
        const reason = answer?.reason ?? said?.error;
        const why = typeof reason === 'string' ? reason : 'the relay gave no vectors';
        return { type: 'failed', reason: why, usage, dollars };
      } catch {
        // It may have been asked all the same.
        return { type: 'failed', reason: 'the relay can’t be reached', usage: mostOf(texts), dollars: null };
      }
    },
  };
}

function post({ base, token, fetch }: RelayLine, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  return fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal,
    // A token goes nowhere else, and cookies go nowhere at all.
    redirect: 'error',
    credentials: 'omit',
    cache: 'no-store',
  });
}

/** Whether it has the shape of a reply: what comes over the line is checked before the engine counts with it. */
export function isReply(value: unknown): value is ModelReply {
  if (typeof value !== 'object' || value === null) return false;
  const reply = value as Partial<Record<string, unknown>>;
  const usage = reply['usage'] as Partial<Record<string, unknown>> | undefined;
  const counted = (['input', 'output', 'cached', 'reasoning'] as const).every((part) => isAmount(usage?.[part]));
  if (!counted || !(reply['dollars'] === null || isAmount(reply['dollars']))) return false;
  if (reply['type'] === 'failed') {
    return typeof reply['reason'] === 'string' && (reply['retryAfter'] === null || isAmount(reply['retryAfter']));
  }
  const finishes: unknown[] = ['stop', 'length', 'refused', 'filtered'];
  const searches = (usage as { readonly searches?: unknown } | undefined)?.searches;
  if (searches !== undefined && !isAmount(searches)) return false;
  return reply['type'] === 'replied' && typeof reply['text'] === 'string' && finishes.includes(reply['finish']);
}

function usageOf(value: unknown): Usage | null {
  const { input, output, cached, reasoning } = (value ?? {}) as Partial<Record<keyof Usage, unknown>>;
  if (!isAmount(input) || !isAmount(output) || !isAmount(cached) || !isAmount(reasoning)) return null;
  return { input, output, cached, reasoning };
}

function mostOf(texts: readonly string[]): Usage {
  return { ...NO_USAGE, input: texts.reduce((sum, text) => sum + tokensAtMost(text), 0) };
}

function isSpent(value: unknown): value is Spent {
  const { caps, spent } = (value ?? {}) as { readonly caps?: unknown; readonly spent?: unknown };
  const parts = ['dollars', 'tokens', 'calls'] as const;
  const every = (of: unknown, test: (amount: unknown) => boolean): boolean =>
    typeof of === 'object' && of !== null && parts.every((part) => test((of as Record<string, unknown>)[part]));
  return every(spent, isAmount) && every(caps, (amount) => amount === null || isAmount(amount));
}

/** Bytes of an answer that is no stream. */
const LONGEST_BODY = 16_000_000;

/** null where it is none, or longer than any relay sends. Never rejects. */
export async function readJson(response: Response): Promise<unknown> {
  const reader = response.body?.getReader();
  if (!reader) return null;
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return JSON.parse(text + decoder.decode()) as unknown;
      bytes += value.length;
      if (bytes > LONGEST_BODY) return null;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return null;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isVectors(value: unknown, count: number): value is number[][] {
  return (
    Array.isArray(value) &&
    value.length === count &&
    value.every((vector) => Array.isArray(vector) && vector.every(Number.isFinite))
  );
}

function failed(reason: string, retryAfter: number | null): ModelReply {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
