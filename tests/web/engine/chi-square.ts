/** Pearson's test of counts against probabilities, for tests with a fixed seed. */
import { expect } from 'vitest';

/** Statistic and degrees of freedom; outcomes that are expected less than five times are taken together. */
export function chiSquare(
  counts: readonly number[],
  probabilities: readonly number[],
): { value: number; freedom: number } {
  const n = counts.reduce((sum, count) => sum + count, 0);
  let value = 0;
  let cells = 0;
  let rest = { count: 0, mean: 0 };
  counts.forEach((count, i) => {
    const mean = n * (probabilities[i] ?? 0);
    if (mean === 0 && count > 0) value = Infinity;
    if (mean < 5) {
      rest = { count: rest.count + count, mean: rest.mean + mean };
      return;
    }
    value += (count - mean) ** 2 / mean;
    cells++;
  });
  if (rest.mean >= 5) {
    value += (rest.count - rest.mean) ** 2 / rest.mean;
    cells++;
  }
  return { value, freedom: Math.max(0, cells - 1) };
}

/** 0.9999 quantile by Wilson and Hilferty's approximation: within 2 % from one degree of freedom on. */
export function critical(freedom: number): number {
  if (freedom === 0) return 1e-9;
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 3.719 * Math.sqrt(spread)) ** 3;
}

export function expectFits(counts: readonly number[], probabilities: readonly number[]): void {
  const { value, freedom } = chiSquare(counts, probabilities);
  expect(value, `chi-square with ${freedom} degrees of freedom`).toBeLessThan(critical(freedom));
}
