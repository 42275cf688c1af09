import { describe, expect, it } from 'vitest';
import { boxFor, ProgramMap } from '../../../web/state/program-map.svelte.ts';
import { RunView } from '../../../web/state/run-view.svelte.ts';
import type { MapAnswer, MapAsk, MapSlice } from '../../../web/worker/protocol.ts';

function slice(
  fit: number,
  from: number,
  points: readonly (readonly [number, number])[],
  rest: Partial<MapSlice> = {},
) {
  const end = from + points.length;
  return {
    ...{ fit, explained: [0.5, 0.25], alike: 0.9, groups: [{ marks: [] }, { marks: [] }], from },
    ids: Int32Array.from(points, (_, i) => 10 + from + i),
    xy: Float32Array.from(points.flat()),
    labels: Uint8Array.from(points, (_, i) => i % 2),
    ...{ read: end, all: end, unreadable: 0 },
    ...rest,
  } as const satisfies MapSlice;
}

/** A map whose worker answers from a list and whose clock is turned by hand. */
class Bench {
  readonly run = new RunView(null);
  readonly asked: MapAsk[] = [];
  readonly answers: (MapAnswer | null)[] = [];
  readonly map = new ProgramMap(
    this.run,
    (ask) => {
      this.asked.push(ask);
      const answer = this.answers.length > 0 ? (this.answers.shift() as MapAnswer | null) : this.#nothing();
      return answer === null ? Promise.reject(new Error('gone')) : Promise.resolve(answer);
    },
    (milliseconds, go) => {
      const timer = { milliseconds, go };
      this.waiting.push(timer);
      return () => void this.waiting.splice(this.waiting.indexOf(timer), 1);
    },
  );
  readonly waiting: { readonly milliseconds: number; readonly go: () => void }[] = [];

  constructor(...slices: readonly MapSlice[]) {
    this.run.runId = 'one';
    this.run.revision = 1;
    for (const each of slices) this.answers.push({ type: 'ok', slice: each });
  }

  #nothing(): MapAnswer {
    return { type: 'ok', slice: slice(1, this.map.length, []) };
  }

  /** Lets the wait end that there is, and gives how long it was. */
  async turn(): Promise<number> {
    const timer = this.waiting.shift();
    if (!timer) throw new Error('nothing is waited for');
    timer.go();
    await new Promise((resolve) => setImmediate(resolve));
    return timer.milliseconds;
  }
}

describe('ProgramMap', () => {
  it('asks nobody while nobody looks, and again from where it stood when somebody does', async () => {
    const bench = new Bench(slice(1, 0, [[0, 0]]), slice(1, 1, [[1, 1]]));
    expect(bench.waiting).toHaveLength(0);
    const leave = bench.map.watch();
    await bench.turn();
    expect(bench.asked).toEqual([{ runId: 'one', fit: 0, placed: 0 }]);
    leave();
    leave();
    expect(bench.waiting).toHaveLength(0);
    bench.run.revision++;
    bench.map.watch();
    await bench.turn();
    expect(bench.asked[1]).toEqual({ runId: 'one', fit: 1, placed: 1 });
    expect(bench.map.length).toBe(2);
    expect([0, 1].map((place) => bench.map.placeOf(10 + place))).toEqual([0, 1]);
    expect([bench.map.placeOf(3), bench.map.placeOf(null)]).toEqual([-1, -1]);
  });

  it('looks on until the last view has gone', async () => {
    const bench = new Bench();
    const [one, other] = [bench.map.watch(), bench.map.watch()];
    expect(bench.waiting).toHaveLength(1);
    one();
    expect(bench.waiting).toHaveLength(1);
    other();
    expect(bench.waiting).toHaveLength(0);
  });

  it('drops an answer’s next look where nobody looks any more when it comes', async () => {
    const bench = new Bench(slice(1, 0, [[0, 0]]));
    const leave = bench.map.watch();
    bench.waiting.shift()?.go();
    leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(bench.map.length).toBe(1);
    expect(bench.waiting).toHaveLength(0);
  });

  it('asks at once for the rest where the run stands, with rests where it runs, and seldom when there is nothing new', async () => {
    const half = { read: 1, all: 9 };
    const bench = new Bench(slice(1, 0, [[0, 0]], half), slice(1, 1, [], half), slice(1, 1, [[2, 2]]));
    bench.map.watch();
    await bench.turn();
    expect(bench.map.busy).toBe(true);
    bench.run.activity = 'running';
    expect(await bench.turn()).toBe(0);
    expect(await bench.turn()).toBeGreaterThan(0);
    expect(bench.map.busy).toBe(false);
    const looks = bench.asked.length;
    expect(await bench.turn()).toBeGreaterThan(100);
    await bench.turn();
    expect(bench.asked).toHaveLength(looks);
    bench.run.revision++;
    await bench.turn();
    expect(bench.asked).toHaveLength(looks + 1);
  });

  it('waits for a run to begin', async () => {
    const bench = new Bench();
    bench.run.runId = null;
    bench.map.watch();
    await bench.turn();
    expect(bench.asked).toHaveLength(0);
    bench.run.runId = 'two';
    await bench.turn();
    expect(bench.asked[0]).toMatchObject({ runId: 'two' });
  });

  it('says why there is none, and tries again', async () => {
    const bench = new Bench();
    bench.answers.push({ type: 'failed', reason: 'There is no run one.' }, null, {
      type: 'ok',
      slice: slice(1, 0, [[1, 2]]),
    });
    bench.map.watch();
    await bench.turn();
    expect(bench.map.failure).toBe('There is no run one.');
    await bench.turn();
    expect(bench.map.failure).not.toBe('');
    await bench.turn();
    expect(bench.map.failure).toBe('');
    expect(bench.map.length).toBe(1);
  });

  it('takes all places of another fit, and remembers where they stood', async () => {
    const bench = new Bench(
      slice(1, 0, [
        [0, 0],
        [1, 0],
      ]),
      slice(2, 0, [
        [5, 5],
        [6, 5],
        [7, 6],
      ]),
    );
    bench.map.watch();
    await bench.turn();
    const { box, revision } = bench.map;
    expect(bench.map.before).toBeNull();
    bench.run.revision++;
    await bench.turn();
    const { map } = bench;
    expect(map.revision).toBe(revision + 1);
    expect([map.fit, map.length]).toEqual([2, 3]);
    expect([...map.x.subarray(0, 3)]).toEqual([5, 6, 7]);
    expect(map.before?.box).toEqual(box);
    expect([...(map.before?.x ?? [])]).toEqual([0, 1, NaN]);
    expect(map.box.left).toBeGreaterThan(4);
  });

  it('leaves a slice alone that does not follow what it has, and grows with thousands', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => [i, -i] as const);
    const bench = new Bench(slice(1, 0, many), slice(1, 5_000, [[1, 1]]));
    bench.map.watch();
    await bench.turn();
    bench.run.revision++;
    await bench.turn();
    expect(bench.map.length).toBe(3_000);
    expect(bench.map.y[2_999]).toBe(-2_999);
    expect(bench.map.placeOf(3_009)).toBe(2_999);
  });
});

describe('boxFor', () => {
  const none = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };

  it('holds all points with room, stays while it can, and then grows on that side only', () => {
    const box = boxFor(none, [0, 10], [0, 1]);
    expect(box.left).toBeLessThan(0);
    expect(box.right).toBeGreaterThan(10);
    expect(boxFor(box, [5, -0.1], [0.5, 0.9])).toEqual(box);
    const wider = boxFor(box, [12], [0.5]);
    expect(wider).toMatchObject({ left: box.left, low: box.low, high: box.high });
    expect(wider.right).toBeGreaterThan(13);
    expect(boxFor(box, [], [])).toBe(box);
  });
});
