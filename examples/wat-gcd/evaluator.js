/**
 * The greatest common divisor in as little WebAssembly as possible: a module is scored by its size and by the work it does.
 *
 * A candidate exports `gcd(a, b)` for whole numbers from 1 to 100,000. Every result is checked against Euclid's algorithm. The score
 * is the size of the module in bytes plus the operations counted in a call, as a mean over pairs. Both are the same on every machine.
 */
const MOST = 100_000;

export const training = pairs(17, 200);
export const unseen = pairs(90210, 800);
/** Checked, not scored: ends of the range, equal numbers, one the multiple of the other, neighbours. */
export const edges = [
  [1, 1],
  [1, 2],
  [2, 1],
  [1, MOST],
  [MOST, 1],
  [MOST, MOST],
  [MOST, MOST / 2],
  [99_999, MOST],
  [75_025, 46_368],
  [55_440, 27_720],
  [6, 4],
  [4, 6],
  [97, 89],
];

export async function evaluate(candidate, context) {
  const checked = await candidate.callMany('gcd', [...edges, ...training]);
  const problem = misfit(checked, [...edges, ...training]);
  if (problem !== null) return incorrect(problem);
  const operations = await workOf(candidate, training);
  const { size: bytes } = await candidate.facts();
  const cost = bytes + operations;
  const hidden = {};
  if (context.picture) {
    const wider = misfit(await candidate.callMany('gcd', unseen), unseen);
    if (wider !== null) return incorrect(wider);
    hidden.unseen = bytes + (await workOf(candidate, unseen));
  }
  return {
    fitness: -cost,
    correct: true,
    metrics: { cost, bytes, operations },
    hidden,
    feedback: `${bytes} bytes and ${operations.toFixed(1)} operations a call.`,
    features: { bytes, operations },
    artifacts: context.picture ? { picture: picture(bytes, operations) } : {},
  };
}

/** Mean of the operations of a call. */
async function workOf(candidate, list) {
  const before = candidate.fuel();
  await candidate.callMany('gcd', list);
  return (candidate.fuel() - before) / list.length;
}

/** Says what is wrong with the first wrong answer, or null. */
export function misfit(answers, asked) {
  for (let i = 0; i < asked.length; i++) {
    const [a, b] = asked[i];
    const wanted = gcd(a, b);
    if (answers[i] !== wanted) return `gcd(${a}, ${b}) is ${wanted}, not ${answers[i]}.`;
  }
  return null;
}

function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b);
}

/** Pairs from 1 to 100,000, half of them with a common factor. */
function pairs(seed, count) {
  let state = seed >>> 0;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  for (let i = 0; i < 8; i++) below(1);
  return Array.from({ length: count }, (_, i) => {
    const factor = i % 2 === 0 ? 1 : 2 + below(200);
    const number = () => factor * (1 + below(Math.floor(MOST / factor)));
    return [number(), number()];
  });
}

/** Two bars: bytes and operations. */
function picture(bytes, operations) {
  const most = Math.max(100, bytes, operations);
  const bar = (y, text, value) => [
    { type: 'text', x: 0, y: y - 0.03, text, size: 0.05, ink: 'text' },
    { type: 'rect', x: 0, y, width: Math.max(0.005, value / most), height: 0.14, fill: 1 - value / most },
  ];
  return {
    view: [-0.02, 0, 1.04, 0.62],
    shapes: [
      ...bar(0.1, `${bytes} bytes`, bytes),
      ...bar(0.4, `${operations.toFixed(1)} operations a call`, operations),
    ],
    summary: `A module of ${bytes} bytes that takes ${operations.toFixed(1)} operations for a pair.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
