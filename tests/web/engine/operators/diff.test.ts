import { describe, expect, it } from 'vitest';
import { diff } from '../../../../web/engine/operators/diff.ts';
import { NO_USAGE } from '../../../../web/engine/models/model.ts';
import { answering, contextOf, converse, MANY, ONE, OPEN, said } from './asking.ts';

const GOOD = `<NAME>more-steps</NAME>
<DESCRIPTION>More steps add more.</DESCRIPTION>
<DIFF>
<<<<<<< SEARCH
  const step = 3;
=======
  const step = 5;
>>>>>>> REPLACE
</DIFF>`;

describe('diff', () => {
  it('applies only with a model', () => {
    expect(diff.applies(contextOf(ONE, null))).toBe(false);
    expect(diff.applies(contextOf(ONE, answering([GOOD]).model))).toBe(true);
  });

  it('makes the change that the reply asks for', async () => {
    const { model, asked } = answering([GOOD]);
    const { files, proposals } = await converse(diff, contextOf(ONE, model));
    expect(files).toEqual({ 'f.js': ONE['f.js']?.replace('step = 3', 'step = 5') });
    expect(proposals).toMatchObject([{ type: 'edits', reply: GOOD, note: 'diff · more-steps: More steps add more.' }]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.purpose).toBe('propose');
    expect(asked[0]?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(asked[0]?.messages[0]?.content).toContain('<DIFF>');
  });

  it('changes the file that is named', async () => {
    const reply =
      '<DIFF>\nFILE: weight.ts\n<<<<<<< SEARCH\nexport const limit = 10;\n=======\nexport const limit = 12;\n>>>>>>> REPLACE\n</DIFF>';
    const { files } = await converse(diff, contextOf(MANY, answering([reply]).model));
    expect(files).toEqual({ ...MANY, 'weight.ts': MANY['weight.ts']?.replace('10', '12') });
  });

  it('goes on in the same conversation, with what was wrong', async () => {
    const bad = GOOD.replace('const step = 3', 'const stop = 3');
    const { model, asked } = answering([bad, GOOD]);
    const { files, attempts } = await converse(diff, contextOf(ONE, model));
    expect(files).not.toBeNull();
    expect(attempts).toHaveLength(1);
    const [first, second] = asked.map(({ messages }) => messages);
    expect(second?.slice(0, 2)).toEqual(first);
    expect(second?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(second?.[2]?.content).toContain('const stop = 3');
    expect(second?.[3]?.content).toContain('3 |   const step = 3;  (may change)');
  });

  it('is told when its change does not parse', async () => {
    const { model, asked } = answering([GOOD.replace('step = 5', 'step = ='), GOOD]);
    const { files } = await converse(diff, contextOf(ONE, model));
    expect(files).not.toBeNull();
    expect(asked[1]?.messages.at(-1)?.content).toMatch(/f\.js:3:/);
  });

  it('takes whole texts where a model gives them', async () => {
    const { model } = answering(['```js\nexport const f = (x) => x * 2;\n```']);
    expect((await converse(diff, contextOf(OPEN, model))).files).toEqual({
      'f.js': 'export const f = (x) => x * 2;\n',
    });
  });

  it('uses a reply that was cut behind its last tag, and no other', async () => {
    expect((await converse(diff, contextOf(ONE, answering([said(GOOD, 'length')]).model))).files).not.toBeNull();
    const cut = await converse(diff, contextOf(ONE, answering([said(GOOD.slice(0, -8), 'length')]).model));
    expect(cut).toMatchObject({
      files: null,
      attempts: [{ problem: expect.stringContaining('breaks off') as string }, {}, {}],
    });
  });

  it.each([
    [said('No.', 'refused'), 'refused to answer'],
    [said('', 'filtered'), 'filter'],
  ])('says in words how a model ended: %j', async (answer, words) => {
    const { attempts, files } = await converse(diff, contextOf(ONE, answering([answer]).model));
    expect(files).toBeNull();
    expect(attempts).toHaveLength(3);
    expect(attempts[0]?.problem).toContain(words);
  });

  it('ends where asking again can not help', async () => {
    const failure = { type: 'failed', reason: 'no such model', retryAfter: null, usage: NO_USAGE, dollars: 0 } as const;
    expect((await converse(diff, contextOf(ONE, answering([failure]).model))).proposals).toEqual([
      { type: 'none', reason: 'the model could not be asked: no such model', final: true },
    ]);
    const busy = { ...failure, reason: 'busy', retryAfter: 100 };
    expect((await converse(diff, contextOf(ONE, answering([busy], 2).model))).proposals).toMatchObject([
      { type: 'none' },
      { type: 'none', final: true },
    ]);
    expect((await converse(diff, contextOf(ONE, answering([busy, GOOD]).model))).files).not.toBeNull();
  });

  it('ends where nothing may change', async () => {
    const files = { 'f.js': '// EVOLVE-BLOCK-START\nexport const f = 1;\n' };
    expect((await converse(diff, contextOf(files, answering([GOOD]).model))).proposals).toEqual([
      { type: 'none', reason: 'f.js:1: EVOLVE-BLOCK-START without an EVOLVE-BLOCK-END after it', final: true },
    ]);
  });
});
