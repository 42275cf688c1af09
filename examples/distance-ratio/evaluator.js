/**
 * Points in the plane: the squared ratio of the largest to the smallest distance between two of them.
 *
 * A candidate exports `place(n)` and returns n points `[x, y]`. The ratio does not depend on scale or place, so nothing is
 * repaired and nothing tolerated. It is rounded up by more than the error of its arithmetic: the true ratio is never above it.
 */
const COUNT = 16;
const FARTHEST = 1e100;

/** Squares below this lose digits to underflow; such a cloud is as good as one point. */
const TINY = 1e-100;

/** A squared ratio beyond 1e18 is taken for two points in one place. */
const COINCIDENT = 1e-18;

/** Numerator and denominator each carry a relative error of at most 4 × 2⁻⁵³. */
const ROUND_UP = 1 + 2e-15;

export async function evaluate(candidate, context) {
  const answer = await candidate.call('place', COUNT);
  const problem = misfit(answer);
  if (problem !== null) return incorrect(problem);
  const points = copy(answer);
  const { nearest, farthest, near, far } = extremes(points);
  if (farthest < TINY) return incorrect('All points lie in one place.');
  if (nearest < farthest * COINCIDENT) return incorrect('Two points lie in the same place.');
  const ratio2 = (farthest / nearest) * ROUND_UP;
  return {
    fitness: -ratio2,
    correct: true,
    metrics: { ratio2, shortest: near.length, longest: far.length },
    hidden: {},
    feedback: `Pairs at the smallest distance: ${near.length}; at the largest: ${far.length}. The ratio falls as more pairs share both.`,
    features: { shortest: near.length, longest: far.length },
    artifacts: context.picture ? { picture: picture(points, Math.sqrt(farthest), near, far, ratio2) } : {},
  };
}

/** Says why an answer is no list of 16 usable points, or null. */
export function misfit(points) {
  if (!Array.isArray(points)) return 'place(n) must return a list of points [x, y].';
  if (points.length !== COUNT) return `place(n) must return ${COUNT} points, not ${points.length}.`;
  for (let i = 0; i < COUNT; i++) {
    const point = points[i];
    if (!Array.isArray(point) || point.length !== 2) return `Point ${i} is not a list [x, y].`;
    for (let k = 0; k < 2; k++) {
      if (typeof point[k] !== 'number') return `Point ${i} has ${'xy'[k]} that is not a number.`;
      if (!Number.isFinite(point[k])) return `Point ${i} has ${'xy'[k]} = ${point[k]}.`;
      if (Math.abs(point[k]) > FARTHEST) return `Point ${i} lies beyond 1e100.`;
    }
  }
  return null;
}

/** By index: what came from outside may carry a property of any name. */
function copy(answer) {
  const points = [];
  for (let i = 0; i < COUNT; i++) points.push([answer[i][0], answer[i][1]]);
  return points;
}

function squaredDistance(a, b) {
  const dx = a[0] - b[0];
  const dy = a[1] - b[1];
  return dx * dx + dy * dy;
}

/** Smallest and largest squared distance, and the pairs that come within 1e-6 (relative) of either. */
function extremes(points) {
  let nearest = Infinity;
  let farthest = 0;
  for (let j = 1; j < points.length; j++) {
    for (let i = 0; i < j; i++) {
      const square = squaredDistance(points[i], points[j]);
      nearest = Math.min(nearest, square);
      farthest = Math.max(farthest, square);
    }
  }
  const near = [];
  const far = [];
  for (let j = 1; j < points.length; j++) {
    for (let i = 0; i < j; i++) {
      const square = squaredDistance(points[i], points[j]);
      if (square <= nearest * (1 + 1e-6)) near.push([i, j]);
      if (square >= farthest * (1 - 1e-6)) far.push([i, j]);
    }
  }
  return { nearest, farthest, near, far };
}

function picture(points, diameter, near, far, ratio2) {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  const left = (Math.min(...xs) + Math.max(...xs) - diameter) / 2;
  const top = (Math.min(...ys) + Math.max(...ys) - diameter) / 2;
  const at = (i) => [(points[i][0] - left) / diameter, (points[i][1] - top) / diameter];
  const shapes = [];
  for (const [i, j] of far) shapes.push({ type: 'path', points: [at(i), at(j)], ink: 'faint' });
  for (const [i, j] of near) shapes.push({ type: 'path', points: [at(i), at(j)], ink: 'accent' });
  for (let i = 0; i < points.length; i++) {
    const [x, y] = at(i);
    shapes.push({ type: 'circle', x, y, r: 0.015, ink: 'line', fill: 1 });
  }
  const summary = `${points.length} points; the largest distance squared is ${ratio2.toFixed(4)} times the smallest. ${near.length} pairs are nearest, ${far.length} farthest.`;
  return { view: [-0.05, -0.05, 1.1, 1.1], shapes, summary };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
