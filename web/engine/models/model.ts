/** What the engine asks of a language model, and what comes back. Failures are values. */

export interface LanguageModel {
  /** Never rejects; settles when the signal aborts. */
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
}

export interface ModelRequest {
  readonly model: string;
  readonly purpose: Purpose;
  readonly messages: readonly Message[];
  /** Longest reply, tokens, reasoning included. */
  readonly tokens: number;
  /** null: the model's own. */
  readonly temperature: number | null;
  readonly effort: 'none' | 'low' | 'medium' | 'high';
  /** Searches of the web it may make before it answers, by its provider's own means; absent: none. Who can't search answers without. */
  readonly search?: number;
  /** For models that can repeat themselves. */
  readonly seed: number;
  /** The same for the same call of the same run: a gateway that has answered it before may give that answer again, unpaid. */
  readonly key: string;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What a call is for: costs are summed by it. */
export const PURPOSES = ['propose', 'fix', 'refine', 'judge', 'memory', 'prompt', 'embed', 'score'] as const;
export type Purpose = (typeof PURPOSES)[number];

export type ModelReply =
  | {
      readonly type: 'replied';
      readonly text: string;
      readonly finish: 'stop' | 'length' | 'refused' | 'filtered';
      readonly usage: Usage;
      /** US dollars; null where the model has no price: the engine then takes it from its own table. */
      readonly dollars: number | null;
      readonly worth?: Worth;
      /** Pages of the web that searches led to, those that the reply refers to first; absent: none. */
      readonly sources?: readonly Source[];
    }
  | {
      readonly type: 'failed';
      readonly reason: string;
      /** Milliseconds after which asking again may help; null: it will not. */
      readonly retryAfter: number | null;
      /** What was paid all the same. */
      readonly usage: Usage;
      readonly dollars: number | null;
      readonly worth?: Worth;
    };

/**
 * US dollars a call cost when it was paid, where its reply is given again for nothing (web/models/recorded.ts): bandits go by it, so
 * that a run of stored replies chooses as the run did that they are of. Absent elsewhere: what was charged.
 */
export type Worth = number;

/** A page as a search gave it: words of a stranger (sources.ts). */
export interface Source {
  /** Beginning with http:// or https://. */
  readonly url: string;
  /** Empty where it has none. */
  readonly title: string;
}

/** Tokens. `cached` is part of `input`, `reasoning` part of `output`. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
  /** Searches of the web that are charged; absent: none. What they brought is part of `input`. */
  readonly searches?: number;
}

export const NO_USAGE: Usage = { input: 0, output: 0, cached: 0, reasoning: 0 };

/** What something has cost. */
export interface Spending {
  readonly calls: number;
  readonly tokens: number;
  readonly dollars: number;
}

export const NOTHING_SPENT: Spending = { calls: 0, tokens: 0, dollars: 0 };
