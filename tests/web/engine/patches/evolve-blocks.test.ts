import { describe, expect, it } from 'vitest';
import { evolvableRanges, evolveBlocks, fixedParts } from '../../../../web/engine/patches/evolve-blocks.ts';
import { parseFile } from '../../../../web/engine/syntax/parsed.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);

function blocks(text: string) {
  const parse = parseFile(syntax, 'javascript', text);
  if (parse.type === 'failed') throw new Error(parse.fault.what);
  return evolveBlocks(parse.file);
}

describe('evolveBlocks', () => {
  it('takes the whole file where there are no markers', () => {
    expect(blocks('a;\n')).toEqual({ type: 'ok', marked: false, ranges: [{ start: 0, end: 3 }] });
  });

  it('finds blocks in both comment forms, anywhere in the tree', () => {
    const text =
      'a;\n// EVOLVE-BLOCK-START\nb;\n// EVOLVE-BLOCK-END\nfunction f() {\n/* EVOLVE-BLOCK-START */ c; /* EVOLVE-BLOCK-END */\n}';
    const result = blocks(text);
    if (result.type !== 'ok') throw new Error(result.error.type);
    expect(result.ranges.map(({ start, end }) => text.slice(start, end))).toEqual(['\nb;\n', ' c; ']);
    expect(fixedParts(text, result.ranges).join('')).toBe(text.replace('\nb;\n', '').replace(' c; ', ''));
  });

  it('ignores markers in strings', () => {
    expect(blocks('const s = "// EVOLVE-BLOCK-START";')).toMatchObject({ marked: false });
  });

  it.each([
    ['a;\n// EVOLVE-BLOCK-END', 'unopened', 2],
    ['// EVOLVE-BLOCK-START\na;', 'unclosed', 1],
    ['// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-END', 'nested', 2],
    ['// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-END\n// EVOLVE-BLOCK-END', 'unopened', 3],
  ])('says what is wrong in %j', (text, type, line) => {
    expect(blocks(text)).toEqual({ type: 'failed', error: { type, line } });
  });
});

describe('evolvableRanges', () => {
  it('lets every code file change where no file has markers', () => {
    const files = { 'a.js': 'a;', 'b.js': 'bb;', 'c.csv': '1,2' };
    expect(evolvableRanges(syntax, 'javascript', files)).toEqual({
      type: 'ok',
      ranges: { 'a.js': [{ start: 0, end: 2 }], 'b.js': [{ start: 0, end: 3 }], 'c.csv': [] },
    });
  });

  it('fixes files without markers where another has them', () => {
    const marked = '// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-END';
    expect(evolvableRanges(syntax, 'javascript', { 'a.js': 'a;', 'b.js': marked })).toEqual({
      type: 'ok',
      ranges: { 'a.js': [], 'b.js': [{ start: 21, end: 22 }] },
    });
  });

  it('names file and line of what does not parse or balance', () => {
    expect(evolvableRanges(syntax, 'javascript', { 'a.js': 'a;\nf(' })).toMatchObject({ type: 'failed' });
    expect(evolvableRanges(syntax, 'typescript', { 'x.ts': '\n// EVOLVE-BLOCK-END' })).toEqual({
      type: 'failed',
      reason: 'x.ts:2: EVOLVE-BLOCK-END without a EVOLVE-BLOCK-START before it',
    });
  });
});
