/**
 * Cap sets in {0, 1, 2}^8: as many vectors as possible, no three of which add up to 0 modulo 3 (no three on a line).
 *
 * A candidate exports `priorities(n)` and returns one number for each of the 3^n vectors. The set is built here, greedily: in
 * falling priority, ties in the order of the codes, each vector that completes no line with two taken ones is taken. So every
 * score is the size of a real cap set, whatever a candidate says.
 */
const N = 8;
const HALF = 81;
const COUNT = HALF * HALF;

/** third[a * 81 + b] is the vector of four digits that completes the line through a and b: −(a + b) modulo 3, digit by digit. */
const third = lineTable();

export async function evaluate(candidate, context) {
  const answer = await candidate.call('priorities', N);
  const problem = misfit(answer);
  if (problem !== null) return incorrect(problem);
  const { order, levels } = ranking(answer);
  const set = greedy(order);
  return {
    fitness: set.length,
    correct: true,
    metrics: { size: set.length, levels },
    hidden: {},
    feedback: `The greedy build took ${set.length} of ${COUNT} vectors; the priority tells ${levels} levels apart.`,
    features: { levels },
    artifacts: context.picture ? { picture: picture(set) } : {},
  };
}

export function misfit(answer) {
  if (!(answer instanceof Float64Array) && !Array.isArray(answer))
    return 'priorities(n) must return a list of numbers.';
  if (answer.length !== COUNT) return `priorities(n) must return ${COUNT} numbers, not ${answer.length}.`;
  for (let code = 0; code < COUNT; code++) {
    const value = answer[code];
    if (typeof value !== 'number' || Number.isNaN(value))
      return `The priority of vector ${digits(code).join('')} is not a number.`;
  }
  return null;
}

/** Codes in falling priority, ties in the order of the codes: a counting sort, for most priorities know few levels. */
export function ranking(priorities) {
  const rank = new Map();
  for (let code = 0; code < COUNT; code++) rank.set(priorities[code], 0);
  const values = [...rank.keys()].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  values.forEach((value, i) => rank.set(value, i));
  const ranks = new Uint16Array(COUNT);
  const next = new Uint16Array(values.length + 1);
  for (let code = 0; code < COUNT; code++) {
    ranks[code] = rank.get(priorities[code]);
    next[ranks[code] + 1]++;
  }
  for (let i = 1; i < next.length; i++) next[i] += next[i - 1];
  const order = new Uint16Array(COUNT);
  for (let code = 0; code < COUNT; code++) order[next[ranks[code]]++] = code;
  return { order, levels: values.length };
}

export function greedy(order) {
  const blocked = new Uint8Array(COUNT);
  const set = [];
  for (const code of order) {
    if (blocked[code] === 1) continue;
    const high = Math.floor(code / HALF);
    const low = code - high * HALF;
    for (const other of set) {
      const otherHigh = Math.floor(other / HALF);
      blocked[third[high * HALF + otherHigh] * HALF + third[low * HALF + (other - otherHigh * HALF)]] = 1;
    }
    set.push(code);
  }
  return set;
}

export function digits(code) {
  const result = new Array(N);
  let rest = code;
  for (let i = N - 1; i >= 0; i--) {
    result[i] = rest % 3;
    rest = (rest - result[i]) / 3;
  }
  return result;
}

function lineTable() {
  const table = new Uint8Array(HALF * HALF);
  for (let a = 0; a < HALF; a++) {
    for (let b = 0; b < HALF; b++) {
      let code = 0;
      for (let place = 1; place < HALF; place *= 3) {
        const sum = (Math.floor(a / place) % 3) + (Math.floor(b / place) % 3);
        code += ((6 - sum) % 3) * place;
      }
      table[a * HALF + b] = code;
    }
  }
  return table;
}

/** Vectors as cells of an 81 × 81 board: the first four digits choose the row, the last four the column. */
function picture(set) {
  const shapes = [{ type: 'rect', x: 0, y: 0, width: HALF, height: HALF, ink: 'faint' }];
  for (let line = 27; line < HALF; line += 27) {
    shapes.push({
      type: 'path',
      points: [
        [line, 0],
        [line, HALF],
      ],
      ink: 'faint',
    });
    shapes.push({
      type: 'path',
      points: [
        [0, line],
        [HALF, line],
      ],
      ink: 'faint',
    });
  }
  for (const code of set) {
    const row = Math.floor(code / HALF);
    const fill = digits(code).filter((digit) => digit === 0).length / N;
    shapes.push({ type: 'rect', x: code - row * HALF, y: row, width: 1, height: 1, ink: 'accent', fill });
  }
  return {
    view: [-1, -1, HALF + 2, HALF + 2],
    shapes,
    summary: `A cap set of ${set.length} vectors, drawn as cells of a board of 81 by 81.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
