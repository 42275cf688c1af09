import { describe, expect, it } from 'vitest';
import { refine } from '../../../../web/engine/operators/refine.ts';
import { answering, contextOf, converse, evaluation, ONE, specimen } from './asking.ts';

const REPLY = '<DIFF>\n<<<<<<< SEARCH\n  const step = 3;\n=======\n  const step = 4;\n>>>>>>> REPLACE\n</DIFF>';

describe('refine', () => {
  it('needs something to go by', () => {
    const { model } = answering([REPLY]);
    const applies = (parent: ReturnType<typeof specimen>): boolean => refine.applies(contextOf(ONE, model, { parent }));
    expect(applies(specimen(1, ONE, { evaluation: null }))).toBe(false);
    expect(applies(specimen(1, ONE, { evaluation: evaluation({ metrics: {}, feedback: ' ' }) }))).toBe(false);
    expect(applies(specimen(1, ONE, { evaluation: evaluation({ metrics: {}, feedback: 'slow' }) }))).toBe(true);
    expect(applies(specimen(1, ONE, { evaluation: evaluation({ metrics: { score: 2 } }) }))).toBe(true);
  });

  it('shows figures and feedback, and asks for one step', async () => {
    const parent = specimen(4, ONE, { evaluation: evaluation({ metrics: { score: 2.5 }, feedback: 'too few steps' }) });
    const { model, asked } = answering([REPLY]);
    const { files } = await converse(refine, contextOf(ONE, model, { parent }));
    expect(files?.['f.js']).toContain('step = 4');
    expect(asked[0]?.messages[1]?.content).toContain('too few steps');
    expect(asked[0]?.messages[1]?.content).toContain('2.5');
    expect(asked[0]?.purpose).toBe('refine');
  });
});
