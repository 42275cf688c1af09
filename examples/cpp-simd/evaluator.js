/**
 * Motion search: the place in a picture that is most like a block of 16 by 16 pixels.
 *
 * A candidate exports `search(picture, pixels, block, 256, width)` and returns the number of the place, the first of equals. It is right on every
 * picture or it is not scored: a fast wrong answer is worth nothing. The score is how many times as fast as the reference it is, from pairs of
 * interleaved measurements; the noise of the measurement is told beside it.
 */
const SIDE = 16;

/** Width and height: odd ones, too, and one with a single place. */
const SIZES = [
  [16, 16],
  [17, 16],
  [16, 19],
  [33, 21],
  [50, 37],
  [64, 48],
];

export const checks = SIZES.flatMap(([width, height], i) => [
  scene(100 + i, width, height, 6),
  scene(200 + i, width, height, 40),
  flat(width, height, 90 + i),
]);
/** What is timed. */
export const training = [scene(1, 112, 80, 5), scene(2, 96, 96, 12), scene(3, 128, 64, 25)];
export const unseen = [scene(71, 120, 72, 8), scene(72, 88, 104, 18)];

/** A picture of smooth waves and grain, and a block cut from it with grain of its own. */
function scene(seed, width, height, grain) {
  let state = (seed * 2654435761) >>> 0;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  for (let i = 0; i < 8; i++) below(1);
  const [a, b, c] = [5 + below(9), 4 + below(8), below(60) / 10];
  const picture = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return 128 + 50 * Math.sin(x / a + c) + 40 * Math.cos(y / b - x / 20) + below(grain) - grain / 2;
  });
  const [left, top] = [below(width - SIDE + 1), below(height - SIDE + 1)];
  const block = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const grey = picture[(top + Math.floor(i / SIDE)) * width + left + (i % SIDE)];
    return Math.min(255, Math.max(0, grey + below(grain) - grain / 2));
  });
  return { picture, block, width };
}

/** Nothing but equals, and the greatest differences there are. */
function flat(width, height, seed) {
  const picture = new Uint8Array(width * height).fill(seed % 2 === 0 ? 255 : 0);
  return { picture, block: new Uint8Array(SIDE * SIDE).fill(seed % 2 === 0 ? 0 : 255), width };
}

/** By trying every place. */
export function searched({ picture, block, width }) {
  const height = picture.length / width;
  let best = 0;
  let least = Infinity;
  for (let y = 0; y + SIDE <= height; y++) {
    for (let x = 0; x + SIDE <= width; x++) {
      const sum = differenceAt(picture, block, width, x, y, least);
      if (sum < least) {
        least = sum;
        best = y * width + x;
      }
    }
  }
  return best;
}

function differenceAt(picture, block, width, left, top, enough) {
  let sum = 0;
  for (let y = 0; y < SIDE && sum < enough; y++) {
    for (let x = 0; x < SIDE; x++) sum += Math.abs(picture[(top + y) * width + left + x] - block[y * SIDE + x]);
  }
  return sum;
}
