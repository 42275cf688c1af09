import { describe, expect, it } from 'vitest';
import { diffRows } from '../../../web/editor/diff-rows.ts';
import { highlight, highlightLines } from '../../../web/editor/highlight.ts';

describe('diff rows', () => {
  const before = ['a', 'b', 'let x = 1;', 'c', 'd', 'e', 'f'].join('\n');

  it('numbers both sides and marks the words that changed', () => {
    const { rows, added, removed } = diffRows(before, before.replace('1;', '2;'), null);
    expect([added, removed, rows.length]).toEqual([1, 1, 8]);
    expect(rows[2]).toMatchObject({ type: 'removed', old: 3 });
    expect(rows[3]).toMatchObject({ type: 'added', new: 3 });
    const fresh = rows[3]?.type === 'added' ? rows[3].parts : [];
    expect(fresh.filter((part) => part.changed).map((part) => part.text)).toEqual(['2']);
    expect(fresh.map((part) => part.text).join('')).toBe('let x = 2;');
  });

  it('leaves out what is far from a change, and counts it', () => {
    const { rows } = diffRows(before, before.replace('1;', '2;'), 1);
    expect(rows.map((row) => (row.type === 'gap' ? row.lines : row.type))).toEqual([
      1,
      'same',
      'removed',
      'added',
      'same',
      3,
    ]);
  });

  it('says nothing of equal texts and of a last line without its end', () => {
    expect(diffRows('a', 'a\n', 3)).toMatchObject({ added: 0, removed: 0 });
  });
});

describe('colouring code', () => {
  const text = 'const a = f("x // y", 1.5e3); // why\n/* b\nc */ `t${a}`';

  it('loses no character', () => {
    expect(
      highlight(text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text);
    expect(
      highlightLines(text)
        .map((line) => line.map((token) => token.text).join(''))
        .join('\n'),
    ).toBe(text);
  });

  it('tells comments, strings, numbers, words apart', () => {
    const kinds = new Map(highlight(text).map((token) => [token.text, token.kind]));
    expect(kinds.get('const')).toBe('keyword');
    expect(kinds.get('"x // y"')).toBe('string');
    expect(kinds.get('1.5e3')).toBe('number');
    expect(kinds.get('// why')).toBe('comment');
    expect(kinds.get('f')).toBe('name');
  });
});
