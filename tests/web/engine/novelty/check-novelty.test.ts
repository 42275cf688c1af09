import { describe, expect, it } from 'vitest';
import { judgeNovelty } from '../../../../web/engine/novelty/check-novelty.ts';

const vector = Int8Array.of(100, 0, 0);
const near = { id: 3, vector: Int8Array.of(100, 10, 0) };
const far = { id: 1, vector: Int8Array.of(0, 100, 0) };

describe('judgeNovelty', () => {
  it('names the nearest, and compares with the threshold', () => {
    const decision = judgeNovelty({ vector, others: [far, near], threshold: 0.99 });
    expect(decision.nearest?.id).toBe(3);
    expect(decision.nearest?.similarity).toBeCloseTo(1 / Math.hypot(1, 0.1), 12);
    expect(decision.novel).toBe(false);
    expect(judgeNovelty({ vector, others: [far, near], threshold: 0.999 }).novel).toBe(true);
  });

  it('lets what reaches the threshold pass, so that 1 switches it off', () => {
    expect(judgeNovelty({ vector, others: [{ id: 0, vector }], threshold: 1 }).novel).toBe(true);
  });

  it('takes the lowest id of several, in any order', () => {
    const others = [7, 2, 5].map((id) => ({ id, vector: near.vector }));
    for (const list of [others, [...others].reverse()]) {
      expect(judgeNovelty({ vector, others: list, threshold: 0.5 }).nearest?.id).toBe(2);
    }
  });

  it('is novel beside nothing, and beside vectors of another kind', () => {
    expect(judgeNovelty({ vector, others: [], threshold: 0 })).toEqual({ novel: true, nearest: null });
    const others = [
      { id: 1, vector: Int8Array.of(100, 0) },
      { id: 2, vector: null },
    ];
    expect(judgeNovelty({ vector, others, threshold: 0 })).toEqual({ novel: true, nearest: null });
  });
});
