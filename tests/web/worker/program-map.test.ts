import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import type { Experiment, Language } from '../../../web/engine/experiment.ts';
import { similarity, embed } from '../../../web/engine/novelty/vector.ts';
import type { Files, ProgramId } from '../../../web/engine/program.ts';
import { parseFile } from '../../../web/engine/syntax/parsed.ts';
import { emptyState, type RunState } from '../../../web/engine/state.ts';
import type { Syntax } from '../../../web/engine/syntax/tree.ts';
import { loadSyntax } from '../../../web/syntax/load.ts';
import { MOST_A_SLICE, ProgramMap, SAMPLE } from '../../../web/worker/program-map.ts';
import type { MapSlice } from '../../../web/worker/protocol.ts';
import { experiment } from '../engine/stand-ins.ts';
import { program } from '../state/goals.ts';
import { small, Stage, stored } from './stage.ts';

const syntax = await loadSyntax(['javascript', 'python']);

/** Two ways to write a sum, each with as many small differences as asked for. */
const LOOP =
  'export function total(list) {\n  let sum = 0;\n  for (const one of list) sum += one * K;\n  return sum;\n}\n';
const FOLD = 'export const total = (list) => list.reduce((sum, one) => Math.hypot(sum, one) + K, 0);\n';

function text(number: number): string {
  const extra = 'Math.max(0, 1);\n'.repeat(number % 4);
  return extra + (number % 2 === 0 ? LOOP : FOLD).replace('K', String(number));
}

function state(language: Language, of: Partial<Experiment> = {}): RunState {
  const made = emptyState();
  made.experiment = { ...experiment(), language, ...of };
  return made;
}

function add(to: RunState, files: Files | null): ProgramId {
  const id = to.programs.length;
  to.programs.push(program(id, 1, { change: files && { type: 'files', files } }));
  return id;
}

function filled(count: number): RunState {
  const made = state('javascript');
  for (let i = 0; i < count; i++) add(made, { 'seed.js': text(i) });
  return made;
}

interface Whole {
  readonly last: MapSlice;
  readonly slices: readonly MapSlice[];
  readonly xy: ReadonlyMap<ProgramId, readonly [number, number]>;
  readonly label: ReadonlyMap<ProgramId, number>;
  readonly placed: number;
}

/** All slices there are, put together as a page does. */
function whole(map: ProgramMap, have = { fit: 0, placed: 0 }): Whole {
  const slices: MapSlice[] = [];
  const xy = new Map<ProgramId, readonly [number, number]>();
  const label = new Map<ProgramId, number>();
  let { fit, placed } = have;
  for (;;) {
    const slice = map.next({ runId: 'one', fit, placed });
    slices.push(slice);
    if (slice.fit !== fit) [xy, label].forEach((each) => each.clear());
    fit = slice.fit;
    placed = slice.from + slice.ids.length;
    slice.ids.forEach((id, i) => {
      xy.set(id, [slice.xy[2 * i] as number, slice.xy[2 * i + 1] as number]);
      label.set(id, slice.labels[i] as number);
    });
    if (slice.read === slice.all) return { last: slice, slices, xy, label, placed };
  }
}

const still = (): number => 0;
const apart = (a: readonly number[] = [], b: readonly number[] = []): number =>
  Math.hypot((a[0] ?? 0) - (b[0] ?? 0), (a[1] ?? 0) - (b[1] ?? 0));

describe('ProgramMap', () => {
  it('puts texts that are alike near each other, and in one group', () => {
    const { xy, label, last } = whole(new ProgramMap(filled(40), syntax, still));
    expect(xy.size).toBe(40);
    for (const even of [4, 12, 20]) {
      // The same number of extra lines: nothing but a number differs.
      expect(apart(xy.get(0), xy.get(even))).toBeLessThan(apart(xy.get(0), xy.get(even + 1)));
      expect(label.get(0)).toBe(label.get(even));
      expect(label.get(0)).not.toBe(label.get(even + 1));
    }
    const [first, second] = last.explained;
    expect(first).toBeGreaterThan(second);
    expect(first + second).toBeLessThanOrEqual(1 + 1e-9);
    expect(last.groups.length).toBe(4);
  });

  it('says how alike two texts are on average, as the judge of novelty counts it', () => {
    const made = filled(10);
    const { last } = whole(new ProgramMap(made, syntax, still));
    const vectors = made.programs.map((_, i) => embed(syntax, 'javascript', { 'seed.js': text(i) }));
    const pairs = vectors.flatMap((a) => vectors.map((b) => similarity(a, b)));
    expect(last.alike).toBeCloseTo(pairs.reduce((a, b) => a + b) / pairs.length, 6);
  });

  it('names words that mark a group, with the shares, and none where there are too few programs', () => {
    const { last, label } = whole(new ProgramMap(filled(48), syntax, still));
    const loops = last.groups[label.get(0) as number];
    const folds = last.groups[label.get(1) as number];
    expect(folds?.marks.map(({ word }) => word)).toContain('reduce');
    expect(loops?.marks.map(({ word }) => word)).toContain('for');
    for (const { inside, outside } of last.groups.flatMap(({ marks }) => marks)) {
      expect(inside - outside).toBeGreaterThanOrEqual(0.5);
      expect(inside).toBeLessThanOrEqual(1);
    }
    expect(whole(new ProgramMap(filled(8), syntax, still)).last.groups).toEqual([]);
  });

  it('reads a little at a time, first a sample of all, and gives no place before there are axes', () => {
    const map = new ProgramMap(filled(1_100), syntax, still);
    const { slices, xy, last } = whole(map);
    expect(slices.length).toBeGreaterThan(1_100 / MOST_A_SLICE);
    const before = slices.filter(({ fit }) => fit === 0);
    expect(before.length).toBeGreaterThan(0);
    expect(before.every(({ ids, read, all }) => ids.length === 0 && read <= SAMPLE && all === 1_100)).toBe(true);
    const fitted = slices.find(({ fit }) => fit === 1) as MapSlice;
    expect(Math.max(...fitted.ids.subarray(0, SAMPLE))).toBeGreaterThan(1_000);
    expect(last.fit).toBe(1);
    expect(xy.size).toBe(1_100);
    expect(new Set(xy.keys())).toEqual(new Set(Array.from({ length: 1_100 }, (_, i) => i)));
  });

  it('stops a slice when its time is up, but gets on in each', () => {
    let now = 0;
    const map = new ProgramMap(filled(20), syntax, () => (now += 5));
    const reads = Array.from({ length: 6 }, () => map.next({ runId: 'one', fit: 0, placed: 0 }).read);
    for (const [i, read] of reads.entries()) {
      expect(read).toBeGreaterThan(reads[i - 1] ?? 0);
      expect(read - (reads[i - 1] ?? 0)).toBeLessThan(4);
    }
  });

  it('keeps everything where it is until there are twice as many, then tells all places anew', () => {
    const made = filled(24);
    const map = new ProgramMap(made, syntax, still);
    const first = whole(map);
    expect(first.last.fit).toBe(1);
    for (let i = 24; i < 47; i++) add(made, { 'seed.js': text(i) });
    const more = whole(map, { fit: 1, placed: first.placed });
    expect(more.last.fit).toBe(1);
    expect([...more.xy.keys()]).toEqual(Array.from({ length: 23 }, (_, i) => 24 + i));
    const again = whole(map);
    for (const [id, place] of first.xy) expect(again.xy.get(id)).toEqual(place);
    add(made, { 'seed.js': text(47) });
    const doubled = whole(map, { fit: 1, placed: again.placed });
    expect(doubled.last).toMatchObject({ fit: 2, from: 0 });
    expect(doubled.xy.size).toBe(48);
    // No axis turned round, and groups kept their names.
    expect(new Set(first.label.values()).size).toBe(4);
    for (const [id, label] of first.label) expect(doubled.label.get(id)).toBe(label);
    const [before, after] = [first, doubled].map(({ xy }) => Math.sign((xy.get(0)?.[0] ?? 0) - (xy.get(1)?.[0] ?? 0)));
    expect(after).toBe(before);
  });

  it('gives nothing again that the page has, and everything to a page that has nothing', () => {
    const map = new ProgramMap(filled(20), syntax, still);
    const { placed } = whole(map);
    expect(map.next({ runId: 'one', fit: 1, placed }).ids).toHaveLength(0);
    expect(map.next({ runId: 'one', fit: 1, placed: 15 }).ids).toHaveLength(5);
    expect(map.next({ runId: 'one', fit: 7, placed: 15 }).ids).toHaveLength(20);
    expect(map.next({ runId: 'one', fit: 1, placed: 900 }).from).toBe(20);
  });

  it('bears no program, one, equal ones, such as have no text, and late ones', () => {
    const made = state('javascript');
    const map = new ProgramMap(made, syntax, still);
    expect(whole(map).last).toMatchObject({ fit: 0, all: 0, read: 0 });
    add(made, { 'seed.js': text(0) });
    const one = whole(map);
    expect(one.last).toMatchObject({ fit: 1, explained: [0, 0], all: 1 });
    expect(one.xy.get(0)).toEqual([0, 0]);
    add(made, null);
    made.programs.length = 4;
    add(made, { 'seed.js': text(0) });
    const equal = whole(map);
    expect([...equal.xy.keys()].sort()).toEqual([0, 4]);
    expect(equal.last.explained).toEqual([0, 0]);
    // A result that came later than the one behind it.
    made.programs[3] = program(3, 1, { change: { type: 'files', files: { 'seed.js': text(1) } } });
    expect(whole(map).xy.has(3)).toBe(true);
  });

  it('reads other languages, several files and what does not parse; what can’t be read is counted', () => {
    const python = state('python');
    for (let i = 0; i < 14; i++) {
      const body = i % 2 ? 'return sum(list)' : 's = 0\n    for x in list:\n        s += x\n    return s';
      add(python, {
        'main.py': `def total(list):\n    ${body}\n`,
        'more/data.txt': `${i} rows`,
        'more/rest.py': 'x = (',
      });
    }
    const { xy, label } = whole(new ProgramMap(python, syntax, still));
    expect(apart(xy.get(0), xy.get(2))).toBeLessThan(apart(xy.get(0), xy.get(1)));
    expect(label.get(0)).not.toBe(label.get(1));
    const unknown = state('rust');
    add(unknown, { 'main.rs': 'fn main() {}' });
    unknown.programs.push(program(1, 1, { parent: 9, change: { type: 'edits', edits: [] } }));
    expect(whole(new ProgramMap(unknown, syntax, still)).last).toMatchObject({ read: 2, all: 2, unreadable: 2 });
  });

  it('pushes no tree out that the run is about to need', () => {
    let parsed = 0;
    const counting: Syntax = {
      parse(...asked) {
        parsed++;
        return syntax.parse(...asked);
      },
    };
    parseFile(counting, 'javascript', LOOP);
    const made = state('javascript');
    for (let i = 0; i < 8; i++) add(made, { 'seed.js': `${text(i)}//${'-'.repeat(60_000)}\n` });
    whole(new ProgramMap(made, counting, still));
    expect(parsed).toBe(9);
    parseFile(counting, 'javascript', LOOP);
    expect(parsed).toBe(9);
  });
});

describe('RunDesk', () => {
  it('maps the run that is open, and one that is only stored; no run gets an event by it', async () => {
    const history = await stored();
    const stage = new Stage(history);
    const runId = await stage.start(small(60));
    await stage.until(() => stage.last.activity === 'finished');
    const events = stage.log(runId).length;
    const take = async (): Promise<readonly number[]> => {
      const ids: number[] = [];
      for (let fit = 0, placed = 0; ;) {
        const answer = await stage.desk.map({ runId, fit, placed });
        if (answer.type === 'failed') throw new Error(answer.reason);
        const { slice } = answer;
        if (slice.fit !== fit) ids.length = 0;
        ids.push(...slice.ids);
        fit = slice.fit;
        placed = slice.from + slice.ids.length;
        if (slice.read === slice.all) return ids.sort((a, b) => a - b);
      }
    };
    const open = await take();
    expect(open.length).toBeGreaterThan(20);
    expect(open[0]).toBe(0);
    await stage.desk.stop();
    expect(await take()).toEqual(open);
    expect(stage.log(runId)).toHaveLength(events);
    expect(await stage.desk.map({ runId: 'none', fit: 0, placed: 0 })).toMatchObject({ type: 'failed' });
  });
});
