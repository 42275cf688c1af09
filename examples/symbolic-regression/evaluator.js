/**
 * Find the formula behind a table: the force on a charge in an electric and a magnetic field, F = q (E + B v sin t).
 *
 * A candidate exports `values(rows)` and sees only the inputs. Its numbers are scaled here, a + b·f by least squares, so that
 * evolution need not spend itself on scale; the score is the remaining error over the standard deviation of F (1 is as
 * good as guessing the mean). The same a and b are then used on points that took no part in the fit.
 */
const VARIABLES = 5;
/** Errors below this are rounding, not fit. */
const EXACT = 1e-12;
/** Points that share one of the scores by instance. */
const GROUP = 32;

const train = table(1, 256, [1, 5], [0, 6.28]);
const unseen = table(2, 1024, [1, 5], [0, 6.28]);

export async function evaluate(candidate, context) {
  const answer = await candidate.call('values', train.rows);
  const problem = misfit(answer, train.targets.length);
  if (problem !== null) return incorrect(problem);
  const fit = scaling(answer, train.targets);
  const error = relativeError(answer, train.targets, fit);
  const hidden = {};
  let picture = null;
  if (context.picture) {
    const wider = await candidate.call('values', unseen.rows);
    const failure = misfit(wider, unseen.targets.length);
    hidden.unseen = failure === null ? relativeError(wider, unseen.targets, fit) : 1e6;
    picture = scatter(answer, fit, error);
  }
  return {
    fitness: -error,
    correct: true,
    metrics: { error },
    hidden,
    feedback: `Scaled by ${fit.factor.toPrecision(4)} and shifted by ${fit.offset.toPrecision(4)}, it misses by ${error.toPrecision(4)} standard deviations.`,
    features: {},
    scores: scoresOf(answer, fit),
    artifacts: picture === null ? {} : { picture },
  };
}

/** By groups of points in the order of the table, under the one scale that fits all of them. */
function scoresOf(answer, fit) {
  const scores = {};
  for (let from = 0; from < train.targets.length; from += GROUP) {
    const part = (list) => list.slice(from, from + GROUP);
    scores[`points ${from + 1}–${from + GROUP}`] = -relativeError(part(answer), part(train.targets), fit);
  }
  return scores;
}

export function misfit(answer, count) {
  if (!(answer instanceof Float64Array) && !Array.isArray(answer)) return 'values(rows) must return a list of numbers.';
  if (answer.length !== count) return `values(rows) must return ${count} numbers, not ${answer.length}.`;
  for (let i = 0; i < count; i++) {
    if (typeof answer[i] !== 'number') return `Value ${i} is not a number.`;
    if (!(Math.abs(answer[i]) <= 1e100)) return `Value ${i} is ${answer[i]}; the formula must be finite on all points.`;
  }
  return null;
}

/** a + b·x closest to y in the sense of least squares; b is 0 where x does not vary. */
export function scaling(x, y) {
  const meanX = mean(x);
  const meanY = mean(y);
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < y.length; i++) {
    covariance += (x[i] - meanX) * (y[i] - meanY);
    variance += (x[i] - meanX) * (x[i] - meanX);
  }
  const factor = variance > 0 && Number.isFinite(covariance / variance) ? covariance / variance : 0;
  return { factor, offset: meanY - factor * meanX };
}

export function relativeError(x, y, { factor, offset }) {
  const meanY = mean(y);
  let error = 0;
  let spread = 0;
  for (let i = 0; i < y.length; i++) {
    const miss = offset + factor * x[i] - y[i];
    error += miss * miss;
    spread += (y[i] - meanY) * (y[i] - meanY);
  }
  const ratio = Math.sqrt(error / spread);
  if (!(ratio < 1e6)) return 1e6;
  return ratio < EXACT ? 0 : ratio;
}

function mean(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] / values.length;
  return sum;
}

export function table(seed, count, range, angles) {
  const random = generator(seed);
  const rows = new Float64Array(VARIABLES * count);
  const targets = new Float64Array(count);
  const between = ([low, high]) => low + (high - low) * random();
  for (let i = 0; i < count; i++) {
    const row = [between(range), between(range), between(range), between(range), between(angles)];
    rows.set(row, VARIABLES * i);
    const [q, E, B, v, t] = row;
    targets[i] = q * (E + B * v * Math.sin(t));
  }
  return { rows, targets };
}

/** A small linear congruential generator (constants of Numerical Recipes), good enough to scatter points. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}

/** What the formula says against what is true: a perfect one lies on the diagonal. */
function scatter(answer, { factor, offset }, error) {
  const low = Math.min(...train.targets);
  const high = Math.max(...train.targets);
  const span = high - low;
  const place = (value) => Math.min(1.02, Math.max(-0.02, (value - low) / span));
  const shapes = [
    { type: 'rect', x: 0, y: 0, width: 1, height: 1, ink: 'faint' },
    {
      type: 'path',
      points: [
        [0, 1],
        [1, 0],
      ],
      ink: 'line',
    },
  ];
  for (let i = 0; i < train.targets.length; i++) {
    shapes.push({
      type: 'circle',
      x: place(train.targets[i]),
      y: 1 - place(offset + factor * answer[i]),
      r: 0.008,
      ink: 'accent',
    });
  }
  return {
    view: [-0.05, -0.05, 1.1, 1.1],
    shapes,
    summary: `True force against the formula's for ${train.targets.length} points; the error is ${error.toPrecision(3)} standard deviations.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
