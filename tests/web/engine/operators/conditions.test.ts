import { expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../../../web/engine/defaults.ts';
import { mutate } from '../../../../web/engine/operators/mutate.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { experiment, realSyntax } from '../stand-ins.ts';

const files = { 'seed.js': 'export function f(x, y) {\n  let sum = x * 3;\n  sum += y;\n  return sum - x / y;\n}\n' };

async function texts(comparisons: string[]): Promise<string[]> {
  const syntax = await realSyntax();
  const vocabulary = { ...DEFAULT_STRATEGY.vocabulary, comparisons };
  const random = createRandom(4);
  return Promise.all(
    Array.from({ length: 400 }, async (_, i) => {
      const proposal = await mutate.propose({
        experiment: experiment({ vocabulary }, { files }),
        syntax,
        parent: { id: 0, files, evaluation: null, status: 'proposed', reason: '', note: '' },
        inspirations: [],
        ancestor: null,
        random: random.split(i),
        evaluations: 0,
        model: null,
        attempts: [],
      });
      return proposal.type === 'edits' ? (applyEdits(files, proposal.edits)['seed.js'] as string) : '';
    }),
  );
}

it('writes conditions only where the experiment lists comparisons', async () => {
  const conditional = (text: string): boolean => /\?|\bif\b|[<>]/.test(text);
  expect((await texts([])).filter(conditional)).toEqual([]);
  expect((await texts(['<'])).filter(conditional).length).toBeGreaterThan(10);
});
