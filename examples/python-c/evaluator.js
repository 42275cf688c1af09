/**
 * Max-cut: split the vertices of a graph in two so that as many edges as possible lead from one side to the other.
 *
 * A candidate exports `solve(count, edges)` and returns the side of each vertex; the edges across are counted here. The score is the
 * mean shortfall, in percent of the best cuts known for these graphs. What a candidate may spend is limited in counted
 * operations of the kernel, so that the same program scores the same anywhere.
 */
import { REFERENCES } from './references.js';

export const training = graphs(5, [
  [60, 4],
  [80, 6],
  [100, 4],
  [100, 10],
  [120, 6],
  [150, 8],
]);
export const unseen = graphs(77001, [
  [70, 5],
  [90, 8],
  [110, 4],
  [130, 6],
  [120, 8],
  [140, 5],
]);

const sets = training.map((graph, i) => ({ ...graph, name: `graph ${i + 1}`, best: REFERENCES.training[i] }));

export async function evaluate(candidate, context) {
  const asked = sets.filter(({ name }) => context.instances?.includes(name));
  const chosen = asked.length > 0 ? asked : sets;
  const trained = await cutsOf(candidate, chosen);
  if (trained.problem !== null) return incorrect(trained.problem);
  const gaps = trained.cuts.map((cut, i) => 100 * (1 - cut / chosen[i].best));
  const gap = mean(gaps);
  const hidden = {};
  const artifacts = {};
  if (context.picture) {
    const wider = await cutsOf(candidate, unseen);
    if (wider.problem !== null) return incorrect(`Of the unseen graphs: ${wider.problem}`);
    hidden.unseen = mean(wider.cuts.map((cut, i) => 100 * (1 - cut / REFERENCES.unseen[i])));
    artifacts.picture = picture(chosen[0], trained.answers[0], trained.cuts[0]);
  }
  const worst = gaps.indexOf(Math.max(...gaps));
  return {
    fitness: -gap,
    correct: true,
    metrics: { gap, worst: gaps[worst] },
    hidden,
    feedback: `On average ${gap.toFixed(2)} % of the best known cut is missing; ${chosen[worst].name} (${chosen[worst].count} vertices, ${chosen[worst].edges.length / 2} edges) has ${trained.cuts[worst]} edges across of ${chosen[worst].best}.`,
    features: {},
    scores: Object.fromEntries(chosen.map(({ name }, i) => [name, -gaps[i]])),
    artifacts,
  };
}

async function cutsOf(candidate, list) {
  const answers = await candidate.callMany(
    'solve',
    list.map(({ count, edges }) => [count, edges]),
  );
  const cuts = [];
  for (let i = 0; i < list.length; i++) {
    const problem = misfit(answers[i], list[i].count);
    if (problem !== null) return { problem, answers, cuts };
    cuts.push(cutOf(list[i].edges, answers[i]));
  }
  return { problem: null, answers, cuts };
}

export function misfit(answer, count) {
  if (!Array.isArray(answer)) return 'solve(count, edges) must return a list of sides.';
  if (answer.length !== count) return `A graph of ${count} vertices got ${answer.length} sides.`;
  for (let v = 0; v < count; v++)
    if (answer[v] !== 0 && answer[v] !== 1) return `The side of vertex ${v} is neither 0 nor 1.`;
  return null;
}

export function cutOf(edges, sides) {
  let across = 0;
  for (let i = 0; i < edges.length; i += 2) across += sides[edges[i]] === sides[edges[i + 1]] ? 0 : 1;
  return across;
}

/** Graphs with a mean of `degree` edges a vertex, none twice. */
function graphs(seed, shapes) {
  let state = seed >>> 0;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  for (let i = 0; i < 8; i++) below(1);
  return shapes.map(([count, degree]) => {
    const seen = new Set();
    const edges = [];
    while (edges.length < count * degree) {
      const [a, b] = [below(count), below(count)];
      const key = Math.min(a, b) * count + Math.max(a, b);
      if (a === b || seen.has(key)) continue;
      seen.add(key);
      edges.push(a, b);
    }
    return { count, edges };
  });
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The two sides as two half circles; edges that do not lead across stand out. */
function picture({ count, edges, name, best }, sides, cut) {
  const sizes = [sides.filter((side) => side === 0).length, sides.filter((side) => side === 1).length];
  const placed = [0, 0];
  const points = sides.map((side) => {
    const angle = Math.PI * ((placed[side]++ + 0.5) / sizes[side] - 0.5);
    const out = side === 0 ? -1 : 1;
    return [0.5 + out * (0.08 + 0.4 * Math.cos(angle)), 0.5 + 0.47 * Math.sin(angle)];
  });
  const shapes = [];
  for (let i = 0; i < edges.length; i += 2) {
    const across = sides[edges[i]] !== sides[edges[i + 1]];
    shapes.push({ type: 'path', points: [points[edges[i]], points[edges[i + 1]]], ink: across ? 'faint' : 'bad' });
  }
  points.forEach(([x, y], v) =>
    shapes.push({ type: 'circle', x, y, r: 0.009, ink: sides[v] === 0 ? 'accent' : 'text' }),
  );
  return {
    view: [-0.03, -0.03, 1.06, 1.06],
    shapes,
    summary: `${name}: ${count} vertices on two sides, ${cut} of ${edges.length / 2} edges lead across; ${best} is the most known.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
