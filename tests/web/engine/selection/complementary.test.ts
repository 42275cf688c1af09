import { expect, it } from 'vitest';
import type { Evaluation } from '../../../../web/engine/program.ts';
import { winsOver, type Scored } from '../../../../web/engine/selection/complementary.ts';
import { evaluation } from '../stand-ins.ts';

function scored(fitness: number, figures: Partial<Pick<Evaluation, 'scores' | 'metrics'>>): Scored {
  return { fitness, evaluation: evaluation(fitness, { scores: {}, metrics: {}, ...figures }) };
}

it('counts instances won, so that many of many is more than one of one', () => {
  const parent = scored(1, { scores: { a: 1, b: 1, c: 1 } });
  const wins = winsOver(parent, []);
  expect(wins(scored(2, { scores: { a: 2, b: 2, c: 0 } }))).toBe(2);
  expect(wins(scored(2, { scores: { a: 2 } }))).toBe(1);
  expect(wins(scored(2, { scores: { a: 1, b: 1, c: 1, d: 9 } }))).toBe(0);
  expect(wins({ fitness: 2, evaluation: null })).toBe(0);
});

it('takes a metric in the direction in which it goes with fitness', () => {
  const members = [
    scored(9, { metrics: { error: 1, speed: 50, colour: 3 } }),
    scored(7, { metrics: { error: 2, speed: 40, colour: 1 } }),
    scored(5, { metrics: { error: 5, speed: 20, colour: 1 } }),
    scored(3, { metrics: { error: 7, speed: 10, colour: 3 } }),
  ];
  const wins = winsOver(members[1] as Scored, members);
  expect(wins(members[0] as Scored)).toBe(2);
  expect(wins(members[2] as Scored)).toBe(0);
  // Less accurate but faster; colour goes neither way.
  expect(wins(scored(6, { metrics: { error: 3, speed: 60, colour: 99 } }))).toBe(1);
  const scaled = members.map((each) =>
    scored(each.fitness * 1e-300 - 5, { metrics: { error: (each.evaluation?.metrics.error as number) * 1e9 } }),
  );
  expect(winsOver(scaled[1] as Scored, scaled)(scaled[0] as Scored)).toBe(0);
  const ordered = members.map((each) =>
    scored(each.fitness * 1e-12, { metrics: { error: (each.evaluation?.metrics.error as number) * 1e9 } }),
  );
  expect(winsOver(ordered[1] as Scored, ordered)(ordered[0] as Scored)).toBe(1);
});

it('counts no metric where fitness tells nobody apart', () => {
  const alike = [1, 2, 3].map((x) => scored(4, { metrics: { x } }));
  expect(winsOver(alike[0] as Scored, alike)(alike[2] as Scored)).toBe(0);
});
