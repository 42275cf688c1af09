import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../../web/engine/operators/asking/difference.ts';
import { cross } from '../../../../web/engine/operators/cross.ts';
import { answering, contextOf, converse, ONE, specimen } from './asking.ts';

const BODY = ONE['f.js'] as string;
const near = specimen(3, { 'f.js': BODY.replace('0.5', '0.6') });
const far = specimen(5, { 'f.js': BODY.replace('0.5', '0.6').replace('= 3', '= 8').replace('x * i', 'x + i') });
const twin = specimen(9, { 'f.js': BODY });
const REPLY = `<CODE>\n\`\`\`js\n${BODY.replace('0.5', '0.9')}\`\`\`\n</CODE>`;

describe('cross', () => {
  it('needs another program', () => {
    const { model } = answering([REPLY]);
    expect(cross.applies(contextOf(ONE, model))).toBe(false);
    expect(cross.applies(contextOf(ONE, model, { inspirations: [twin] }))).toBe(false);
    expect(cross.applies(contextOf(ONE, model, { inspirations: [twin, near] }))).toBe(true);
    expect(cross.applies(contextOf(ONE, null, { inspirations: [near] }))).toBe(false);
  });

  it('shows the one that differs most as the other parent, each with its own kind', async () => {
    const { model, asked } = answering([REPLY]);
    const context = contextOf(
      ONE,
      { ...model, kinds: ['near', 'random', 'foreign'] },
      { inspirations: [near, twin, far] },
    );
    const { files } = await converse(cross, context);
    expect(files).toEqual({ 'f.js': BODY.replace('0.5', '0.9') });
    const prompt = asked[0]?.messages[1]?.content ?? '';
    const partner = prompt.slice(prompt.indexOf('# The other parent'));
    expect(partner).toContain('Program 5');
    expect(prompt).toContain('Program 3: close to the current program');
  });

  it('ends without one', async () => {
    const { proposals } = await converse(cross, contextOf(ONE, answering([REPLY]).model));
    expect(proposals).toMatchObject([{ type: 'none', final: true }]);
  });

  it('measures difference in lines, the same both ways', () => {
    expect(differenceOf(ONE, ONE)).toBe(0);
    expect(differenceOf({ a: 'x\ny\n' }, { a: '  y\nz\n' })).toBe(1 - 1 / 3);
    expect(differenceOf(near.files, far.files)).toBe(differenceOf(far.files, near.files));
    expect(differenceOf({}, {})).toBe(0);
  });
});
