/** A service of vectors that follows a script: what it gives depends on the text and the seed alone, and now and then is none. */
import { NO_USAGE } from '../../../web/engine/models/model.ts';
import type { Embedded, Embedder, EmbeddingRequest } from '../../../web/engine/novelty/remote.ts';
import { createRandom } from '../../../web/engine/rng.ts';

export interface ScriptedEmbedderOptions {
  readonly seed?: number | string;
  /** Share of calls that go wrong in one of the ways of `FAULTS`, 0–1. */
  readonly faults?: number;
  /** US dollars per million tokens; null: it gives no price. */
  readonly price?: number | null;
  readonly vector?: (text: string) => Float32Array;
  readonly delay?: () => number;
}

export interface ScriptedEmbedder extends Embedder {
  /** What it was asked, in the order of asking. */
  readonly requests: EmbeddingRequest[];
}

const FAULTS: Readonly<Record<string, (vector: Float32Array) => unknown>> = {
  'too few': () => [],
  'too many': (vector) => [vector, vector],
  'another length': (vector) => [vector.slice(0, -1)],
  NaN: (vector) => [vector.map((x, i) => (i === 0 ? NaN : x))],
  huge: () => [new Float32Array(100_000).fill(1)],
  'huge numbers': (vector) => [vector.map((x) => x * 1e30)],
  zeros: (vector) => [vector.map(() => 0)],
  'no list': () => 'none',
  'no floats': (vector) => [[...vector]],
};

export function scriptedEmbedder(options: ScriptedEmbedderOptions = {}): ScriptedEmbedder {
  const { seed = 1, faults = 0, price = null, vector = vectorOf, delay } = options;
  const requests: EmbeddingRequest[] = [];
  return {
    requests,
    async embed(request, signal): Promise<Embedded> {
      requests.push(request);
      const text = request.texts[0] as string;
      const random = createRandom(`${seed}/${request.model}/${text}`);
      const wait = delay?.() ?? 0;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (signal.aborted) return { type: 'failed', reason: 'stopped', usage: NO_USAGE, dollars: 0 };
      const usage = { ...NO_USAGE, input: Math.ceil(text.length / 4) };
      const dollars = price === null ? null : (usage.input * price) / 1e6;
      const made = vector(text);
      if (random.next() >= faults) return { type: 'embedded', vectors: [made], usage, dollars };
      const which = random.below(Object.keys(FAULTS).length + 2);
      if (which === 0) return { type: 'failed', reason: 'overloaded', usage: NO_USAGE, dollars: 0 };
      if (which === 1) throw new Error('a bug of the service');
      const vectors = Object.values(FAULTS)[which - 2]?.(made) as Float32Array[];
      return { type: 'embedded', vectors, usage, dollars };
    },
  };
}

/** Of the letters in it: texts that share most of theirs are alike. */
function vectorOf(text: string): Float32Array {
  const sum = new Float32Array(16);
  for (let i = 0; i < text.length; i++) {
    const at = Math.imul(text.charCodeAt(i) + 31, 0x9e3779b1) >>> 28;
    sum[at] = (sum[at] as number) + 1;
  }
  return sum;
}
