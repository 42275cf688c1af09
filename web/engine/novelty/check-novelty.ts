/** Whether a text is news beside others, by their vectors. */
import { similarity } from './vector.ts';

export interface NoveltyInput<Id extends number> {
  readonly vector: Int8Array;
  /** Those of another length were made in another way: they are left out. */
  readonly others: readonly { readonly id: Id; readonly vector: Int8Array | null }[];
  /** Highest cosine that still counts as news; 1 lets everything pass. */
  readonly threshold: number;
}

export interface NoveltyDecision<Id extends number> {
  readonly novel: boolean;
  /** The most similar, the lowest id where several are; null where there was nothing to compare with. */
  readonly nearest: { readonly id: Id; readonly similarity: number } | null;
}

export function judgeNovelty<Id extends number>(input: NoveltyInput<Id>): NoveltyDecision<Id> {
  const { vector, others, threshold } = input;
  let nearest: { readonly id: Id; readonly similarity: number } | null = null;
  for (const other of others) {
    if (other.vector?.length !== vector.length) continue;
    const alike = similarity(vector, other.vector);
    if (!nearest || alike > nearest.similarity || (alike === nearest.similarity && other.id < nearest.id)) {
      nearest = { id: other.id, similarity: alike };
    }
  }
  return { novel: !nearest || nearest.similarity <= threshold, nearest };
}
