/** Scales of the run chart: plain functions from data to pixels. */
import { ticks } from 'd3-array';

export interface Scale {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  /** Pixels of a value, held inside the range. */
  at(value: number): number;
  /** Value at pixels. */
  invert(pixels: number): number;
  ticks(count: number): readonly number[];
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [d0, d1] = domain;
  const [r0, r1] = range;
  const factor = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  const low = Math.min(r0, r1);
  const high = Math.max(r0, r1);
  return {
    domain,
    range,
    at: (value) => Math.min(high, Math.max(low, r0 + (value - d0) * factor)),
    invert: (pixels) => (factor === 0 ? d0 : d0 + (pixels - r0) / factor),
    ticks: (count) => ticks(d0, d1, count),
  };
}

/** `domain` in positive numbers; values at or below zero are held at the end of the smallest. */
export function logarithmic(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const inner = linear([Math.log10(domain[0]), Math.log10(domain[1])], range);
  const least = Math.min(domain[0], domain[1]);
  return {
    domain,
    range,
    at: (value) => inner.at(Math.log10(Math.max(value, least))),
    invert: (pixels) => 10 ** inner.invert(pixels),
    ticks: () => decades(least, Math.max(domain[0], domain[1])),
  };
}

function decades(low: number, high: number): number[] {
  const found: number[] = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power++)
    found.push(10 ** power);
  return found;
}

/** An upper end that grows in steps of about a quarter: the settled dots then need redrawing only now and then. */
export function roomFor(value: number, least: number): number {
  let end = least;
  while (end < value) end *= 1.25;
  return end;
}
