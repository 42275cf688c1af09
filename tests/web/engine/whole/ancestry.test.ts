/** What models are told in a whole run of how a program came about. */
import { expect, it } from 'vitest';
import type { ModelRequest } from '../../../../web/engine/models/model.ts';
import type { Issued } from '../../../../web/engine/events.ts';
import type { ProgramId } from '../../../../web/engine/program.ts';
import { fitnessOf } from '../../../../web/engine/state.ts';
import { openWorld, type World } from './world.ts';

/** Programs told of in a prompt's section, oldest first, with the words of each. */
function toldIn(content: string): { readonly id: number; readonly words: string }[] {
  const [, text = ''] =
    /# How the current program came about, oldest first\n+```text\n([^`]*)\n```/.exec(content) ?? [];
  return text.split('\n').flatMap((line) => {
    const [, id, words = ''] = /^program (\d+)(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id: Number(id), words }];
  });
}

function lineTo({ run }: World, id: ProgramId): ProgramId[] {
  const line: ProgramId[] = [];
  for (let cursor: ProgramId | null = id; cursor !== null; cursor = run.state.programs[cursor]?.parent ?? null) {
    line.unshift(cursor);
  }
  return line;
}

it.each(['diff', 'rewrite', 'cross', 'refine', 'fix'])(
  '%s is told the line of its parent, step by step',
  async (name) => {
    const world = await openWorld({
      strategy: {
        operators: { [name]: 3, mutate: 1 },
        models: { ensemble: { cheap: 1 }, replyTokens: 2_000, promptTokens: 20_000, attempts: 1 },
        selection: { type: 'hill-climb' },
      },
      budget: { evaluations: 80 },
      seed: 12,
      failures: { rate: 0, retryAfter: null },
      rates: { good: 1 },
    });
    await world.finish();
    const jobs = new Map<number, Issued>();
    for (const event of world.log) if (event.type === 'issued') jobs.set(event.job, event);
    let told = 0;
    let longest = 0;
    for (const { key, messages } of world.requests as readonly ModelRequest[]) {
      const issued = jobs.get(Number(key.split('/')[1]));
      if (!issued || issued.parent === null || issued.operator !== name) continue;
      const steps = toldIn(messages.at(-1)?.content ?? '');
      const line = lineTo(world, issued.parent);
      // A program without ancestors has no story; of a long one the latest part is told.
      expect(steps.map(({ id }) => id)).toEqual(line.length === 1 ? [] : line.slice(-8));
      steps.forEach(({ id, words }, i) => {
        const [own, before] = [
          fitnessOf(world.run.state, id),
          i > 0 ? fitnessOf(world.run.state, steps[i - 1]!.id) : NaN,
        ];
        if (own === -Infinity) expect(words).toMatch(/it failed \(/);
        else if (own > before && before > -Infinity) expect(words).toMatch(/ better$/);
        else if (own < before) expect(words).toMatch(/ worse$/);
        else expect(words).toMatch(own === before ? /, as before$/ : /: fitness [-\d.]+$/);
      });
      told += steps.length > 0 ? 1 : 0;
      longest = Math.max(longest, steps.length);
    }
    expect(told).toBeGreaterThan(5);
    expect(longest).toBeGreaterThanOrEqual(3);
  },
);
