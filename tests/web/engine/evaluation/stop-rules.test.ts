/** What every stopping rule keeps to, and how often each is wrong. */
import { describe, expect, it } from 'vitest';
import { studentCdf } from '../../../../web/engine/evaluation/distributions.ts';
import { createStop, type Decision } from '../../../../web/engine/evaluation/stop.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { StopSettings } from '../../../../web/engine/strategy.ts';

const RULES: readonly StopSettings[] = [
  { type: 'never' },
  { type: 'bayesian', risk: 0.05, least: 2 },
  { type: 'bayesian', risk: 0.01, least: 5 },
  { type: 'interval', confidence: 0.9, least: 3 },
  { type: 'hybrid', risk: 0.05, confidence: 0.9, least: 3 },
];

const OTHER: Readonly<Record<Decision, Decision>> = { above: 'below', below: 'above', 'go-on': 'go-on' };

describe.each(RULES.map((rule) => [JSON.stringify(rule), rule] as const))('the rule %s', (_name, rule) => {
  const stop = createStop(rule);
  const least = rule.type === 'never' ? Infinity : rule.least;

  it('says nothing before it has enough samples, nor of what lies on the threshold', () => {
    for (let count = 0; count < Math.min(least, 8); count++) {
      expect(
        stop.decide(
          Array.from({ length: count }, (_, i) => 100 + i),
          0,
        ),
      ).toBe('go-on');
    }
    expect(stop.decide([], -Infinity)).toBe('go-on');
    expect(stop.decide([3, 3, 3, 3, 3, 3], 3)).toBe('go-on');
    expect(stop.decide([1, 2, 3, 4, 5, 6], NaN)).toBe('go-on');
  });

  it('takes thresholds without end, samples without spread, and the ends of the scale', () => {
    if (rule.type === 'never') return;
    const spread = [1, 2, 3, 4, 5, 6];
    expect(stop.decide(spread, -Infinity)).toBe('above');
    expect(stop.decide(spread, Infinity)).toBe('below');
    for (const level of [1e-300, 1e-12, 1, 1e300, 1.7e308, -1e300]) {
      const flat = Array.from({ length: 6 }, () => level);
      expect(stop.decide(flat, level - Math.abs(level) / 2), `${level}`).toBe('above');
      expect(stop.decide(flat, level + Math.abs(level) / 2), `${level}`).toBe('below');
      const near = flat.map((each, i) => each * (1 - i / 1000));
      expect(stop.decide(near, level * 0.9), `${level}`).toBe(level > 0 ? 'above' : 'below');
    }
    expect(stop.decide([1e308, -1e308, 1e308, -1e308, 1e308, -1e308], 1)).toBe('go-on');
    expect(stop.decide([1, 1 + 1e-12, 1 - 1e-12, 1, 1, 1], 1 - 1e-11)).toBe('above');
  });

  it('takes both sides alike, and no side by scale or place', () => {
    const random = createRandom('sides');
    const seen: Record<Decision, number> = { above: 0, below: 0, 'go-on': 0 };
    for (let i = 0; i < 300; i++) {
      const samples = Array.from({ length: 1 + random.below(9) }, () => random.normal() + 1);
      const threshold = random.normal();
      const decision = stop.decide(samples, threshold);
      seen[decision]++;
      const mirrored = samples.map((each) => -each);
      expect(stop.decide(mirrored, -threshold)).toBe(OTHER[decision]);
      const moved = samples.map((each) => 1024 * (each + 64));
      expect(stop.decide(moved, 1024 * (threshold + 64))).toBe(decision);
      const shuffled = [...samples].reverse();
      expect(stop.decide(shuffled, threshold)).toBe(decision);
    }
    if (rule.type === 'never') expect(seen).toEqual({ above: 0, below: 0, 'go-on': 300 });
    else expect(Math.min(seen.above, seen.below, seen['go-on'])).toBeGreaterThan(10);
  });
});

/** Share of `runs` in which a rule that looks once, at `count` samples of a normal around the threshold, decides. */
function decidesAtOnce(rule: StopSettings, count: number, runs: number): number {
  const stop = createStop(rule);
  const random = createRandom(`once ${count}`);
  let decided = 0;
  for (let i = 0; i < runs; i++) {
    const samples = Array.from({ length: count }, () => random.normal());
    if (stop.decide(samples, 0) !== 'go-on') decided++;
  }
  return decided / runs;
}

/** Wrong and right decisions, and samples taken, of a rule that looks after each of up to 20 samples that lie `shift` deviations above. */
function sequentially(rule: StopSettings, shift: number, runs: number) {
  const stop = createStop(rule);
  const random = createRandom('sequence');
  const counts = { above: 0, below: 0, 'go-on': 0, samples: 0 };
  for (let i = 0; i < runs; i++) {
    const samples: number[] = [];
    let decision: Decision = 'go-on';
    while (samples.length < 20 && decision === 'go-on') {
      samples.push(shift + random.normal());
      decision = stop.decide(samples, 0);
    }
    counts[decision]++;
    counts.samples += samples.length;
  }
  return { wrong: counts.below / runs, right: counts.above / runs, samples: counts.samples / runs };
}

describe('how often a rule is wrong', () => {
  const RUNS = 4_000;
  const within = (measured: number, expected: number): void => {
    // Four standard errors of a share.
    expect(Math.abs(measured - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / RUNS));
  };

  it('at one look at no difference: the interval as often as it says, the normal as t says', () => {
    for (const count of [3, 5, 10]) {
      within(decidesAtOnce({ type: 'interval', confidence: 0.9, least: 2 }, count, RUNS), 0.1);
      const bayesian = 2 * studentCdf(-1.6448536269514722, count - 1);
      within(decidesAtOnce({ type: 'bayesian', risk: 0.05, least: 2 }, count, RUNS), bayesian);
    }
  });

  it('at a look after each sample: rarely where the difference is one deviation, and soon done', () => {
    const bayesian = sequentially({ type: 'bayesian', risk: 0.05, least: 2 }, 1, 2_000);
    const patient = sequentially({ type: 'bayesian', risk: 0.05, least: 5 }, 1, 2_000);
    const interval = sequentially({ type: 'interval', confidence: 0.9, least: 3 }, 1, 2_000);
    const hybrid = sequentially({ type: 'hybrid', risk: 0.05, confidence: 0.9, least: 3 }, 1, 2_000);
    expect(bayesian.wrong).toBeLessThan(0.04);
    expect(hybrid.wrong).toBeLessThan(0.02);
    for (const careful of [patient, interval]) expect(careful.wrong).toBeLessThan(0.01);
    for (const { right, samples } of [bayesian, patient, interval, hybrid]) {
      expect(right).toBeGreaterThan(0.95);
      expect(samples).toBeLessThan(7);
    }
    expect(bayesian.samples).toBeLessThan(hybrid.samples);
    expect(hybrid.samples).toBeLessThan(interval.samples);
  });

  it('never takes fewer samples for a smaller difference', () => {
    const rule: StopSettings = { type: 'interval', confidence: 0.9, least: 3 };
    const taken = [2, 1, 0.5, 0].map((shift) => sequentially(rule, shift, 500).samples);
    for (let i = 1; i < taken.length; i++) expect(taken[i]).toBeGreaterThan(taken[i - 1] ?? NaN);
  });
});
