import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../../../web/engine/experiment.ts';
import { outlookOf, outlookWords } from '../../../../web/engine/models/outlook.ts';
import { withModels } from '../../../../web/engine/models/plan.ts';
import { experiment } from '../stand-ins.ts';

const price = { input: 2, cached: 2, output: 10, written: null, long: null };
const chosen = [{ name: 'a', share: 1, price, context: null, reply: null, reasons: false }];
const plain = experiment({ operators: { mutate: 1 } });
const formats = { count: (value: number) => String(value), dollars: (value: number) => `$${value.toFixed(2)}` };

function outlook(budget: Partial<typeof plain.budget>, change: (strategy: Strategy) => Strategy = (each) => each) {
  const strategy = change(withModels(plain.strategy, chosen, 'half', budget.dollars ?? null));
  return outlookOf({ ...plain, strategy, budget: { ...plain.budget, ...budget } }, { a: 200_000 });
}

describe('the outlook of a run with models', () => {
  it('grows with the evaluations, and stays within the sum', () => {
    const [few, many] = [
      outlook({ evaluations: 100, dollars: 1_000 }),
      outlook({ evaluations: 1_000, dollars: 1_000 }),
    ];
    expect(few.estimate.likely.calls).toBeGreaterThan(40);
    expect(many.estimate.likely.calls / few.estimate.likely.calls).toBeCloseTo(10, 0);
    expect(many.estimate.worst.dollars).toBeGreaterThan(many.estimate.likely.dollars);
    const short = outlook({ evaluations: 1_000, dollars: 0.5 });
    expect(short.estimate.asking).toBeLessThan(1);
    expect(short.estimate.likely.dollars).toBeLessThanOrEqual(0.5);
    expect(short.estimate.worst.dollars).toBeLessThanOrEqual(0.5);
    const [first] = outlookWords(short, formats);
    expect(first).toMatch(
      /^Likely \d+ calls and \$0\.\d\d, at most \d+ calls and \$0\.50\. The budget is likely to last for \d+ % of the run/,
    );
  });

  it('counts what is asked beside proposals', () => {
    const bare = outlook({ evaluations: 100, dollars: 1_000 });
    const more = outlook({ evaluations: 100, dollars: 1_000 }, (strategy) => ({
      ...strategy,
      memory: { ...strategy.memory, every: 10 },
      prompts: { ...strategy.prompts, evolveEvery: 20 },
      novelty: { vectors: 'remote', threshold: 0.99, judge: 'a', model: 'v' },
      evaluation: { ...strategy.evaluation, judge: { model: 'a', rubric: 'short', weight: 1 } },
    }));
    expect(more.estimate.lines.map(({ purpose }) => purpose)).toEqual(
      expect.arrayContaining(['propose', 'judge', 'memory', 'prompt', 'embed', 'score']),
    );
    expect(more.estimate.likely.calls).toBeGreaterThan(bare.estimate.likely.calls + 100);
    expect(more.estimate.unpriced).toEqual(['v']);
    expect(outlookWords(more, formats)[0]).toContain('an unknown sum');
  });

  it('counts searches of the web where models may make them: what is likely a little, what is the most a lot', () => {
    const at = (search: { share: number; most: number }, own = { ...price, search: 0.01 }) => {
      const from = { ...plain.strategy, models: { ...plain.strategy.models, search } };
      const strategy = withModels(from, [{ ...chosen[0], price: own } as (typeof chosen)[number]], 'half', 1_000);
      return outlookOf({ ...plain, strategy, budget: { ...plain.budget, evaluations: 100, dollars: 1_000 } }, {})
        .estimate;
    };
    const without = at({ share: 0, most: 2 });
    const [tenth, all] = [at({ share: 0.1, most: 2 }), at({ share: 1, most: 2 })];
    expect(tenth.likely.calls).toBe(without.likely.calls);
    const more = (one: typeof all) => one.likely.dollars - without.likely.dollars;
    expect(more(tenth)).toBeGreaterThan(0);
    expect(more(all) / more(tenth)).toBeCloseTo(10, 1);
    expect(more(all)).toBeGreaterThan(0.02 * all.likely.calls);
    expect(all.likely.dollars).toBeLessThan(all.worst.dollars);
    expect(tenth.worst.dollars).toBeGreaterThan(2 * without.worst.dollars);
    expect(at({ share: 1, most: 2 }, price as typeof price & { search: number })).toEqual(without);
  });

  it('says of a run without an end what its first proposals cost, and names what does not fit', () => {
    expect(outlookWords(outlook({ evaluations: null, dollars: 1_000 }), formats)[0]).toContain(
      'in the first 1,000 proposals',
    );
    const small = outlook({ evaluations: 10, dollars: 10 });
    const tight = outlookOf({ ...plain, strategy: withModels(plain.strategy, chosen, 'half', 10) }, { a: 1_000 });
    expect(tight.contexts[0]?.fits).toBe(false);
    expect(outlookWords(tight, formats).slice(1).join(' ')).toMatch(/^a: .*1000/);
    expect(small.contexts).toHaveLength(1);
  });
});
