/**
 * Tours built city by city: how much longer they are than the shortest ones known.
 *
 * A candidate exports `tour(cities)` and sees one map at a time, x and y of its cities in one list; it returns the cities' numbers in
 * the order of a round tour. Nothing else is taken from it: that every city is there once is checked here, and the length
 * is measured here. The score is the mean gap over the maps, in percent of the reference lengths.
 */
import { TRAIN, UNSEEN } from './maps.js';

const training = TRAIN.map((map, i) => ({ ...map, name: `map ${i + 1}` }));

export async function evaluate(candidate, context) {
  const named = training.filter(({ name }) => context.instances?.includes(name));
  const maps = named.length > 0 ? named : training;
  const trained = await gapsOf(candidate, maps);
  if (trained.problem !== null) return incorrect(trained.problem);
  const gap = mean(trained.gaps);
  const hidden = {};
  if (context.picture) {
    const wider = await gapsOf(candidate, UNSEEN);
    if (wider.problem !== null) return incorrect(wider.problem);
    hidden.unseen = mean(wider.gaps);
  }
  const worst = trained.gaps.indexOf(Math.max(...trained.gaps));
  return {
    fitness: -gap,
    correct: true,
    metrics: { gap, worst: trained.gaps[worst] },
    hidden,
    feedback: feedback(trained, maps, worst),
    features: { longest: mean(trained.tours.map((order, i) => longestStep(maps[i].cities, order))) },
    scores: Object.fromEntries(maps.map(({ name }, i) => [name, -trained.gaps[i]])),
    artifacts: context.picture ? { picture: picture(maps[0], trained.tours[0], trained.gaps[0]) } : {},
  };
}

async function gapsOf(candidate, maps) {
  const answers = await candidate.callMany(
    'tour',
    maps.map(({ cities }) => [cities]),
  );
  const gaps = [];
  const tours = [];
  for (let i = 0; i < maps.length; i++) {
    const { cities, length } = maps[i];
    const problem = misfit(answers[i], cities.length / 2);
    if (problem !== null) return { problem, gaps, tours };
    const order = Array.from({ length: cities.length / 2 }, (_, k) => answers[i][k]);
    tours.push(order);
    gaps.push(100 * (lengthOf(cities, order) / length - 1));
  }
  return { problem: null, gaps, tours };
}

/** Says why an answer does not visit every city once, or null. */
export function misfit(answer, count) {
  if (!Array.isArray(answer)) return 'tour(cities) must return a list of city numbers.';
  if (answer.length !== count) return `A tour of ${count} cities has ${answer.length} stops.`;
  const seen = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const city = answer[i];
    if (!Number.isInteger(city) || city < 0 || city >= count) return `Stop ${i} is not the number of a city.`;
    if (seen[city] === 1) return `City ${city} is visited twice.`;
    seen[city] = 1;
  }
  return null;
}

export function lengthOf(cities, order) {
  let sum = 0;
  for (let i = 0; i < order.length; i++) sum += step(cities, order[i], order[(i + 1) % order.length]);
  return sum;
}

function step(cities, a, b) {
  const dx = cities[2 * a] - cities[2 * b];
  const dy = cities[2 * a + 1] - cities[2 * b + 1];
  return Math.sqrt(dx * dx + dy * dy);
}

function longestStep(cities, order) {
  let longest = 0;
  for (let i = 0; i < order.length; i++) {
    longest = Math.max(longest, step(cities, order[i], order[(i + 1) % order.length]));
  }
  return longest;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function feedback({ gaps, tours }, maps, worst) {
  const { cities } = maps[worst];
  const order = tours[worst];
  const home = step(cities, order[order.length - 1], order[0]);
  const longest = longestStep(cities, order);
  return `The worst map is ${gaps[worst].toFixed(1)} % over its reference; its longest step is ${longest.toFixed(2)}, and the way home takes ${home.toFixed(2)}.`;
}

/** The tour of the first map; the steps that are more than twice as long as the mean stand out. */
function picture({ cities }, order, gap) {
  const long = (2 * lengthOf(cities, order)) / order.length;
  const at = (city) => [cities[2 * city], cities[2 * city + 1]];
  const shapes = [{ type: 'path', points: order.map(at), closed: true, ink: 'line' }];
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const [a, b] = [order[i], order[(i + 1) % order.length]];
    if (step(cities, a, b) <= long) continue;
    count++;
    shapes.push({ type: 'path', points: [at(a), at(b)], ink: 'bad' });
  }
  for (const city of order) {
    const [x, y] = at(city);
    const start = city === order[0];
    shapes.push({ type: 'circle', x, y, r: start ? 0.014 : 0.008, ink: start ? 'accent' : 'text' });
  }
  const summary = `A round tour through ${order.length} cities, ${gap.toFixed(1)} % longer than the shortest known, with ${count} long steps.`;
  return { view: [-0.03, -0.03, 1.06, 1.06], shapes, summary };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
