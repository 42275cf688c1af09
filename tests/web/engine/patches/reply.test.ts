import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_BODY, parseReply } from '../../../../web/engine/patches/reply.ts';
import { block } from './program.ts';

const BLOCK = block(['a;'], ['b;']);
const FENCE = '```javascript\nlet a;\n```';

function body(text: string, cut = false): string {
  const reply = parseReply(text, cut);
  return reply.type === 'ok' ? `${reply.body.kind}: ${reply.body.text.trim()}` : reply.problem;
}

describe('parseReply', () => {
  it('reads the three parts', () => {
    expect(
      parseReply(
        `<NAME>smaller-step</NAME>\n\n<DESCRIPTION>\nLess is\nmore.\n</DESCRIPTION>\n\n<DIFF>\n${BLOCK}\n</DIFF>\n`,
      ),
    ).toEqual({
      type: 'ok',
      name: 'smaller-step',
      description: 'Less is more.',
      body: { kind: 'diff', text: `\n${BLOCK}\n` },
    });
    expect(body(`<NAME>x</NAME><DESCRIPTION>y</DESCRIPTION><CODE>\n${FENCE}\n</CODE>`)).toBe(`code: ${FENCE}`);
  });

  it.each([
    ['lower case tags', `<name>x</name>\n<diff>\n${BLOCK}\n</diff>`],
    ['talk around it', `Of course!\n<DIFF>\n${BLOCK}\n</DIFF>\nI hope it helps.`],
    ['CRLF', `<DIFF>\n${BLOCK}\n</DIFF>`.replaceAll('\n', '\r\n')],
    ['a diff in the other tag', `<CODE>\n${BLOCK}\n</CODE>`],
    ['no closing tag', `<DIFF>\n${BLOCK}\n`],
    ['no tags', `I change a line.\n${BLOCK}\nDone.`.replace('Done.', '')],
    ['thoughts before', `<think>\nFirst <DIFF>\nnonsense\n</DIFF>\n</think>\n<DIFF>\n${BLOCK}\n</DIFF>`],
    ['thoughts without a beginning', `so I do this.\n</think>\n<DIFF>\n${BLOCK}\n</DIFF>`],
  ])('takes %s', (_, text) => {
    expect(body(text)).toContain('diff:');
    expect(body(text)).toContain(BLOCK);
    expect(body(text)).not.toContain('nonsense');
  });

  it('takes fences without tags', () => {
    expect(body(`Here:\n${FENCE}\nDone.`)).toBe(`code: Here:\n${FENCE}\nDone.`);
    expect(body(`<DIFF>\n${FENCE}\n</DIFF>`)).toBe(`code: ${FENCE}`);
  });

  it('keeps tags that the code holds', () => {
    const code = '```js\nconst t = "</CODE>";\nconst u = "<CODE>";\n// </think>\n```';
    expect(body(`<NAME>a</NAME>\n<CODE>\n${code}\n</CODE>\nBye.`)).toBe(`code: ${code}`);
  });

  it.each([
    ['', 'is empty'],
    [' \n\t ', 'is empty'],
    ['I would rather not.', 'neither a DIFF part'],
    ['<NAME>x</NAME>', 'neither a DIFF part'],
    ['<DIFF>\n</DIFF>', 'The DIFF part is empty'],
    ['<CODE>\n```js\nlet a', 'breaks off'],
    ['<CODE>\nlet a', 'breaks off'],
    ['<DIFF>\n<<<<<<< SEARCH\na', 'breaks off'],
    ['```js\nlet a', 'breaks off'],
    ['<think>for ever', 'is empty'],
  ])('says what is wrong with %j', (text, words) => {
    expect(body(text)).toContain(words);
  });

  it('knows a reply that was cut from one that is whole', () => {
    const whole = `<DIFF>\n${BLOCK}\n</DIFF>`;
    expect(body(whole, true)).toContain('diff:');
    expect(body(`<DIFF>\n${BLOCK}\n`, true)).toContain('breaks off');
    expect(body(`<CODE>\n${FENCE}\n`, true)).toContain('breaks off');
    expect(body('', true)).toContain('breaks off');
  });

  it('refuses a body that is too long, and says how long', () => {
    const text = `<CODE>\n\`\`\`js\n${'a;\n'.repeat(MOST_BODY / 3 + 1)}\`\`\`\n</CODE>`;
    expect(body(text)).toMatch(/CODE part has \d{6} characters; at most 200000/);
  });

  it('makes name and description fit for one line', () => {
    const reply = parseReply(
      `<NAME>a\u0000\u202eb\n${'c'.repeat(500)}</NAME><DESCRIPTION>\ud800${'d '.repeat(5000)}</DESCRIPTION>\n<DIFF>\n${BLOCK}\n</DIFF>`,
    );
    if (reply.type === 'failed') throw new Error(reply.problem);
    expect(reply.name).toMatch(/^a bc? ?c+…$/);
    expect(reply.name.length).toBeLessThanOrEqual(80);
    expect(reply.description.length).toBeLessThanOrEqual(2000);
    expect(reply.description.isWellFormed()).toBe(true);
  });

  // Anything that looks at a part of these again for each of its pieces would take hours.
  it.each([
    '<CODE>',
    '<CODE>\n',
    '</CODE>\n',
    '</think>',
    '<think>',
    '```\n',
    '`',
    '~~~\n',
    '<<<<<<< SEARCH\n',
    '<',
    ' ',
    '\n',
    '\r',
    '<NAME>',
    '\t<DIFF>',
    '<DESCRIPTION',
    'a',
  ])(
    'reads ten megabytes of %j',
    (piece) => {
      const run = piece.repeat(Math.floor(10_000_000 / piece.length));
      expect(parseReply(run).type).toBe('failed');
      parseReply(`${run}\n<DIFF>\n${BLOCK}\n</DIFF>\n`);
      parseReply(`<DIFF>\n${BLOCK}\n</DIFF>\n${run}`);
      parseReply(`<think>\n${run}`);
    },
    60_000,
  );

  it('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<NAME>',
        '</NAME>',
        '<DIFF>',
        '</DIFF>',
        '<CODE>',
        '</CODE>',
        '\n',
        '```',
        '```js\n',
        BLOCK,
        '<think>',
        '</think>',
      ),
      fc.string({ unit: 'binary', maxLength: 10 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, cut) => {
        const reply = parseReply(pieces.join(''), cut);
        if (reply.type === 'ok') expect(reply.body.text.isWellFormed()).toBe(true);
        else expect(reply.problem.length).toBeLessThan(500);
      }),
      { numRuns: 2000 },
    );
  });
});
