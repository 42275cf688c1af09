import { describe, expect, it } from 'vitest';
import { rewrite } from '../../../../web/engine/operators/rewrite.ts';
import { VARIANTS } from '../../../../web/engine/prompts/index.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { answering, contextOf, converse, MANY, ONE } from './asking.ts';

const BODY = ONE['f.js'] as string;

const code = (text: string): string => `<NAME>new</NAME>\n<DESCRIPTION>d</DESCRIPTION>\n<CODE>\n${text}\n</CODE>`;

describe('rewrite', () => {
  it('takes what may change from the reply, and nothing else', async () => {
    const reply = code(`\`\`\`javascript\n${BODY.replace('0.5', '0.75').replace('return sum', 'return 0')}\`\`\``);
    const { files } = await converse(rewrite, contextOf(ONE, answering([reply]).model));
    expect(files).toEqual({ 'f.js': BODY.replace('0.5', '0.75') });
  });

  it('takes several files and regions', async () => {
    const weight = MANY['weight.ts'] as string;
    const reply = code(
      `FILE: weight.ts\n\`\`\`typescript\n${weight.replace('0.75', '0.5').replace('10', '11').replace('1.0', '2.0')}\`\`\``,
    );
    const { files } = await converse(rewrite, contextOf(MANY, answering([reply]).model));
    expect(files).toEqual({ ...MANY, 'weight.ts': weight.replace('0.75', '0.5').replace('10', '11') });
  });

  it('draws its instruction uniformly, once for a conversation', async () => {
    const drawn = new Map<string, number>();
    for (let i = 0; i < 200; i++) {
      const { model, asked } = answering(['no', code(`\`\`\`js\n${BODY.replace('0.5', '9')}\`\`\``)]);
      const { proposals } = await converse(rewrite, contextOf(ONE, model, { random: createRandom(i) }));
      expect(asked[1]?.messages.slice(0, 2)).toEqual(asked[0]?.messages);
      const note = (proposals[1] as { note: string }).note;
      const variant = /^rewrite \((.+?)\)/.exec(note)?.[1] ?? 'default';
      drawn.set(variant, (drawn.get(variant) ?? 0) + 1);
    }
    expect([...drawn.keys()].sort()).toEqual([...VARIANTS].sort());
    // Chi-square with four degrees of freedom, 99.9 %.
    const expected = 200 / VARIANTS.length;
    expect([...drawn.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(18.47);
  });
});
