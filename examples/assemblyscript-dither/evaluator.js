/**
 * Dithering: a grey picture in black and white that looks like the grey one from afar.
 *
 * A candidate exports `dither(pixels, count, width)`, which overwrites a picture of one byte a pixel with 0 and 255. From afar means
 * blurred by a Gaussian of 1.3 pixels; the score is the root of the mean squared difference of the blurred pictures, in grey
 * levels of 255, as a mean over the pictures.
 */
const SIDE = 64;
const SIGMA = 1.3;
const RADIUS = 4;

/** Brightness, 0 to 1, for coordinates from 0 to 1. */
const PAINTINGS = {
  ramp: (x, y) => 0.1 + 0.8 * x + 0.05 * y,
  ball: (x, y) => {
    const [dx, dy] = [x - 0.5, y - 0.5];
    const depth = 0.16 - dx * dx - dy * dy;
    return depth > 0 ? 0.15 + (0.8 * (Math.sqrt(depth) - 0.6 * dx - 0.5 * dy)) / 0.8 : 0.75 - 0.3 * y;
  },
  waves: (x, y) => 0.5 + 0.35 * Math.sin(9 * x + 4 * y * y) * Math.cos(5 * y),
  dusk: (x, y) => (y > 0.62 + 0.04 * Math.sin(11 * x) ? 0.12 + 0.1 * x : 0.9 - 0.85 * y * y),
  steps: (x, y) => 0.08 + 0.12 * Math.floor(8 * (0.7 * x + 0.3 * y)),
  rings: (x, y) => 0.45 + 0.3 * Math.cos(30 * ((x - 0.3) ** 2 + (y - 0.6) ** 2)),
};
const OTHERS = {
  fall: (x, y) => 0.92 - 0.85 * y * (0.6 + 0.4 * x),
  folds: (x, y) => 0.5 + 0.4 * Math.sin(7 * x + 3 * Math.sin(5 * y)),
  moons: (x, y) => ((x - 0.35) ** 2 + (y - 0.4) ** 2 < 0.06 ? 0.85 - x : 0.2 + 0.25 * y),
  weave: (x, y) => 0.5 + 0.22 * Math.sin(12 * x) + 0.22 * Math.sin(12 * y),
  lamp: (x, y) => 0.1 + 0.8 / (1 + 14 * ((x - 0.7) ** 2 + (y - 0.2) ** 2)),
  shore: (x, y) => (x + 0.3 * y > 0.6 ? 0.7 + 0.2 * y : 0.35 - 0.2 * y + 0.2 * x),
};

export const training = Object.entries(PAINTINGS).map(([name, paint]) => ({ name, pixels: painted(paint, SIDE) }));
/** Of another size, too: what only suits a width is of no use. */
export const unseen = Object.entries(OTHERS).map(([name, paint]) => ({ name, pixels: painted(paint, SIDE + 9) }));

const kernel = Array.from({ length: 2 * RADIUS + 1 }, (_, i) => Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA * SIGMA)));

export async function evaluate(candidate, context) {
  const asked = training.filter(({ name }) => context.instances?.includes(name));
  const chosen = asked.length > 0 ? asked : training;
  const trained = await errorsOf(candidate, chosen, SIDE);
  if (trained.problem !== null) return incorrect(trained.problem);
  const error = mean(trained.errors);
  const hidden = {};
  const artifacts = {};
  if (context.picture) {
    const wider = await errorsOf(candidate, unseen, SIDE + 9);
    if (wider.problem !== null) return incorrect(wider.problem);
    hidden.unseen = mean(wider.errors);
    artifacts.picture = picture(trained.answers, chosen, error);
  }
  const worst = trained.errors.indexOf(Math.max(...trained.errors));
  return {
    fitness: -error,
    correct: true,
    metrics: { error, worst: trained.errors[worst] },
    hidden,
    feedback: `From afar the pictures differ by ${error.toFixed(2)} grey levels, "${chosen[worst].name}" by ${trained.errors[worst].toFixed(2)}.`,
    features: {},
    scores: Object.fromEntries(chosen.map(({ name }, i) => [name, -trained.errors[i]])),
    artifacts,
  };
}

async function errorsOf(candidate, pictures, side) {
  const replies = await candidate.callMany(
    'dither',
    pictures.map(({ pixels }) => [pixels, side]),
  );
  const errors = [];
  const answers = [];
  for (let i = 0; i < pictures.length; i++) {
    const answer = replies[i]?.arrays?.[0];
    const problem = misfit(answer, side * side);
    if (problem !== null) return { problem: `${pictures[i].name}: ${problem}`, errors, answers };
    answers.push(answer);
    errors.push(difference(answer, pictures[i].pixels, side));
  }
  return { problem: null, errors, answers };
}

export function misfit(answer, count) {
  if (!(answer instanceof Uint8Array) || answer.length !== count) return `no picture of ${count} pixels came back.`;
  for (let i = 0; i < count; i++) {
    if (answer[i] !== 0 && answer[i] !== 255) return `pixel ${i} is ${answer[i]}, neither 0 nor 255.`;
  }
  return null;
}

/** Root of the mean square, in grey levels. */
export function difference(answer, pixels, side) {
  const miss = Float64Array.from(answer, (value, i) => value - pixels[i]);
  const seen = blurred(blurred(miss, side, 1, side), side, side, 1);
  let sum = 0;
  for (const value of seen) sum += value * value;
  return Math.sqrt(sum / seen.length);
}

/** Along one axis; what lies outside the picture has no weight. */
function blurred(values, side, step, stride) {
  const result = new Float64Array(values.length);
  for (let line = 0; line < side; line++) {
    for (let i = 0; i < side; i++) {
      let sum = 0;
      let weight = 0;
      for (let k = -RADIUS; k <= RADIUS; k++) {
        if (i + k < 0 || i + k >= side) continue;
        sum += kernel[k + RADIUS] * values[line * stride + (i + k) * step];
        weight += kernel[k + RADIUS];
      }
      result[line * stride + i * step] = sum / weight;
    }
  }
  return result;
}

function painted(paint, side) {
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const grey = paint((i % side) / (side - 1), Math.floor(i / side) / (side - 1));
    return Math.round(255 * Math.min(1, Math.max(0, grey)));
  });
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Runs of black in two of the answers, side by side. */
function picture(answers, pictures, error) {
  const shapes = [];
  const shown = pictures.slice(0, 2);
  shown.forEach((_, n) => {
    const left = n * 1.06;
    shapes.push({ type: 'rect', x: left, y: 0, width: 1, height: 1, fill: 1 });
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const from = x;
        while (x < SIDE && answers[n][y * SIDE + x] === 0) x++;
        if (x === from) continue;
        const size = 1 / SIDE;
        shapes.push({
          type: 'rect',
          x: left + from * size,
          y: y * size,
          width: (x - from) * size,
          height: size,
          fill: 0,
        });
      }
    }
  });
  const names = shown.map(({ name }) => name).join(' and ');
  return {
    view: [-0.03, -0.03, 1.06 * shown.length, 1.06],
    shapes,
    summary: `${names} in black and white: from afar all pictures differ by ${error.toFixed(2)} grey levels from the grey ones.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
