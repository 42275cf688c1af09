/** The statistics of paired times, with seeded noise that looks like that of machines. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../sandboxes/hosting/realm/random.ts';
import { comparePairs, type TimedProgram } from '../../sandboxes/timing/pairs.ts';
import { createStopwatch } from '../../sandboxes/timing/stopwatch.ts';
import { createTimingStatistics } from '../../sandboxes/timing/verdict.ts';

function generator(seed: number): () => number {
  const random = createRandom();
  random.reseed(seed, 0);
  return random.next;
}

/** One sample: its true time, jitter of 0.1 %, and one in twelve that is hit by something else, up to twice as long. */
function sampler(random: () => number, truth: Readonly<Record<TimedProgram, number>>, jitter = 0.001) {
  let taken = 0;
  return {
    taken: () => taken,
    sample(of: TimedProgram) {
      taken++;
      const hit = random() < 1 / 12 ? 1 + random() : 1;
      const milliseconds = truth[of] * (1 + jitter * (random() + random() - 1)) * hit;
      return Promise.resolve({ milliseconds, passes: 1 });
    },
  };
}

async function trials(candidate: number, count: number, jitter = 0.001, most = 11) {
  const verdicts = { faster: 0, slower: 0, same: 0 };
  let blocks = 0;
  for (let seed = 1; seed <= count; seed++) {
    const random = generator(seed);
    const { sample } = sampler(random, { baseline: 3, candidate: 3 * candidate }, jitter);
    const statistics = createTimingStatistics(random);
    const result = await comparePairs(sample, statistics, random, most, null);
    verdicts[result.verdict]++;
    blocks += result.blocks;
  }
  return { ...verdicts, blocks: blocks / count };
}

describe('timing', () => {
  it('raises no alarm over a program and itself', async () => {
    const { same, blocks } = await trials(1, 100);
    expect(same).toBeGreaterThanOrEqual(99);
    expect(blocks).toBe(11);
    // Nor where the machine is ten times as noisy.
    expect((await trials(1, 100, 0.01)).same).toBeGreaterThanOrEqual(99);
  });

  it('finds one part in a hundred, either way', async () => {
    // One pair in six has a sample that was hit: eleven often do, twice as many nearly always.
    expect((await trials(0.99, 60)).faster).toBeGreaterThanOrEqual(45);
    expect((await trials(0.99, 60, 0.001, 21)).faster).toBeGreaterThanOrEqual(56);
    expect((await trials(1.01, 60, 0.001, 21)).slower).toBeGreaterThanOrEqual(56);
  });

  it('stops early at what is hopeless and at what is clear', async () => {
    const slow = await trials(1.5, 100);
    expect(slow.slower).toBeGreaterThanOrEqual(95);
    expect(slow.blocks).toBeLessThan(5);
    const fast = await trials(0.5, 100);
    expect(fast.faster).toBeGreaterThanOrEqual(95);
    expect(fast.blocks).toBeLessThan(7);
  });

  it('tells the ratio, its interval and both times, the same for the same seed', async () => {
    const run = async () => {
      const random = generator(5);
      const { sample, taken } = sampler(random, { baseline: 4, candidate: 2 });
      const result = await comparePairs(sample, createTimingStatistics(random), random, 21, null);
      return { ...result, taken: taken() };
    };
    const result = await run();
    expect(await run()).toEqual(result);
    expect(result.ratio).toBeCloseTo(0.5, 2);
    expect(result.low).toBeLessThan(result.ratio);
    expect(result.high).toBeGreaterThan(result.ratio);
    expect(result.baselineMilliseconds).toBeCloseTo(4, 1);
    expect(result.candidateMilliseconds).toBeCloseTo(2, 1);
    // Five pairs of the baseline with itself, and the blocks.
    expect(result.taken).toBe(2 * (5 + result.blocks));
  });

  it('takes a floor that is known, and measures no pairs for it', async () => {
    const random = generator(6);
    const { sample, taken } = sampler(random, { baseline: 4, candidate: 3.9 });
    const result = await comparePairs(sample, createTimingStatistics(random), random, 5, 0.05);
    expect(result).toMatchObject({ floor: 0.05, verdict: 'same', blocks: 5 });
    expect(taken()).toBe(10);
  });
});

describe('stopwatch', () => {
  /** A clock of these ticks, on which one pass takes so long. */
  function measure(tick: number, pass: number) {
    let time = 0;
    const now = () => {
      time += tick / 50;
      return Math.floor(time / tick) * tick;
    };
    const watch = createStopwatch(now);
    let all = 0;
    let fresh = 0;
    for (let passes = watch.next(); passes > 0; passes = watch.next()) {
      if (watch.fresh()) fresh++;
      watch.start();
      time += passes * pass;
      all += passes;
      watch.stop();
    }
    return { ...watch.result(), all, fresh };
  }

  it('repeats short calls until a sample is long against the ticks of the clock', () => {
    for (const tick of [0.005, 0.1, 1]) {
      const { milliseconds, passes } = measure(tick, 0.01);
      expect(milliseconds).toBeGreaterThan(0.0098);
      expect(milliseconds).toBeLessThan(0.0102);
      expect(passes * 0.01).toBeGreaterThanOrEqual(100 * tick);
    }
  });

  it('passes once where one pass is long enough, with fresh state for each sample', () => {
    const { milliseconds, passes, fresh, all } = measure(0.005, 50);
    expect(milliseconds).toBeCloseTo(50, 1);
    expect(passes).toBe(1);
    expect(fresh).toBe(all);
  });

  it('samples less where a call is long', () => {
    expect(measure(0.005, 900).all).toBe(2);
    expect(measure(0.005, 5000).all).toBe(1);
  });
});
