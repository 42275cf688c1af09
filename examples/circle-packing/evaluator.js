/**
 * Circles in the unit square: the sum of radii after a strict repair.
 *
 * A candidate exports `pack(n)` and returns n circles `[x, y, r]`. Every radius is first cut back to the nearest wall; then
 * overlaps are removed twice, once pair by pair and once by one common factor for all radii, and the better sum counts.
 * Nothing is tolerated: what is scored satisfies every constraint in exact arithmetic on the doubles themselves.
 */
const COUNT = 26;

/** Shorter radii count as 0, so that no square below comes near the smallest doubles. */
const POINT = 1e-12;

/** Squares below carry a relative error of at most 8 × 2⁻⁵³ together; twice that decides without exact arithmetic. */
const SURE = 1 + 2e-15;

const SHRINK = 1 - 1e-15;

/** Gap up to which two circles are said to touch. */
const TOUCH = 1e-4;

export async function evaluate(candidate, context) {
  const answer = await candidate.call('pack', COUNT);
  const problem = misfit(answer);
  if (problem !== null) return incorrect(problem);
  const circles = withinWalls(answer);
  const claimed = total(circles);
  const pairwise = shrinkPairs(circles);
  const common = shrinkAll(circles);
  const byPairs = total(pairwise) >= total(common);
  const packed = byPairs ? pairwise : common;
  const sum = total(packed);
  if (!isPacking(packed)) return incorrect('The circles overlap in a way that shrinking does not mend.');
  const touch = contacts(packed);
  const loose = touch.count.filter((count) => count < 2).length;
  const radii = packed.map((circle) => circle[2]);
  const metrics = { sum, lost: claimed - sum, contacts: touch.pairs.length + touch.walls, loose };
  return {
    fitness: sum,
    correct: true,
    metrics,
    hidden: {},
    feedback: advice(claimed - sum, byPairs, loose),
    features: { smallest: Math.min(...radii), largest: Math.max(...radii) },
    artifacts: context.picture ? { picture: picture(packed, touch) } : {},
  };
}

/** Says why an answer is no list of 26 circles with centres in the square, or null. */
export function misfit(answer) {
  if (!Array.isArray(answer)) return 'pack(n) must return a list of circles [x, y, r].';
  if (answer.length !== COUNT) return `pack(n) must return ${COUNT} circles, not ${answer.length}.`;
  for (let i = 0; i < COUNT; i++) {
    const circle = answer[i];
    if (!Array.isArray(circle) || circle.length !== 3) return `Circle ${i} is not a list [x, y, r].`;
    for (let k = 0; k < 3; k++) {
      if (typeof circle[k] !== 'number') return `Circle ${i} has ${'xyr'[k]} that is not a number.`;
      if (!Number.isFinite(circle[k])) return `Circle ${i} has ${'xyr'[k]} = ${circle[k]}.`;
    }
    if (outside(circle[0]) || outside(circle[1])) return `Circle ${i} has its centre outside the square.`;
    if (circle[2] < 0) return `Circle ${i} has a negative radius.`;
  }
  return null;
}

function outside(t) {
  return t < 0 || t > 1;
}

/** A copy by index: what came from outside may carry a property of any name. */
function withinWalls(answer) {
  const circles = [];
  for (let i = 0; i < COUNT; i++) {
    const circle = answer[i];
    circles.push([circle[0], circle[1], Math.min(circle[2], wall(circle[0], circle[1]))]);
  }
  return circles;
}

/** Distance to the nearest wall. Exact: 1 − x is only ever the smaller one where the subtraction does not round. */
function wall(x, y) {
  return Math.min(x, 1 - x, y, 1 - y);
}

function squaredDistance(a, b) {
  const dx = a[0] - b[0];
  const dy = a[1] - b[1];
  return dx * dx + dy * dy;
}

function apart(a, b) {
  const reach = a[2] + b[2];
  return reach === 0 || squaredDistance(a, b) >= reach * reach * SURE;
}

/** One pass is enough: radii only shrink, so a pair that is apart stays apart. */
export function shrinkPairs(circles) {
  const out = circles.map(([x, y, r]) => [x, y, r < POINT ? 0 : r]);
  for (let j = 1; j < out.length; j++) {
    for (let i = 0; i < j; i++) {
      const a = out[i];
      const b = out[j];
      if (apart(a, b)) continue;
      scale(a, b, Math.sqrt(squaredDistance(a, b)) / (a[2] + b[2]));
      while (!apart(a, b)) scale(a, b, SHRINK);
    }
  }
  return out;
}

function scale(a, b, factor) {
  a[2] = cut(a[2] * factor);
  b[2] = cut(b[2] * factor);
}

function cut(r) {
  return r < POINT ? 0 : r;
}

export function shrinkAll(circles) {
  let factor = 1;
  for (let j = 1; j < circles.length; j++) {
    for (let i = 0; i < j; i++) {
      const a = circles[i];
      const b = circles[j];
      const reach = a[2] + b[2];
      if (reach > 0) factor = Math.min(factor, Math.sqrt(squaredDistance(a, b)) / reach);
    }
  }
  for (;;) {
    const out = circles.map(([x, y, r]) => [x, y, cut(r * factor)]);
    if (isPacking(out)) return out;
    factor *= SHRINK;
  }
}

/** Every constraint, with the margin that makes the answer certain. */
export function isPacking(circles) {
  for (let j = 0; j < circles.length; j++) {
    const b = circles[j];
    if (!(b[2] >= 0) || b[2] > wall(b[0], b[1])) return false;
    for (let i = 0; i < j; i++) if (!apart(circles[i], b)) return false;
  }
  return true;
}

function total(circles) {
  let sum = 0;
  for (const circle of circles) sum += circle[2];
  return sum;
}

/** Touching pairs and walls, and how many of them each circle has. */
function contacts(circles) {
  const count = circles.map(() => 0);
  const pairs = [];
  let walls = 0;
  for (let j = 0; j < circles.length; j++) {
    const b = circles[j];
    for (const gap of [b[0] - b[2], 1 - b[0] - b[2], b[1] - b[2], 1 - b[1] - b[2]]) {
      if (gap > TOUCH) continue;
      walls++;
      count[j]++;
    }
    for (let i = 0; i < j; i++) {
      const a = circles[i];
      if (Math.sqrt(squaredDistance(a, b)) - a[2] - b[2] > TOUCH) continue;
      pairs.push([i, j]);
      count[i]++;
      count[j]++;
    }
  }
  return { count, pairs, walls };
}

function advice(lost, byPairs, loose) {
  if (lost > 1e-4) {
    const way = byPairs ? 'pair by pair' : 'by one common factor';
    return `Circles overlap: shrinking them ${way} cost ${lost.toPrecision(3)} of the sum.`;
  }
  if (loose > 0) return `${loose} circle${loose === 1 ? ' has' : 's have'} room left to grow or to move.`;
  return 'Every circle is held by its neighbours: only another arrangement can do better.';
}

function picture(circles, touch) {
  const largest = Math.max(...circles.map((circle) => circle[2]));
  const shapes = [{ type: 'rect', x: 0, y: 0, width: 1, height: 1, ink: 'line' }];
  for (const [x, y, r] of circles) {
    shapes.push({ type: 'circle', x, y, r, ink: 'line', fill: largest > 0 ? r / largest : 0 });
  }
  for (const [i, j] of touch.pairs) {
    const points = [circles[i], circles[j]].map(([x, y]) => [x, y]);
    shapes.push({ type: 'path', points, ink: 'faint' });
  }
  const sum = total(circles).toFixed(4);
  const summary = `${circles.length} circles in a square, sum of radii ${sum}, ${touch.pairs.length + touch.walls} contacts.`;
  return { view: [-0.02, -0.02, 1.04, 1.04], shapes, summary };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
