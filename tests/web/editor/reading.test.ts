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

describe('other languages', () => {
  const kinds = (text: string, path: string) =>
    highlight(text, path)
      .filter(({ kind }) => kind !== 'plain')
      .map(({ kind, text: part }) => `${kind} ${part}`);

  it('knows comments and keywords by the ending of a file', () => {
    expect(kinds('def f(x): # two\n  return x // 2', 'a.py')).toEqual([
      'keyword def',
      'name f',
      'comment # two',
      'keyword return',
      'number 2',
    ]);
    expect(kinds('(f64.add (local.get $x) ;; sum\n (f64.const 0.5))', 'a.wat')).toEqual([
      'name f64.add',
      'comment ;; sum',
      'number 0.5',
    ]);
    expect(kinds("fn f<'a>(x: &'a str) -> f64 { 1.5 }", 'a.rs')).toEqual(['keyword fn', 'keyword f64', 'number 1.5']);
    expect(kinds('double f(double x); // c', 'k.c')).toEqual([
      'keyword double',
      'name f',
      'keyword double',
      'comment // c',
    ]);
  });

  it('loses no character of any of them', () => {
    for (const path of ['a.py', 'a.c', 'a.rs', 'a.go', 'a.zig', 'a.wat', 'a.ts', 'a']) {
      const text = "\"\"\"a\n''' `b \\\\ (; c // #d 1.e @x $y '";
      expect(
        highlight(text, path)
          .map((token) => token.text)
          .join(''),
      ).toBe(text);
    }
  });
});
