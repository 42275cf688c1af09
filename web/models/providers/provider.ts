/** A family: one member a wire protocol. A provider makes exactly the calls it is asked for; budgets, repeats and caches are the gateway's. */
import type { ModelRequest, Source, Usage } from '../../engine/models/model.ts';

export interface Provider {
  /** As in the configuration, e.g. `openai`. */
  readonly id: string;
  /** Never rejects; settles when the signal aborts, and the connection is closed then. `text` is told each piece as it comes. */
  complete(request: ModelRequest, signal: AbortSignal, text: (piece: string) => void): Promise<ProviderReply>;
  /** Vectors of the texts, in their order. */
  embed(model: string, texts: readonly string[], signal: AbortSignal): Promise<ProviderVectors>;
  /** Models the account may use; a failure says why in words for the owner. */
  list(signal: AbortSignal): Promise<ProviderModels>;
}

/** What has to be known of a model to ask it rightly. */
export interface ModelTraits {
  /** `reasoning`: a temperature is taken only where effort is none. null: not known. */
  readonly temperature: 'free' | 'reasoning' | 'fixed' | null;
  /** It may think before it answers. */
  readonly reasons: boolean;
}

export type Finish = 'stop' | 'length' | 'refused' | 'filtered';

export type ProviderReply =
  | {
      readonly type: 'replied';
      readonly text: string;
      readonly finish: Finish;
      readonly usage: Usage;
      readonly written: number;
      /** Pages of the web that searches led to; absent: none. */
      readonly sources?: readonly Source[];
    }
  | ProviderFailure;

export interface ProviderFailure {
  readonly type: 'failed';
  readonly kind: FailureKind;
  /** For people; without keys, addresses or what the provider wrote of the account. */
  readonly reason: string;
  /** Milliseconds the provider asks to wait; null where it does not say. */
  readonly retryAfter: number | null;
  /** What is known to be charged all the same; null where it is not known: a stream was cut, or stopped by us. */
  readonly usage: Usage | null;
  /** Nothing came back, not even a status: maybe it never arrived. */
  readonly unanswered?: true;
}

/**
 * `overloaded` 429, 503, 529 and the like: later it may work. `outage`: no answer, a cut stream, a 5xx. `key`: 401, 403, 402: the owner has to
 * act. `request`: this request will never work. `stopped`: by the caller.
 */
export type FailureKind = 'overloaded' | 'outage' | 'key' | 'request' | 'stopped';

export type ProviderVectors =
  { readonly type: 'ok'; readonly vectors: readonly (readonly number[])[]; readonly usage: Usage } | ProviderFailure;

export type ProviderModels =
  | { readonly type: 'ok'; readonly models: readonly string[] }
  | { readonly type: 'failed'; readonly kind: FailureKind; readonly reason: string };
