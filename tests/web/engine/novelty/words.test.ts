import { describe, expect, it } from 'vitest';
import { marksOf, wordsOf } from '../../../../web/engine/novelty/words.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';

const syntax = await loadSyntax(['javascript', 'python']);

describe('wordsOf', () => {
  it('finds names and keywords, each once, and no comments, strings, numbers or monsters', () => {
    const text = `// hidden\nconst sum = Math.hypot(3, sum, 'said', \`told \${inner}\`);\nconst ${'x'.repeat(40)} = 1;\n`;
    expect([...wordsOf(syntax, 'javascript', { 'a.js': text })].sort()).toEqual(['Math', 'const', 'hypot', 'sum']);
  });

  it('reads all files that hold code and parse, in the language of each program', () => {
    const files = { 'a.py': 'def f(x):\n    return min(x)\n', 'b.py': 'y = g(1)\n', 'c.py': 'def (', 'd.txt': 'prose' };
    expect([...wordsOf(syntax, 'python', files)].sort()).toEqual(['def', 'f', 'g', 'min', 'return', 'x', 'y']);
  });
});

describe('marksOf', () => {
  const texts = (all: string, count: number): ReadonlySet<string>[] =>
    Array.from({ length: count }, () => new Set(all.split(' ')));
  const inside = (text: number): boolean => text < 4;

  it('names what most inside and few outside hold, the clearest first', () => {
    const some = [...texts('a b c', 3), new Set(['a', 'c']), ...texts('c', 7), new Set(['b', 'c'])];
    expect(marksOf(some, inside, 3)).toEqual([
      { word: 'a', inside: 1, outside: 0 },
      { word: 'b', inside: 0.75, outside: 1 / 8 },
    ]);
    expect(marksOf(some, inside, 1).map(({ word }) => word)).toEqual(['a']);
  });

  it('says nothing where nothing tells them apart, or where there are few on either side', () => {
    expect(marksOf([...texts('a', 4), ...texts('a', 4)], inside, 3)).toEqual([]);
    expect(marksOf([...texts('a', 2), ...texts('b', 2), ...texts('c', 4)], inside, 3).length).toBe(2);
    expect(marksOf([...texts('a', 4), ...texts('b', 3)], inside, 3)).toEqual([]);
    expect(marksOf([...texts('a', 3), ...texts('b', 9)], (text) => text < 3, 3)).toEqual([]);
    expect(marksOf([], inside, 3)).toEqual([]);
  });
});
