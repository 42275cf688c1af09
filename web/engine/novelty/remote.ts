/**
 * Vectors from a service. They can't be made again on a replay, so the log keeps them: what a service gave is a reply like that of any
 * model, with the vector as its text.
 */
import type { ModelReply, Usage, Worth } from '../models/model.ts';
import { NO_USAGE } from '../models/model.ts';
import { MESSAGE_OVERHEAD, REQUEST_OVERHEAD, tokensAtMost } from '../models/tokens.ts';
import type { Files } from '../program.ts';
import { quantise } from './vector.ts';
import { writeVector } from './vector-text.ts';

/** The port. Never rejects; settles when the signal aborts. */
export interface Embedder {
  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Embedded>;
}

export interface EmbeddingRequest {
  readonly model: string;
  readonly texts: readonly string[];
  /** The same for the same call of the same run, as in a `ModelRequest`. */
  readonly key: string;
}

export type Embedded =
  | {
      readonly type: 'embedded';
      /** One a text, in their order. */
      readonly vectors: readonly Float32Array[];
      /** null: the service does not say; then the most it can have been is charged. */
      readonly usage: Usage | null;
      /** US dollars; null: the run's prices say. */
      readonly dollars: number | null;
      readonly worth?: Worth;
    }
  | EmbeddingFailure;

export interface EmbeddingFailure {
  readonly type: 'failed';
  readonly reason: string;
  /** What was paid all the same. */
  readonly usage: Usage;
  readonly dollars: number | null;
  readonly worth?: Worth;
}

/** Longest text that is sent, in tokens counted from above; what comes after is left out. Services take about 8,000 of their own. */
export const MOST_EMBED_TOKENS = 24_000;
/** The same with what is put around it. */
export const EMBED_PROMPT_TOKENS = MOST_EMBED_TOKENS + MESSAGE_OVERHEAD + REQUEST_OVERHEAD;
/** Vectors one job may ask for: of its first text and of those it tries after that. */
export const MOST_EMBEDS = 4;
/** Longest vector that is taken. */
const MOST_DIMENSIONS = 8_192;
const LONGEST_REASON = 500;

/** The files one after the other, each under its name. */
export function textOf(files: Files): string {
  const paths = Object.keys(files).sort();
  const text =
    paths.length === 1 ? (files[paths[0] as string] as string) : paths.map((p) => `${p}\n${files[p]}`).join('\n');
  return shortened(text.toWellFormed());
}

function shortened(text: string): string {
  let cut = text.slice(0, MOST_EMBED_TOKENS);
  while (tokensAtMost(cut) > MOST_EMBED_TOKENS) cut = cut.slice(0, Math.floor(cut.length * 0.9));
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Never rejects. What is no vector is a failure, paid for all the same. */
export async function embeddedBy(
  embedder: Embedder,
  request: EmbeddingRequest,
  signal: AbortSignal,
): Promise<ModelReply> {
  const said = await settled(embedder, request, signal);
  const most = request.texts.reduce((sum, text) => sum + tokensAtMost(text), 0);
  const usage = said.usage ?? { ...NO_USAGE, input: most };
  // Vectors are input alone, and no service reads more tokens than the text can have.
  const worth = said.worth === undefined ? {} : { worth: said.worth };
  const paid = { usage: { ...NO_USAGE, input: Math.min(usage.input, most) }, dollars: said.dollars, ...worth };
  const failed = (reason: string): ModelReply => ({
    ...{ type: 'failed', reason: reason.slice(0, LONGEST_REASON), retryAfter: null },
    ...paid,
  });
  if (said.type === 'failed') return failed(said.reason);
  const vector = said.vectors[0];
  const { model } = request;
  if (said.vectors.length !== 1 || vector === undefined)
    return failed(`${model} gave ${said.vectors.length} vectors for one text`);
  if (!(vector instanceof Float32Array) || vector.length === 0 || !vector.every(Number.isFinite))
    return failed(`${model} gave no vector of finite numbers`);
  if (vector.length > MOST_DIMENSIONS) return failed(`${model} gave a vector of ${vector.length} numbers`);
  const whole = quantise(vector);
  if (whole.every((component) => component === 0)) return failed(`${model} gave a vector without a direction`);
  return { type: 'replied', text: writeVector(model, whole), finish: 'stop', ...paid };
}

/** A service that throws, or does not settle when it is stopped, breaks its contract and costs no more than one that fails. */
async function settled(embedder: Embedder, request: EmbeddingRequest, signal: AbortSignal): Promise<Embedded> {
  if (signal.aborted) return refused('stopped');
  let stop = (): void => {};
  const stopped = new Promise<Embedded>((resolve) => {
    stop = () => resolve(refused('stopped'));
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([embedder.embed(request, signal), stopped]);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function refused(reason: string): EmbeddingFailure {
  return { type: 'failed', reason, usage: NO_USAGE, dollars: 0 };
}
