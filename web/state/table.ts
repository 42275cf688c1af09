/** Sorting and filtering of the programs table, apart from how it is shown. */
import type { Goal } from '../engine/experiment.ts';
import type { Program, ProgramStatus } from '../engine/program.ts';
import { isBetter, measureOf, unseenOf } from './measure.ts';

export type Column = 'id' | 'operator' | 'value' | 'unseen' | 'generation' | 'evaluations' | 'status';

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/**
 * Words separated by spaces, all of which must hold: `op:tune`, `model:small`, `status:correct`, `island:1`, `gen:3`, `id:17`, `>2.6`,
 * `<2.6`; anything else is looked for in operator, status, note and reason. A leading `-` turns a word round.
 */
export function parseFilter(text: string, goal: Goal | null): ((program: Program) => boolean) | null {
  const tests = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => wordTest(word, goal));
  if (tests.length === 0) return null;
  return (program) => tests.every((test) => test(program));
}

function wordTest(word: string, goal: Goal | null): (program: Program) => boolean {
  if (word.length > 1 && word.startsWith('-')) {
    const inner = wordTest(word.slice(1), goal);
    return (program) => !inner(program);
  }
  const compare = /^([<>])(=?)([-+]?\d*\.?\d+(?:e[-+]?\d+)?)$/.exec(word);
  if (compare) {
    const [, sign, orEqual, digits] = compare;
    const bound = Number(digits);
    return (program) => {
      const value = goal === null ? (program.evaluation?.fitness ?? null) : measureOf(goal, program);
      if (value === null) return false;
      return (sign === '>' ? value > bound : value < bound) || (orEqual === '=' && value === bound);
    };
  }
  const [key, rest] = word.includes(':') ? (word.split(':', 2) as [string, string]) : ['', ''];
  switch (key) {
    case 'op':
    case 'operator':
      return (program) => program.operator.toLowerCase().startsWith(rest);
    case 'model':
      return (program) => program.model?.toLowerCase().includes(rest) ?? false;
    case 'status':
      return (program) => program.status.startsWith(rest);
    case 'island':
      return (program) => program.island === Number(rest) - 1;
    case 'gen':
    case 'generation':
      return (program) => program.generation === Number(rest);
    case 'id':
      return (program) => program.id === Number(rest);
    default:
      return (program) =>
        program.operator.toLowerCase().includes(word) ||
        program.status === word ||
        program.note.toLowerCase().includes(word) ||
        program.reason.toLowerCase().includes(word);
  }
}

/** Ids in order. Programs without the figure come last whichever way it is sorted. */
export function tableRows(
  programs: readonly (Program | undefined)[],
  goal: Goal | null,
  order: Order,
  filter: ((program: Program) => boolean) | null,
): Int32Array {
  const ids: number[] = [];
  for (const program of programs) if (program && (filter === null || filter(program))) ids.push(program.id);
  if (order.column === 'id') {
    if (order.descending) ids.reverse();
    return Int32Array.from(ids);
  }
  const key = sortKey(order.column, goal);
  const keys = new Float64Array(programs.length);
  for (const id of ids) keys[id] = key(programs[id] as Program);
  const sign = order.descending ? -1 : 1;
  return Int32Array.from(ids).sort((a, b) => {
    const x = keys[a] as number;
    const y = keys[b] as number;
    if (x !== x || y !== y) return x === y ? a - b : x !== x ? (y !== y ? a - b : 1) : -1;
    return x === y ? a - b : sign * (x - y);
  });
}

function sortKey(column: Exclude<Column, 'id'>, goal: Goal | null): (program: Program) => number {
  switch (column) {
    case 'value':
      return (program) => (goal === null ? program.evaluation?.fitness : measureOf(goal, program)) ?? NaN;
    case 'unseen':
      return (program) => (goal === null ? null : unseenOf(goal, program)) ?? NaN;
    case 'generation':
      return (program) => program.generation;
    case 'evaluations':
      return (program) => program.evaluations;
    case 'operator':
      return (program) => textKey(program.operator);
    case 'status':
      return (program) => textKey(program.status);
    default:
      return column satisfies never;
  }
}

/** The first six letters as a number that sorts the same way. */
function textKey(text: string): number {
  let key = 0;
  for (let i = 0; i < 6; i++) key = key * 256 + (text.charCodeAt(i) || 0);
  return key;
}

/** The order a column starts with: best first where there is a better. */
export function firstOrder(column: Column, goal: Goal | null): Order {
  if (column === 'value' || column === 'unseen') return { column, descending: goal === null || isBetter(goal, 1, 0) };
  return { column, descending: column !== 'operator' && column !== 'status' };
}

const STATUS_WORDS: Readonly<Record<ProgramStatus, string>> = {
  proposed: 'proposed',
  'invalid-patch': 'invalid patch',
  duplicate: 'duplicate',
  'not-novel': 'not novel',
  rejected: 'rejected by a check',
  'build-failed': 'does not build',
  crashed: 'crashed',
  'timed-out': 'timed out',
  'out-of-memory': 'out of memory',
  incorrect: 'incorrect',
  correct: 'correct',
};

export function statusWords(status: ProgramStatus): string {
  return STATUS_WORDS[status];
}
