/** Vectors from a service. They can't be made again on a replay, so the log keeps them; without the service the local ones serve. */
import type { Files } from '../program.ts';
import { quantise } from './vector.ts';

/** The port. Never rejects; settles when the signal aborts. */
export interface Embedder {
  /** Service and model, e.g. `openai/text-embedding-3-small`: vectors of different ids can't be compared. */
  readonly id: string;
  /** One result per text, in their order. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded>;
}

export type Embedded =
  { readonly type: 'embedded'; readonly vectors: readonly (Float32Array | EmbeddingFailure)[] } | EmbeddingFailure;

export interface EmbeddingFailure {
  readonly type: 'failed';
  readonly reason: string;
}

export interface SourcedVector {
  /** `local`, or the id of the embedder. */
  readonly source: string;
  readonly vector: Int8Array;
  /** Why it is local where another was asked for; null otherwise. */
  readonly fault: string | null;
}

export const LOCAL = 'local';

/** Longest text that is sent, characters; what comes after is left out. */
const MOST_SENT = 30_000;
/** Longest vector that is taken. */
const MOST_DIMENSIONS = 8_192;

/**
 * The embedder's vector in whole numbers, or `local()` where it fails, gives what is no vector, or has not answered when the signal
 * aborts. Never rejects.
 */
export async function embedBy(
  embedder: Embedder | null,
  files: Files,
  local: () => Int8Array,
  signal: AbortSignal,
): Promise<SourcedVector> {
  if (!embedder) return { source: LOCAL, vector: local(), fault: null };
  const fallBack = (fault: string): SourcedVector => ({ source: LOCAL, vector: local(), fault });
  const answer = await settled(embedder, textOf(files), signal);
  if (answer.type === 'failed') return fallBack(answer.reason);
  const first = answer.vectors[0];
  if (answer.vectors.length !== 1 || first === undefined) {
    return fallBack(`${embedder.id} gave ${answer.vectors.length} vectors for one text`);
  }
  if (!(first instanceof Float32Array)) return fallBack(first.reason);
  if (first.length === 0 || first.length > MOST_DIMENSIONS || !first.every(Number.isFinite)) {
    return fallBack(`${embedder.id} gave no vector of finite numbers`);
  }
  const vector = quantise(first);
  if (vector.every((component) => component === 0)) return fallBack(`${embedder.id} gave a vector without a direction`);
  return { source: embedder.id, vector, fault: null };
}

/** What is sent: the files one after the other, each under its name. */
export function textOf(files: Files): string {
  const paths = Object.keys(files).sort();
  const text =
    paths.length === 1 ? (files[paths[0] as string] as string) : paths.map((p) => `${p}\n${files[p]}`).join('\n');
  return text.slice(0, MOST_SENT).toWellFormed();
}

async function settled(embedder: Embedder, text: string, signal: AbortSignal): Promise<Embedded> {
  if (signal.aborted) return { type: 'failed', reason: 'stopped' };
  let stop = (): void => {};
  const stopped = new Promise<Embedded>((resolve) => {
    stop = () => resolve({ type: 'failed', reason: 'stopped' });
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([embedder.embed([text], signal), stopped]);
  } catch (error) {
    return { type: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
