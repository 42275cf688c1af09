import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { Program } from '../../../web/engine/program.ts';
import {
  groupRows,
  moved,
  moveOf,
  percent,
  placeWords,
  scaleWords,
  shareWords,
  stepOf,
  STEPS,
  valueAt,
  valueScale,
  type MapMove,
} from '../../../web/state/map-looks.ts';
import { ProgramMap } from '../../../web/state/program-map.svelte.ts';
import { RunView } from '../../../web/state/run-view.svelte.ts';
import { experiment, finish, harness } from '../engine/stand-ins.ts';
import { goal, program } from './goals.ts';

/** A map of these places, all in group 0 unless said otherwise. */
async function mapWith(
  run: RunView,
  ids: readonly number[],
  xy: readonly (readonly [number, number])[],
  labels: readonly number[] = [],
) {
  run.runId ??= 'one';
  const ask = () =>
    Promise.resolve({
      type: 'ok' as const,
      slice: {
        ...{
          fit: 1,
          explained: [0.5, 0.2] as const,
          alike: 1,
          from: 0,
          read: ids.length,
          all: ids.length,
          unreadable: 0,
        },
        groups: [{ marks: [{ word: 'reduce', inside: 1, outside: 0 }] }, { marks: [] }],
        ids: Int32Array.from(ids),
        xy: Float32Array.from(xy.flat()),
        labels: Uint8Array.from(ids, (_, i) => labels[i] ?? 0),
      },
    });
  let go = (): void => {};
  const map = new ProgramMap(run, ask, (_, next) => {
    go = next;
    return () => {};
  });
  run.revision++;
  map.watch();
  go();
  await new Promise((resolve) => setImmediate(resolve));
  return map;
}

async function finished(): Promise<{ run: RunView; log: readonly RunEvent[] }> {
  const made = await harness({ experiment: experiment({ islands: { count: 2 } }) });
  await finish(made);
  const run = new RunView(null);
  run.load(made.log);
  return { run, log: made.log };
}

describe('fitness colours', () => {
  it('span from the seed to the best, whichever way is better', () => {
    const scale = valueScale(goal, 2, [2, 2.5, 3]);
    expect(scale).toEqual({ from: 2, to: 3 });
    expect([1, 2, 2.5, 3, 9].map((value) => stepOf(scale, value))).toEqual([0, 0, STEPS / 2, STEPS - 1, STEPS - 1]);
    const lower = valueScale({ ...goal, better: 'lower' }, 10, [10, 4]);
    expect([11, 10, 4].map((value) => stepOf(lower, value))).toEqual([0, 0, STEPS - 1]);
  });

  it('begin at the first score where the seed has none, and bear one score and none', () => {
    expect(valueScale(goal, null, [1, 4])).toEqual({ from: 1, to: 4 });
    expect(valueScale(goal, 2, [])).toBeNull();
    expect([2, 1].map((value) => stepOf(valueScale(goal, 2, [2]), value))).toEqual([STEPS - 1, 0]);
    expect(stepOf(null, 2)).toBe(STEPS - 1);
    expect(scaleWords(goal, { from: 2, to: 3 }, 2)).toBe('2.000, the seed, or worse to 3.000');
    expect(scaleWords(goal, { from: 2, to: 2 }, 2)).toBe('2.000 is the best yet');
    expect(scaleWords(goal, { from: 1, to: 3 }, 2)).toBe('1.000 or worse to 3.000');
  });
});

describe('words', () => {
  it('give shares that add up, and never all of what is not all', () => {
    expect(shareWords([0.404, 0.1])).toEqual({ across: '40 %', upward: '10 %', rest: '50 %' });
    expect(shareWords([0.6, 0.405])).toMatchObject({ rest: '0 %' });
    expect([1, 0.99999, 0.972, 0.5].map(percent)).toEqual(['100 %', '99.9 %', '97 %', '50 %']);
  });

  it('say of a program what the table says, and where it lies', async () => {
    const { run } = await finished();
    const best = run.best?.id ?? -1;
    const failed = run.state.programs.find((each) => each?.status === 'crashed')?.id ?? -1;
    const map = await mapWith(
      run,
      [best, failed],
      [
        [0, 0],
        [1, 1],
      ],
      [0, 1],
    );
    const { goal } = run;
    if (!goal) throw new Error('no goal');
    expect(placeWords(run, goal, map, best)).toMatch(
      /^Program \d+, walk, score −?\d+\.\d{4}, island [12], group A, the best$/,
    );
    expect(placeWords(run, goal, map, failed)).toMatch(/^Program \d+, walk, crashed, island [12], group B$/);
    expect(placeWords(run, goal, map, 0)).toMatch(/the seed.*not on the map/);
    expect(placeWords(run, goal, map, 99_999)).toBe('');
  });
});

describe('groupRows', () => {
  it('count all programs of a group, with the best that has a score and the middle', async () => {
    const { run } = await finished();
    const scored = run.state.programs.filter((each) => each?.evaluation?.correct).map((each) => (each as Program).id);
    const failed = run.state.programs.find((each) => each?.status === 'crashed')?.id ?? -1;
    const best = run.best?.id ?? -1;
    const others = scored.filter((id) => id !== best).slice(0, 2);
    const ids = [...others, best, failed];
    const map = await mapWith(
      run,
      ids,
      [
        [0, 0],
        [2, 0],
        [4, 3],
        [9, 9],
      ],
      [0, 0, 0, 1],
    );
    const rows = groupRows(run, run.goal!, map);
    expect(rows.map(({ name, size, best }) => [name, size, best])).toEqual([
      ['A', 3, best],
      ['B', 1, null],
    ]);
    expect(rows[0]?.at).toEqual([2, 1]);
    expect(rows[0]?.marks[0]?.word).toBe('reduce');
    expect(rows[0]?.value).toBe(run.bestValue);
    expect([0, 3].map((place) => Number.isNaN(valueAt(run, map, place)))).toEqual([false, true]);
  });
});

describe('moves', () => {
  const programs = [
    program(0, 1, { operator: 'seed' }),
    program(1, 1),
    undefined,
    program(3, 1, { parent: 1 }),
    program(4, null, { parent: 1 }),
    program(5, 1, { parent: 3 }),
  ];
  const at = async (): Promise<ProgramMap> =>
    mapWith(
      new RunView(null),
      [0, 1, 3, 4, 5],
      [
        [0, 0],
        [1, 0],
        [2, 1],
        [0, 3],
        [-3, 1],
      ],
    );

  it('go by number, by descent and by place', async () => {
    const map = await at();
    const to = (from: number, move: MapMove): number | null => moved(map, programs, () => true, from, move);
    expect([to(1, 'next'), to(3, 'previous'), to(5, 'next'), to(0, 'previous')]).toEqual([3, 1, null, null]);
    expect([to(3, 'parent'), to(0, 'parent'), to(1, 'child'), to(5, 'child')]).toEqual([1, null, 3, null]);
    expect([to(5, 'seed'), to(0, 'last')]).toEqual([0, 5]);
    expect([to(0, 'right'), to(0, 'left'), to(0, 'up'), to(0, 'down'), to(3, 'left')]).toEqual([1, 5, 4, null, 1]);
  });

  it('pass over what is not shown', async () => {
    const map = await at();
    const shown = (place: number): boolean => ![1, 3].includes(map.ids[place] as number);
    expect(moved(map, programs, shown, 0, 'next')).toBe(4);
    expect(moved(map, programs, shown, 3, 'parent')).toBeNull();
    expect(moved(map, programs, shown, 1, 'child')).toBe(4);
    expect(moved(map, programs, shown, 0, 'right')).toBeNull();
    expect(moved(map, programs, shown, 7, 'up')).toBeNull();
  });

  it('are the arrow keys’, with Shift by place', () => {
    expect([moveOf('ArrowUp', false), moveOf('ArrowUp', true), moveOf('Home', true)]).toEqual(['parent', 'up', 'seed']);
    expect(moveOf('x', false)).toBeNull();
  });
});
