/** What a model's tokens cost. */
export interface Price {
  /** US dollars per million tokens. */
  readonly input: number;
  /** Input that the provider had in its cache. */
  readonly cached: number;
  /** Output, reasoning included. */
  readonly output: number;
  /** Input that is written to the cache, where that is dearer than `input`; null where it is not charged for. */
  readonly written: number | null;
  /** A prompt of more than `above` tokens is charged at these prices as a whole. */
  readonly long: {
    readonly above: number;
    readonly input: number;
    readonly cached: number;
    readonly output: number;
  } | null;
  /** US dollars of one search of the web; absent: it makes none. */
  readonly search?: number;
}

/** A model as this table knows it. */
export interface ModelFacts extends Price {
  readonly model: string;
  readonly provider: 'openai' | 'anthropic' | 'google' | 'deepseek';
  /** Tokens; null where no source was found. */
  readonly context: number | null;
  /** Longest reply, tokens. */
  readonly reply: number | null;
  /** `reasoning`: a temperature is taken only where effort is none. null: not known. */
  readonly temperature: 'free' | 'reasoning' | 'fixed' | null;
  /** It may think before it answers, which is charged as output. */
  readonly reasons: boolean;
  readonly source: string;
  /** Day on which the source gave these prices. */
  readonly date: string;
  readonly note: string;
}
