import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeEdits } from '../../../../web/engine/patches/compose.ts';
import { applyEdits, diffFiles } from '../../../../web/engine/patches/edits.ts';
import type { Edit } from '../../../../web/engine/program.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀', '1'), maxLength: 30 });

/** Ordered edits of a text that do not overlap, from any list of numbers. */
function editsOf(file: string, base: string, draws: readonly [number, number, string][]): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  for (const [skip, length, young] of draws) {
    const start = at + skip;
    const end = start + length;
    if (end > base.length) break;
    edits.push({ file, start, end, text: young });
    at = end + 1;
  }
  return edits;
}

const draws = fc.array(fc.tuple(fc.nat(6), fc.nat(4), text), { maxLength: 5 });

describe('applyEdits', () => {
  it('replaces ranges of the base text in several files', () => {
    const files = { 'a.js': 'let a = 1;', 'b.js': 'let b = 2;' };
    const edits: Edit[] = [
      { file: 'a.js', start: 0, end: 3, text: 'const' },
      { file: 'a.js', start: 8, end: 9, text: '10' },
      { file: 'b.js', start: 10, end: 10, text: '\n' },
    ];
    expect(applyEdits(files, edits)).toEqual({ 'a.js': 'const a = 10;', 'b.js': 'let b = 2;\n' });
    expect(files['a.js']).toBe('let a = 1;');
  });

  it.each<[string, Edit[]]>([
    [
      'overlapping',
      [
        { file: 'a', start: 0, end: 3, text: '' },
        { file: 'a', start: 2, end: 4, text: '' },
      ],
    ],
    ['past the end', [{ file: 'a', start: 4, end: 9, text: '' }]],
    ['turned round', [{ file: 'a', start: 3, end: 2, text: '' }]],
    ['of a file that is not there', [{ file: 'toString', start: 0, end: 0, text: '' }]],
    [
      'of one file in two places',
      [
        { file: 'a', start: 0, end: 0, text: '' },
        { file: 'b', start: 0, end: 0, text: '' },
        { file: 'a', start: 1, end: 1, text: '' },
      ],
    ],
  ])('throws on edits %s', (_, edits) => {
    expect(() => applyEdits({ a: 'abcdef', b: 'b' }, edits)).toThrow();
  });
});

describe('diffFiles', () => {
  it('leads from one version to the other, whatever they are, and never cuts a pair of surrogates', () => {
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        const edits = diffFiles({ x: a, y: b }, { x: c, y: d });
        expect(applyEdits({ x: a, y: b }, edits)).toEqual({ x: c, y: d });
        for (const edit of edits) expect(edit.text.isWellFormed()).toBe(true);
      }),
    );
  });

  it('is as short as the common head and tail allow', () => {
    expect(diffFiles({ a: 'let x = 10;' }, { a: 'let x = 20;' })).toEqual([{ file: 'a', start: 8, end: 9, text: '2' }]);
    expect(diffFiles({ a: 'same' }, { a: 'same' })).toEqual([]);
  });
});

describe('composeEdits', () => {
  it('does in one step what the two do in turn', () => {
    fc.assert(
      fc.property(text, draws, draws, (base, one, two) => {
        const files = { f: base, g: 'other' };
        const first = editsOf('f', base, one);
        const between = applyEdits(files, first);
        const second = editsOf('f', between.f as string, two);
        expect(applyEdits(files, composeEdits(files, first, second))).toEqual(applyEdits(between, second));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps edits that lie apart apart', () => {
    const files = { f: 'one two three' };
    const first: Edit[] = [{ file: 'f', start: 0, end: 3, text: 'eleven' }];
    const second: Edit[] = [{ file: 'f', start: 11, end: 16, text: '3' }];
    expect(composeEdits(files, first, second)).toEqual([
      { file: 'f', start: 0, end: 3, text: 'eleven' },
      { file: 'f', start: 8, end: 13, text: '3' },
    ]);
  });
});
