import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChoiceName } from '../../../../web/engine/choice.ts';
import { CHOICES } from '../../../../web/engine/choice.ts';
import type { RunEvent } from '../../../../web/engine/events.ts';
import { critical } from '../chi-square.ts';
import { asking, offline, seeds } from './settings.ts';
import { trial } from './trial.ts';
import { openWorld } from './world.ts';

const BUCKETS = 8;

interface Bucket {
  /** Times something with this probability was to be chosen, was expected to be, and was. */
  count: number;
  expected: number;
  variance: number;
  chosen: number;
}

/** One bucket by probability, for each kind of choice and the name of its rule. */
type Tally = Map<string, Bucket[]>;

function tally(log: readonly RunEvent[], into: Tally): void {
  for (const event of log) {
    if (event.type !== 'issued') continue;
    for (const { choice, policy, chosen, top } of event.choices) {
      const rule = choice === 'inspirations' ? '' : policy.replace(/\(.*|,.*/, '');
      const key = `${choice} ${rule}`;
      let buckets = into.get(key);
      if (!buckets) {
        buckets = Array.from({ length: BUCKETS }, () => ({ count: 0, expected: 0, variance: 0, chosen: 0 }));
        into.set(key, buckets);
      }
      for (const [what, probability] of top) {
        const bucket = buckets[Math.min(BUCKETS - 1, Math.floor(probability * BUCKETS))] as Bucket;
        bucket.count++;
        bucket.expected += probability;
        bucket.variance += probability * (1 - probability);
        if (what === chosen) bucket.chosen++;
      }
    }
  }
}

/**
 * What was chosen against what the log says it was chosen with. Given what was before, each decision is one draw, so the sum of misses over
 * its spread is normal in the long run, whatever the decisions before it led to.
 */
it('things are chosen as often as their logged probabilities say, for every kind of choice and every rule', async () => {
  const all: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(fc.oneof(offline, offline, asking), seeds, async (strategy, seed) => {
      const world = await openWorld({ strategy, budget: { evaluations: 60 }, seed });
      await world.finish();
      tally(world.log, all);
    }),
    trial(500, 25),
  );
  const kinds = new Set<ChoiceName>();
  let tested = 0;
  for (const [key, buckets] of all) {
    for (const [i, { count, expected, variance, chosen }] of buckets.entries()) {
      if (variance < 10) continue;
      tested++;
      kinds.add(key.split(' ')[0] as ChoiceName);
      const said = `${key}, bucket ${i}: ${chosen} of ${count}, ${expected.toFixed(1)} expected`;
      expect((chosen - expected) ** 2 / variance, said).toBeLessThan(critical(1));
    }
  }
  expect([...kinds].toSorted()).toEqual([...CHOICES].toSorted());
  expect(tested).toBeGreaterThan(50);
}, 240_000);
