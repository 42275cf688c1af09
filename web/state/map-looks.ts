/** What the map of programs says in words and figures, and how one moves on it by keys; apart from how it is drawn. */
import type { Goal } from '../engine/experiment.ts';
import type { Program, ProgramId } from '../engine/program.ts';
import { formatFigure, formatMeasure, isBetter, measureOf } from './measure.ts';
import type { ProgramMap } from './program-map.svelte.ts';
import type { RunView } from './run-view.svelte.ts';
import { statusWords } from './table.ts';

export type MapColour = 'value' | 'island' | 'group';

/** Steps of the fitness colours: as many as places on one spot are told apart by. */
export const STEPS = 8;

/** What the fitness colours span: from the seed, or the first that had a score, to the best. */
export interface ValueScale {
  readonly from: number;
  readonly to: number;
}

export function valueScale(goal: Goal, seed: number | null, bests: readonly number[]): ValueScale | null {
  const first = bests[0];
  const to = bests[bests.length - 1];
  if (first === undefined || to === undefined) return null;
  return { from: seed !== null && isBetter(goal, first, seed) ? seed : first, to };
}

/** 0 for the seed and what is worse, `STEPS` − 1 for the best. */
export function stepOf(scale: ValueScale | null, value: number): number {
  if (scale === null || value === scale.to) return STEPS - 1;
  // Nothing is better than the seed yet.
  if (scale.from === scale.to) return 0;
  const share = (value - scale.from) / (scale.to - scale.from);
  return Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1));
}

/** The goal's figure of the program at a place; NaN where it has no correct score. */
export function valueAt(run: RunView, map: ProgramMap, place: number): number {
  const row = run.series.rows[map.ids[place] as number];
  return row === undefined ? NaN : (run.series.value[row] as number);
}

export function groupName(group: number): string {
  return String.fromCharCode(65 + group);
}

export interface GroupRow {
  readonly group: number;
  readonly name: string;
  readonly size: number;
  readonly best: ProgramId | null;
  readonly value: number | null;
  /** Middle of its places. */
  readonly at: readonly [number, number];
  readonly marks: readonly { readonly word: string; readonly inside: number; readonly outside: number }[];
}

/** The groups that have programs, the largest first. */
export function groupRows(run: RunView, goal: Goal, map: ProgramMap): GroupRow[] {
  const sums = map.groups.map(() => ({
    size: 0,
    best: null as ProgramId | null,
    value: null as number | null,
    x: 0,
    y: 0,
  }));
  for (let place = 0; place < map.length; place++) {
    const sum = sums[map.group[place] as number];
    if (!sum) continue;
    sum.size++;
    sum.x += map.x[place] as number;
    sum.y += map.y[place] as number;
    const value = valueAt(run, map, place);
    if (Number.isNaN(value) || (sum.value !== null && !isBetter(goal, value, sum.value))) continue;
    sum.value = value;
    sum.best = map.ids[place] as number;
  }
  return sums
    .map(({ size, best, value, x, y }, group) => {
      const at = [x / size, y / size] as const;
      return { group, name: groupName(group), size, best, value, at, marks: map.groups[group]?.marks ?? [] };
    })
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size || a.group - b.group);
}

/** One program as a live region says it. */
export function placeWords(run: RunView, goal: Goal, map: ProgramMap, id: ProgramId): string {
  const program = run.program(id);
  if (!program) return '';
  const value = measureOf(goal, program);
  const place = map.placeOf(id);
  return [
    `Program ${id}`,
    program.operator === 'seed' ? 'the seed' : program.operator,
    value === null ? statusWords(program.status) : `${goal.label.toLowerCase()} ${formatMeasure(goal, value)}`,
    ...(run.state.islands.length > 1 ? [`island ${program.island + 1}`] : []),
    ...(place < 0
      ? ['not on the map']
      : map.groups.length > 1
        ? [`group ${groupName(map.group[place] as number)}`]
        : []),
    ...(id === run.best?.id ? ['the best'] : []),
  ].join(', ');
}

/** Never all of it where something is left. */
export function percent(share: number): string {
  const digits = share > 0.99 && share < 1 ? 1 : 0;
  return `${Math.min(share < 1 ? 99.9 : 100, 100 * share).toFixed(digits)} %`;
}

/** How much of the differences each axis shows, in per cent. */
export interface ShareWords {
  readonly across: string;
  readonly upward: string;
  readonly rest: string;
}

/** Shares that add up as they are shown. */
export function shareWords([across, upward]: readonly [number, number]): ShareWords {
  const [a, b] = [Math.round(100 * across), Math.round(100 * upward)];
  return { across: `${a} %`, upward: `${b} %`, rest: `${Math.max(0, 100 - a - b)} %` };
}

/** `most` in 88 % of its texts, in 3 % of the others. */
export function markWords({ inside, outside }: GroupRow['marks'][number]): string {
  return `in ${Math.round(100 * inside)} % of its texts, in ${Math.round(100 * outside)} % of the others`;
}

/** What the two ends of the fitness colours stand for. */
export function scaleWords(goal: Goal, { from, to }: ValueScale, seed: number | null): string {
  const best = formatFigure(goal, to);
  if (from === to) return `${best} is the best yet`;
  return `${formatFigure(goal, from)}${from === seed ? ', the seed,' : ''} or worse to ${best}`;
}

export type MapMove = 'previous' | 'next' | 'parent' | 'child' | 'seed' | 'last' | Direction;
export type Direction = 'left' | 'right' | 'up' | 'down';

const KEYS: Readonly<Record<string, readonly [MapMove, MapMove]>> = {
  ArrowLeft: ['previous', 'left'],
  ArrowRight: ['next', 'right'],
  ArrowUp: ['parent', 'up'],
  ArrowDown: ['child', 'down'],
  Home: ['seed', 'seed'],
  End: ['last', 'last'],
};

export function moveOf(key: string, shift: boolean): MapMove | null {
  return KEYS[key]?.[shift ? 1 : 0] ?? null;
}

/** Where a key leads from a program, among those shown; null where there is nothing that way. */
export function moved(
  map: ProgramMap,
  programs: readonly (Program | undefined)[],
  isShown: (place: number) => boolean,
  from: ProgramId,
  move: MapMove,
): ProgramId | null {
  const shown = (id: ProgramId | null | undefined): boolean => {
    const place = map.placeOf(id);
    return place >= 0 && isShown(place);
  };
  const along = (by: 1 | -1, start: number): ProgramId | null => {
    for (let id = start; id >= 0 && id < programs.length; id += by) if (programs[id] && shown(id)) return id;
    return null;
  };
  switch (move) {
    case 'previous':
      return along(-1, from - 1);
    case 'next':
      return along(1, from + 1);
    case 'seed':
      return along(1, 0);
    case 'last':
      return along(-1, programs.length - 1);
    case 'parent': {
      const parent = programs[from]?.parent ?? null;
      return shown(parent) ? parent : null;
    }
    case 'child':
      return programs.find((program) => program?.parent === from && shown(program.id))?.id ?? null;
    case 'left':
    case 'right':
    case 'up':
    case 'down':
      return beside(map, isShown, map.placeOf(from), move);
    default:
      return move satisfies never;
  }
}

/** The nearest one within 45° of the direction. */
function beside(
  map: ProgramMap,
  isShown: (place: number) => boolean,
  from: number,
  direction: Direction,
): ProgramId | null {
  if (from < 0) return null;
  const [x, y] = [map.x[from] as number, map.y[from] as number];
  let found: ProgramId | null = null;
  let least = Infinity;
  for (let place = 0; place < map.length; place++) {
    const [dx, dy] = [(map.x[place] as number) - x, (map.y[place] as number) - y];
    const ahead = { left: -dx, right: dx, up: dy, down: -dy }[direction];
    const aside = Math.abs(direction === 'left' || direction === 'right' ? dy : dx);
    const distance = dx * dx + dy * dy;
    if (ahead <= 0 || aside > ahead || distance >= least || !isShown(place)) continue;
    least = distance;
    found = map.ids[place] as number;
  }
  return found;
}
