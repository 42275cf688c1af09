/** Mean of at least one finite number. Equal numbers give exactly that number, and large ones do not overflow on the way. */
export function mean(values: readonly number[]): number {
  const first = values[0] ?? NaN;
  const count = values.length;
  let rest = 0;
  for (const value of values) rest += value / count - first / count;
  return first + rest;
}
