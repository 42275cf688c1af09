/**
 * Online bin packing: items come one by one and stay where they are put. Sizes are drawn from a Weibull distribution (shape 3,
 * scale 45), rounded to whole numbers from 1 to 100; bins hold 100.
 *
 * A candidate exports `priorities(capacity)`, a table over (item, space). The packing is done here: each item goes to the bin of
 * the highest priority, ties to the fullest; an empty bin is always among them. The score is the excess in percent over
 * the L1 bound, the items' sum over the capacity, rounded up for each instance.
 */
const CAPACITY = 100;
const WIDTH = CAPACITY + 1;

export const training = instances(11, 6, 1000);
export const unseen = instances(4711, 5, 5000);

const sets = training.map((items, i) => ({ name: `instance ${i + 1}`, items }));

export async function evaluate(candidate, context) {
  const answer = await candidate.call('priorities', CAPACITY);
  const problem = misfit(answer);
  if (problem !== null) return incorrect(problem);
  const order = ranking(answer);
  const asked = sets.filter(({ name }) => context.instances?.includes(name));
  const chosen = asked.length > 0 ? asked : sets;
  const bins = new Map(chosen.map(({ items }) => [items, pack(items, order).bins]));
  const binsOf = (items) => bins.get(items);
  const excess = excessOf([...bins.keys()], binsOf);
  const hidden = {};
  const artifacts = {};
  if (context.picture) {
    hidden.unseen = excessOf(unseen, (items) => pack(items, order).bins);
    artifacts.picture = picture(pack(training[0], order), excess);
  }
  return {
    fitness: -excess,
    correct: true,
    metrics: { excess },
    hidden,
    feedback: `The packings take ${excess.toFixed(2)} % more bins than the L1 bound.`,
    features: {},
    scores: Object.fromEntries(chosen.map(({ name, items }) => [name, -excessOf([items], binsOf)])),
    artifacts,
  };
}

export function misfit(answer) {
  if (!(answer instanceof Float64Array) && !Array.isArray(answer)) return 'priorities(capacity) must return a list.';
  if (answer.length !== WIDTH * WIDTH)
    return `priorities(capacity) must return ${WIDTH * WIDTH} numbers, not ${answer.length}.`;
  for (let item = 1; item <= CAPACITY; item++) {
    for (let space = item; space <= CAPACITY; space++) {
      const value = answer[item * WIDTH + space];
      if (typeof value !== 'number' || Number.isNaN(value))
        return `The priority of item ${item} in space ${space} is not a number.`;
    }
  }
  return null;
}

/** For each item, the spaces it fits in by falling priority, ties by rising space. */
export function ranking(table) {
  const order = [[]];
  for (let item = 1; item <= CAPACITY; item++) {
    const spaces = [];
    for (let space = item; space <= CAPACITY; space++) spaces.push(space);
    const value = (space) => table[item * WIDTH + space];
    order.push(spaces.sort((a, b) => (value(a) > value(b) ? -1 : value(a) < value(b) ? 1 : a - b)));
  }
  return order;
}

/** `left[s]` is the number of opened bins that end with space s. */
export function pack(items, order) {
  const left = new Int32Array(WIDTH);
  let bins = 0;
  for (const item of items) {
    const space = order[item].find((each) => each === CAPACITY || left[each] > 0);
    if (space === CAPACITY) bins++;
    else left[space]--;
    left[space - item]++;
  }
  return { bins, left };
}

export function firstFit(items) {
  const spaces = [];
  for (const item of items) {
    const place = spaces.findIndex((space) => space >= item);
    if (place < 0) spaces.push(CAPACITY - item);
    else spaces[place] -= item;
  }
  return spaces.length;
}

export function excessOf(set, binsOf) {
  let bins = 0;
  let bound = 0;
  for (const items of set) {
    bins += binsOf(items);
    bound += Math.ceil(items.reduce((sum, item) => sum + item, 0) / CAPACITY);
  }
  return 100 * (bins / bound - 1);
}

function instances(seed, count, length) {
  const random = generator(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length }, () => {
      const size = 45 * (-Math.log(1 - random())) ** (1 / 3);
      return Math.max(1, Math.min(CAPACITY, Math.round(size)));
    }),
  );
}

/** Lehmer's generator with Park and Miller's multiplier; numbers in (0, 1). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** How many bins of the first training instance end with which space. */
function picture({ bins, left }, excess) {
  const most = Math.max(...left);
  const shapes = [
    {
      type: 'path',
      points: [
        [0, 60],
        [WIDTH, 60],
      ],
      ink: 'line',
    },
  ];
  left.forEach((count, space) => {
    const height = (56 * count) / most;
    if (count > 0) {
      const fill = 1 - space / CAPACITY;
      shapes.push({ type: 'rect', x: space, y: 60 - height, width: 0.8, height, ink: 'accent', fill });
    }
  });
  shapes.push({ type: 'text', x: 0, y: 66, text: 'full', size: 4, ink: 'text' });
  shapes.push({ type: 'text', x: 86, y: 66, text: 'empty', size: 4, ink: 'text' });
  return {
    view: [-2, 0, WIDTH + 4, 70],
    shapes,
    summary: `${bins} bins by the space left in them, on the first training instance; ${excess.toFixed(2)} % excess overall.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
