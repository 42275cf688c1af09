import { describe, expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../../../web/engine/defaults.ts';
import { promptTokensAtMost } from '../../../../web/engine/models/tokens.ts';
import { planContexts } from '../../../../web/engine/prompts/context-plan.ts';
import { promptFits, programPrompt, retryMessages } from '../../../../web/engine/prompts/index.ts';
import { PROMPT_KINDS } from '../../../../web/engine/prompts/program-prompt.ts';
import { context, evaluation, experiment, specimen } from './fixtures.ts';
import type { ContextPlan } from '../../../../web/engine/prompts/context-plan.ts';
import type { Experiment, Strategy } from '../../../../web/engine/experiment.ts';
import type { ModelsSettings } from '../../../../web/engine/strategy.ts';

const asking = (models: Partial<ModelsSettings>, rest: Partial<Strategy> = {}): Experiment =>
  experiment({
    strategy: {
      ...DEFAULT_STRATEGY,
      longest: 8_000,
      models: { ...DEFAULT_STRATEGY.models, ensemble: { m: 1 }, promptTokens: 40_000, ...models },
      ...rest,
    },
  });

const only = (plans: readonly ContextPlan[]): ContextPlan => {
  expect(plans).toHaveLength(1);
  return plans[0] as ContextPlan;
};

describe('context plans', () => {
  it('fits a long window, and says so', () => {
    const plan = only(planContexts(asking({}), { m: 200_000 }));
    expect(plan.fits).toBe(true);
    expect(plan.window).toBe(200_000);
    expect(plan.typical).toBeLessThan(plan.needed);
    expect(plan.needed).toBeLessThanOrEqual(plan.most);
    expect(plan.parts.reduce((sum, { tokens }) => sum + tokens, 0)).toBeGreaterThan(0);
    const roomy = only(planContexts(asking({ promptTokens: 1e6 }), { m: 2e6 }));
    expect(roomy.advice).toEqual(['Everything fits, also at its longest.']);
  });

  it('does not fit a short window, and names a budget that would', () => {
    const plan = only(planContexts(asking({}), { m: 16_000 }));
    expect(plan.fits).toBe(false);
    const room = Number(/limit prompts to (\d+) tokens/.exec(plan.advice.join(' '))?.[1]);
    expect(room).toBeGreaterThan(0);
    expect(only(planContexts(asking({ promptTokens: room }), { m: 16_000 })).fits).toBe(true);
  });

  it('does not fit where the longest program does not fit into a prompt, and names what would', () => {
    const plan = only(planContexts(asking({ promptTokens: 13_500 }), { m: 1e6 }));
    expect(plan.fits).toBe(false);
    const [, least, longest] = /at least (\d+) tokens, or programs of at most (\d+) characters/.exec(
      plan.advice.join(' '),
    ) as unknown as [string, string, string];
    expect(only(planContexts(asking({ promptTokens: Number(least) }), { m: 1e6 })).fits).toBe(true);
    expect(only(planContexts(asking({ promptTokens: 13_500 }, { longest: Number(longest) }), { m: 1e6 })).fits).toBe(
      true,
    );
  });

  it('speaks of windows nobody knows', () => {
    const plan = only(planContexts(asking({}), {}));
    expect(plan.window).toBeNull();
    expect(plan.fits).toBe(true);
    expect(plan.advice.join(' ')).toContain('not known');
  });

  it('has a plan for each model with a share, and takes the islands’ own settings into account', () => {
    const { models } = asking({}).strategy;
    const own = [{ models: { ...models, ensemble: { m: 1, n: 1 }, promptTokens: 90_000 } }];
    const several = asking({ ensemble: { m: 1, off: 0 } }, { islands: { ...DEFAULT_STRATEGY.islands, own } });
    const plans = planContexts(several, {});
    expect(plans.map(({ model }) => model)).toEqual(['m', 'n']);
    expect(plans[0]?.most).toBeGreaterThan(only(planContexts(asking({}), {})).most);
    expect(planContexts(experiment(), {})).toEqual([]);
  });

  it('keeps its word: what is planned to fit, fits, whatever the run brings', () => {
    const planned = asking({ promptTokens: 24_000 });
    const plan = only(planContexts(planned, { m: 1e6 }));
    expect(plan.fits).toBe(true);
    const files = { 'place.js': 'const value = 1;\n'.repeat(8_000).slice(0, planned.strategy.longest) };
    const scored = evaluation({
      feedback: 'word '.repeat(9_000),
      scores: { a: 1, b: 2 },
      metrics: Object.fromEntries([...Array(40).keys()].map((i) => [`metric-${i}`, i / 7])),
      fitness: null,
      correct: false,
    });
    const big = (id: number) =>
      specimen(id, {
        files,
        evaluation: scored,
        note: 'n'.repeat(500),
        status: 'incorrect',
        reason: 'r\n'.repeat(3_000),
      });
    const stressed = context(
      { experiment: planned, parent: big(7), inspirations: [big(3), big(4), big(5)] },
      {
        promptTokens: 24_000,
        hints: ['h'.repeat(3_000)],
        recommendation: 'go '.repeat(900),
        scratchpad: 's '.repeat(9_000),
        best: big(9),
        lineage: [big(1)],
      },
    );
    for (const kind of PROMPT_KINDS) {
      expect(promptFits(kind, stressed, null).type, kind).toBe('fits');
      const prompt = programPrompt(kind, stressed, null);
      expect(promptTokensAtMost(prompt)).toBeLessThanOrEqual(24_000);
      const attempts = [0, 1].map(() => ({ reply: 'r\n'.repeat(20_000), problem: 'p\n'.repeat(20_000) }));
      expect(promptTokensAtMost(retryMessages(prompt, attempts, 24_000))).toBeLessThanOrEqual(24_000);
    }
  });
});
