import { describe, expect, it } from 'vitest';
import { fix } from '../../../../web/engine/operators/fix.ts';
import { answering, contextOf, converse, evaluation, ONE, specimen } from './asking.ts';

const BODY = ONE['f.js'] as string;
const GOOD = `<CODE>\n\`\`\`js\n${BODY.replace('0.5', '0')}\`\`\`\n</CODE>`;
const broken = specimen(7, ONE, {
  status: 'incorrect',
  reason: 'the sum of nothing is not zero',
  evaluation: evaluation({ fitness: null, correct: false, feedback: 'f(0) was 0.5' }),
});

describe('fix', () => {
  it('takes programs that failed, and only those', () => {
    const { model } = answering([GOOD]);
    expect(fix.mends).toBe(true);
    expect(fix.applies(contextOf(ONE, model))).toBe(false);
    expect(fix.applies(contextOf(ONE, model, { parent: broken }))).toBe(true);
    expect(fix.applies(contextOf(ONE, null, { parent: broken }))).toBe(false);
  });

  it('shows status, reason, feedback and lineage, and takes a whole text or a diff', async () => {
    const lineage = [specimen(0, { 'f.js': BODY.replace('0.5', '0.25') }, { note: 'the first of all' })];
    const diff = '<DIFF>\n<<<<<<< SEARCH\n  let sum = 0.5;\n=======\n  let sum = 0;\n>>>>>>> REPLACE\n</DIFF>';
    for (const reply of [GOOD, diff]) {
      const { model, asked } = answering([reply]);
      const { files } = await converse(fix, contextOf(ONE, { ...model, lineage }, { parent: broken }));
      expect(files).toEqual({ 'f.js': BODY.replace('0.5', '0') });
      const prompt = asked[0]?.messages[1]?.content ?? '';
      for (const words of ['incorrect', 'the sum of nothing is not zero', 'f(0) was 0.5', 'the first of all']) {
        expect(prompt).toContain(words);
      }
      expect(asked[0]?.purpose).toBe('fix');
    }
  });
});
