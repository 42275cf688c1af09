/**
 * Sorting that takes advantage of order that is there already.
 *
 * A candidate exports `sort(values, count)`, which sorts numbers of 32 bits in place. What comes back must be in order and hold the
 * same numbers as before. The score is the work: operations that the sandbox counts in the WebAssembly module, the same on every
 * machine, as the geometric mean over the lists of operations an element.
 */
const COUNT = 1000;

export const training = lists(3, COUNT);
/** Other lengths and numbers of the same shapes. */
export const unseen = [...lists(40001, 1700), ...lists(40002, 333)];

/** What the boundary promises must hold for the smallest lists, too. */
const SMALL = [[], [7], [2, 1], [1, 2], [5, 5, 5], [3, 1, 2], [-2147483648, 2147483647, 0, -1, 1]].map((list) =>
  Int32Array.from(list),
);

export async function evaluate(candidate, context) {
  const asked = training.filter(({ name }) => context.instances?.includes(name));
  const chosen = asked.length > 0 ? asked : training;
  const small = await candidate.callMany(
    'sort',
    SMALL.map((values) => [values]),
  );
  for (let i = 0; i < SMALL.length; i++) {
    const problem = misfit(small[i], SMALL[i]);
    if (problem !== null) return incorrect(`[${SMALL[i].join(', ')}]: ${problem}`);
  }
  const work = [];
  for (const { name, values } of chosen) {
    const { problem, operations } = await sorted(candidate, values);
    if (problem !== null) return incorrect(`${name}: ${problem}`);
    work.push(operations / values.length);
  }
  const operations = geometricMean(work);
  const hidden = {};
  const artifacts = {};
  if (context.picture) {
    const wider = [];
    for (const { name, values } of unseen) {
      const { problem, operations: counted } = await sorted(candidate, values);
      if (problem !== null) return incorrect(`${name} of ${values.length}: ${problem}`);
      wider.push(counted / values.length);
    }
    hidden.unseen = geometricMean(wider);
    artifacts.picture = picture(chosen, work);
  }
  const worst = work.indexOf(Math.max(...work));
  return {
    fitness: -Math.log2(operations),
    correct: true,
    metrics: { operations, worst: work[worst] },
    hidden,
    feedback: `Operations an element: ${chosen.map(({ name }, i) => `${name} ${work[i].toFixed(0)}`).join(', ')}.`,
    features: {},
    scores: Object.fromEntries(chosen.map(({ name }, i) => [name, -Math.log2(work[i])])),
    artifacts,
  };
}

async function sorted(candidate, values) {
  const before = candidate.fuel();
  const reply = await candidate.call('sort', values);
  return { problem: misfit(reply, values), operations: candidate.fuel() - before };
}

/** Says why what came back is not the list in order, or null. */
export function misfit(reply, values) {
  const list = reply?.arrays?.[0];
  if (!(list instanceof Int32Array) || list.length !== values.length) return 'no list of as many numbers came back.';
  for (let i = 1; i < list.length; i++) {
    if (list[i - 1] > list[i]) return `${list[i - 1]} stands before ${list[i]} at place ${i}.`;
  }
  const wanted = values.slice().sort();
  for (let i = 0; i < list.length; i++) {
    if (list[i] !== wanted[i]) return `place ${i} holds ${list[i]} instead of ${wanted[i]}: numbers were lost.`;
  }
  return null;
}

function lists(seed, count) {
  let state = seed >>> 0;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  for (let i = 0; i < 8; i++) below(1);
  const make = (at) => Int32Array.from({ length: count }, (_, i) => at(i));
  const nearly = make((i) => i * 3);
  for (let i = 0; i < count / 50; i++) {
    const [a, b] = [below(count), below(count)];
    [nearly[a], nearly[b]] = [nearly[b], nearly[a]];
  }
  const tail = make((i) => (i < count * 0.95 ? i * 2 : below(2 * count)));
  const runs = make((i) => (i % Math.ceil(count / 7)) * 5 + below(4));
  return [
    { name: 'random', values: make(() => below(4294967296) | 0) },
    { name: 'in order', values: make((i) => i - 400) },
    { name: 'backwards', values: make((i) => count - i) },
    { name: 'nearly in order', values: nearly },
    { name: 'new ones at the end', values: tail },
    { name: 'seven runs', values: runs },
    { name: 'up and down', values: make((i) => Math.min(i, count - i)) },
    { name: 'few different', values: make(() => below(8)) },
  ];
}

function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** A bar a shape of list: operations an element, on a scale of powers of two. */
function picture(chosen, work) {
  const most = Math.max(12, Math.ceil(Math.max(...work.map(Math.log2))));
  const line = 1 / chosen.length;
  const shapes = [];
  for (let power = 2; power <= most; power += 2) {
    const x = 0.34 + 0.62 * (power / most);
    shapes.push({
      type: 'path',
      points: [
        [x, 0],
        [x, 1],
      ],
      ink: 'faint',
    });
    shapes.push({ type: 'text', x: x - 0.02, y: 1.05, text: String(2 ** power), size: 0.03, ink: 'text' });
  }
  chosen.forEach(({ name }, i) => {
    const share = Math.max(0.01, Math.log2(Math.max(1, work[i])) / most);
    shapes.push({ type: 'text', x: 0, y: (i + 0.6) * line, text: name, size: 0.032, ink: 'text' });
    shapes.push({
      type: 'rect',
      x: 0.34,
      y: (i + 0.2) * line,
      width: 0.62 * share,
      height: 0.6 * line,
      fill: 1 - share,
    });
  });
  return {
    view: [-0.02, -0.02, 1.04, 1.1],
    shapes,
    summary: `Operations an element for ${chosen.length} shapes of lists, from ${Math.min(...work).toFixed(0)} to ${Math.max(...work).toFixed(0)}.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
