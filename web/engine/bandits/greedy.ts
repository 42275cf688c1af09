/** The best arm gets 1 − ε, the others share ε; arms that tie for best share alike, so a full tie is uniform. */
export function greedy(scores: readonly number[], epsilon: number): number[] {
  const best = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const winners = scores.filter((score) => score === best).length;
  const losers = scores.length - winners;
  const kept = losers === 0 ? 1 : 1 - Math.max(0, Math.min(1, epsilon));
  return scores.map((score) => (score === best ? kept / winners : (1 - kept) / losers));
}
