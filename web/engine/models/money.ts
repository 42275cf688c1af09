/**
 * Money is added and compared in whole nano-dollars, which a double holds exactly up to two million dollars; in between it is kept as
 * dollars, the quotient by 10⁹, from which rounding gives the same whole number back. What is spent is rounded up, what is allowed down.
 */
const NANO = 1e9;

/** Dollars as whole nano-dollars, rounded up. */
export function nanoUp(dollars: number): number {
  const near = Math.round(dollars * NANO);
  return near / NANO < dollars ? near + 1 : near;
}

/** Dollars as whole nano-dollars, rounded down. */
export function nanoDown(dollars: number): number {
  const near = Math.round(dollars * NANO);
  return near / NANO > dollars ? near - 1 : near;
}

export function fromNano(nano: number): number {
  return nano / NANO;
}

/** Nano-dollars of one token at a price per million. */
export function nanoPerToken(pricePerMillion: number): number {
  return pricePerMillion * 1e3;
}
