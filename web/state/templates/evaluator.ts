/** The evaluator of a new experiment: how far the program's curve is from points of another. */
export const EVALUATOR = `// The program is asked for 31 points of a curve. The nearer they are to those of the target, the better.
const target = (x) => 0.4 * x * x - 0.3 * x - 1.7;
const xs = Array.from({ length: 31 }, (_, i) => (i - 15) / 5);

export async function evaluate(candidate, context) {
  const ys = await candidate.callMany('curve', xs.map((x) => [x]));
  let sum = 0;
  for (let i = 0; i < xs.length; i++) {
    if (typeof ys[i] !== 'number' || !Number.isFinite(ys[i])) {
      return { fitness: null, correct: false, feedback: \`curve(\${xs[i]}) gave \${ys[i]}, not a number\` };
    }
    sum += (ys[i] - target(xs[i])) ** 2;
  }
  const error = Math.sqrt(sum / xs.length);
  return {
    fitness: -error,
    correct: true,
    metrics: { error },
    artifacts: context.picture ? { picture: picture(ys, error) } : {},
  };
}

function picture(ys, error) {
  const flip = (y) => Math.max(-3.2, Math.min(3.2, -y));
  const axis = (points) => ({ type: 'path', points, ink: 'faint' });
  const goal = xs.map((x) => ({ type: 'circle', x, y: flip(target(x)), r: 0.05, ink: 'accent' }));
  return {
    view: [-3.2, -3.2, 6.4, 6.4],
    shapes: [
      axis([[-3.2, 0], [3.2, 0]]),
      axis([[0, -3.2], [0, 3.2]]),
      ...goal,
      { type: 'path', points: xs.map((x, i) => [x, flip(ys[i])]), ink: 'line' },
    ],
    summary: \`A curve that misses its points by \${error.toFixed(3)}\`,
  };
}
`;
