/** Maps from seeds: the same cities on every machine, since only integers and one division make them. */
import { TRAINING, HELD_OUT } from './references.js';

export const TRAIN = TRAINING.map(([seed, length]) => ({ cities: map(seed), length }));
export const UNSEEN = HELD_OUT.map(([seed, length]) => ({ cities: map(seed), length }));

/** 60 to 70 cities, uniform in the unit square: x, y, x, y, … */
export function map(seed) {
  const random = generator(seed);
  const count = 60 + Math.floor(11 * random());
  return Float64Array.from({ length: 2 * count }, random);
}

/** A 32-bit counter, mixed: uniform in [0, 1). */
function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
