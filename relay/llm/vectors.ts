/** Vectors of texts as the gateway gives them, and as the books keep them: a reply whose text they are. */
import type { ModelReply, Usage } from '../../web/engine/models/model.ts';

export type Vectors =
  | {
      readonly type: 'ok';
      readonly vectors: readonly (readonly number[])[];
      readonly usage: Usage;
      /** null: nobody knows the price. */
      readonly dollars: number | null;
    }
  | Extract<ModelReply, { type: 'failed' }>;

export function replyOf(made: Vectors): ModelReply {
  if (made.type === 'failed') return made;
  const { vectors, usage, dollars } = made;
  return { type: 'replied', text: JSON.stringify(vectors), finish: 'stop', usage, dollars };
}

/** Of a reply that `replyOf` made. */
export function vectorsIn(reply: ModelReply): Vectors {
  if (reply.type === 'failed') return reply;
  const { text, usage, dollars } = reply;
  return { type: 'ok', vectors: JSON.parse(text) as number[][], usage, dollars };
}
