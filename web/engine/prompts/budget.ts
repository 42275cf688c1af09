/** How sections share a token budget. */

export interface Demand {
  readonly need: number;
  /** Lower is served first. */
  readonly priority: number;
  /** Part of the budget it may take while others still want some, 0–1. */
  readonly share: number;
}

/**
 * What each demand is granted; sums to at most `budget`. In the first round each takes, by priority, what it needs up to its
 * share; in the second what is left goes to those that still want more, again by priority.
 */
export function share(budget: number, demands: readonly Demand[]): number[] {
  const order = demands
    .map((_, i) => i)
    .sort((a, b) => (demands[a] as Demand).priority - (demands[b] as Demand).priority || a - b);
  const grants = demands.map(() => 0);
  let left = Math.max(0, budget);
  const all = left;
  for (const round of [1, 2] as const) {
    for (const i of order) {
      const { need, share: part } = demands[i] as Demand;
      const most = round === 1 ? Math.min(need, Math.floor(part * all)) : need;
      const more = Math.min(left, Math.max(0, most - (grants[i] as number)));
      grants[i] = (grants[i] as number) + more;
      left -= more;
    }
  }
  return grants;
}
