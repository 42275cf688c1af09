/** Replies of a stored run, given again for nothing to whoever asks the very same. */
import type { RunEvent } from '../engine/events.ts';
import { NO_USAGE, type ModelReply, type ModelRequest } from '../engine/models/model.ts';
import type { Embedded, EmbeddingRequest } from '../engine/novelty/remote.ts';
import { readVector } from '../engine/novelty/vector-text.ts';

export type ReadLog = (
  runId: string,
) => Promise<
  { readonly type: 'ok'; readonly value: readonly RunEvent[] } | { readonly type: 'failed'; readonly reason: string }
>;

type Replies = ReadonlyMap<string, ModelReply> | { readonly reason: string };

export class Recorded {
  readonly #read: ReadLog;
  readonly #runs = new Map<string, Promise<Replies>>();

  constructor(read: ReadLog) {
    this.#read = read;
  }

  /** What is asked is known by its hash, the last part of the request's key. */
  async reply(runId: string, { key }: Pick<ModelRequest, 'model' | 'key'>): Promise<ModelReply> {
    const replies = await this.#of(runId);
    if ('reason' in replies) return failed(replies.reason);
    const reply = replies.get(key.slice(key.lastIndexOf('/') + 1));
    if (!reply) return failed('the stored run holds no reply to this prompt: it asked something else');
    // Waiting was for the provider's sake.
    return reply.type === 'replied'
      ? { ...reply, dollars: 0 }
      : { ...reply, dollars: 0, retryAfter: reply.retryAfter === null ? null : 0 };
  }

  /** So with vectors. */
  async vectors(runId: string, { model, key, texts }: EmbeddingRequest): Promise<Embedded> {
    const reply = await this.reply(runId, { model, key });
    const { usage, worth } = reply;
    const paid = { usage, dollars: 0, ...(worth === undefined ? {} : { worth }) };
    if (reply.type === 'failed') return { type: 'failed', reason: reply.reason, ...paid };
    const read = readVector(reply.text);
    if (read === null || texts.length !== 1)
      return { type: 'failed', reason: 'the stored run holds no vector of it', usage: NO_USAGE, dollars: 0 };
    return { type: 'embedded', vectors: [Float32Array.from(read.vector)], ...paid };
  }

  #of(runId: string): Promise<Replies> {
    let replies = this.#runs.get(runId);
    if (!replies) this.#runs.set(runId, (replies = this.#load(runId)));
    return replies;
  }

  async #load(runId: string): Promise<Replies> {
    const log = await this.#read(runId);
    if (log.type === 'failed') {
      this.#runs.delete(runId);
      return { reason: `the stored run can’t be read: ${log.reason}` };
    }
    const replies = new Map<string, ModelReply>();
    for (const event of log.value) {
      if (event.type !== 'replied') continue;
      const before = replies.get(event.request);
      const worth = event.reply.worth ?? event.dollars;
      if (before?.type !== 'replied') replies.set(event.request, worth ? { ...event.reply, worth } : event.reply);
    }
    return replies;
  }
}

/** Models that the run had replies of. */
export function modelsOf(log: readonly RunEvent[]): string[] {
  return [...new Set(log.flatMap((event) => (event.type === 'replied' ? [event.model] : [])))].sort();
}

function failed(reason: string): ModelReply {
  return { type: 'failed', reason, retryAfter: null, usage: NO_USAGE, dollars: 0 };
}
