/**
 * Motion search: the place in a picture that is most like a block of 16 by 16 pixels.
 *
 * A candidate exports `search(picture, pixels, block, 256, width)` and returns the number of the place, the first of equals. It is right on every
 * picture or it is not scored: a fast wrong answer is worth nothing. The score is how many times as fast as the seed it is, from pairs of
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
  return { picture, block, width, answer: searched({ picture, block, width }) };
}

/** Nothing but equals, and the greatest differences there are. */
function flat(width, height, seed) {
  const picture = new Uint8Array(width * height).fill(seed % 2 === 0 ? 255 : 0);
  return { picture, block: new Uint8Array(SIDE * SIDE).fill(seed % 2 === 0 ? 0 : 255), width, answer: 0 };
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

export async function evaluate(candidate, context) {
  const problem = misfit(await candidate.callMany('search', checks.map(argumentsOf)), checks);
  if (problem !== null) return incorrect(problem);
  // A sample asks the same several times over: who only remembers the answer is not faster.
  const first = await answersOf(candidate, training);
  if (first.problem !== null) return incorrect(first.problem);
  const again = await answersOf(candidate, training);
  if (again.problem !== null || again.operations < 0.9 * first.operations) {
    return incorrect('Asked the same again, it does less work: every search must be done anew.');
  }
  const timing = await candidate.compare({ name: 'search', argsList: training.map(argumentsOf) });
  const { size } = await candidate.facts();
  // A difference within the noise is none: luck in the measurement shall not be bred.
  const speed = timing.verdict === 'same' ? 1 : 1 / timing.ratio;
  return {
    fitness: Math.log2(speed),
    correct: true,
    metrics: { speed, sure: 1 / timing.high, noise: 100 * timing.floor, pairs: timing.blocks, size },
    hidden: {},
    feedback: `${(1 / timing.ratio).toFixed(2)} times as fast as the seed (${(1 / timing.high).toFixed(2)} to ${(1 / timing.low).toFixed(2)}, noise ${(100 * timing.floor).toFixed(1)} %, ${timing.blocks} pairs): ${timing.candidateMilliseconds.toFixed(3)} ms for ${training.length} pictures. The module has ${size} bytes.`,
    features: { size },
    artifacts: context.picture ? { picture: drawing(training[0], 1 / timing.ratio) } : {},
  };
}

async function answersOf(candidate, scenes) {
  const before = candidate.fuel();
  const problem = misfit(await candidate.callMany('search', scenes.map(argumentsOf)), scenes);
  return { problem, operations: candidate.fuel() - before };
}

const argumentsOf = ({ picture, block, width }) => [picture, block, width];

/** Says which place was wrong, or null. */
export function misfit(answers, scenes) {
  for (let i = 0; i < scenes.length; i++) {
    const { picture, width } = scenes[i];
    const wanted = scenes[i].answer;
    const given = answers[i]?.value;
    if (given !== wanted) {
      return `In a picture of ${width} by ${picture.length / width} the block is at place ${wanted}, not ${given}.`;
    }
  }
  return null;
}

/** The picture, coarsely, and the place that is most like the block. */
function drawing({ picture, width, answer }, speed) {
  const height = picture.length / width;
  const shapes = [];
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      shapes.push({ type: 'rect', x, y, width: 2, height: 2, fill: picture[y * width + x] / 255 });
    }
  }
  const [left, top] = [answer % width, Math.floor(answer / width)];
  shapes.push({ type: 'rect', x: left, y: top, width: SIDE, height: SIDE, ink: 'bad' });
  return {
    view: [-1, -1, width + 2, height + 2],
    shapes,
    summary: `A picture of ${width} by ${height} and the place its block comes from, found ${speed.toFixed(2)} times as fast as the seed does.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
