import { describe, expect, it } from 'vitest';
import { complexityOf } from '../../../../web/engine/novelty/complexity.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { FIXTURES } from '../operators/fixtures.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);
const of = (text: string) => complexityOf(syntax, 'javascript', { 'a.js': text });

describe('complexity', () => {
  it.each([
    ['', 1],
    ['a;', 1],
    ['function f() {}', 1],
    ['function f() { if (a) b; }', 2],
    ['function f() { if (a) b; else if (c) d; else e; }', 3],
    ['function f() { for (;;) while (a) do {} while (b); for (const x of y); }', 5],
    ['const f = (a) => (a && b) || (c ?? d);', 4],
    ['a ||= b;', 1],
    ['function f() { switch (a) { case 1: b; case 2: c; default: d; } }', 3],
    ['function f() { try { a; } catch { b; } finally { c; } }', 2],
    ['function f() { return a ? b : c; } function g() {}', 3],
    ['f("if (a && b) while (c)"); // if (d) for (;;)', 1],
  ])('%j has %d ways', (text, ways) => expect(of(text).cyclomatic).toBe(ways));

  it.each([
    ['a;', 0],
    ['if (a) b;', 1],
    ['if (a) b; else if (c) d; else if (e) f;', 1],
    ['if (a) b; else { if (c) d; }', 2],
    ['for (;;) { if (a) { while (b) c; } } if (d) e;', 3],
    ['switch (a) { case 1: if (b) c; }', 2],
    ['try { a; } catch { if (b) c; }', 2],
    ['function f() { return () => { if (a) b; }; }', 1],
    ['a ? b : c ? d : e;', 2],
  ])('%j is nested %d deep', (text, deep) => expect(of(text).nesting).toBe(deep));

  it.each([
    ['a;\nb;\n', 2],
    ['a; b;', 1],
    ['// one\n\na;\n/* two\nthree */\nb; // four\n', 2],
    ['f(`one\ntwo\nthree`);', 3],
    ['f(\n  a,\n  b,\n);', 4],
  ])('%j has %d lines of code', (text, lines) => expect(of(text).loc).toBe(lines));

  it('measures volume in operators and operands', () => {
    // a = b + 1 + a: four operands of three kinds, three operators of two kinds.
    expect(of('a = b + 1 + a;').volume).toBeCloseTo(7 * Math.log2(5), 10);
    expect(of('a = b + 1.0 + a').volume).toBe(of('a=b+1+a;').volume);
    // f ( "x y" , [ 1 ] ): the pairs count once, commas not.
    expect(of('f("x y", [1]);').volume).toBeCloseTo(5 * Math.log2(5), 10);
  });

  it('leaves types out', () => {
    const typed = complexityOf(syntax, 'typescript', { 'a.ts': 'const f = (a: number): number | null => a;' });
    const bare = complexityOf(syntax, 'typescript', { 'a.ts': 'const f = (a) => a;' });
    expect(typed).toEqual(bare);
  });

  it('adds up files, and passes over what is no code or does not parse', () => {
    const [a, b] = ['if (x) y;', 'for (;;) { if (z) break; }'];
    const both = complexityOf(syntax, 'javascript', { 'a.js': a, 'b.js': b, 'c.txt': 'if if', 'd.js': 'if (' });
    expect([both.cyclomatic, both.nesting, both.loc]).toEqual([3, 2, 2]);
  });

  it('is the stated sum, grows with each part, and stays below 1', () => {
    const s = (x: number) => x / (1 + x);
    for (const { experiment } of FIXTURES) {
      const { complexity, clamped, cyclomatic, volume, loc, nesting, maintainability } = complexityOf(
        syntax,
        experiment.language,
        experiment.files,
      );
      const terms = [cyclomatic / 10, Math.log2(volume + 1) / 10, Math.log2(loc + 1) / 10, nesting / 5];
      const sum = (by: (x: number) => number) =>
        terms.reduce((total, term, i) => total + ([0.4, 0.4, 0.1, 0.1][i] as number) * by(term), 0);
      expect(complexity).toBeCloseTo(sum(s), 12);
      expect(clamped).toBeCloseTo(
        sum((x) => Math.min(1, x)),
        12,
      );
      const index = 171 - 5.2 * Math.log(volume) - 0.23 * cyclomatic - 16.2 * Math.log(loc);
      expect(maintainability).toBeCloseTo(index, 9);
    }
    const block = 'for (;;) { if (a) { b(c + 1); } }\n';
    const sizes = [1, 10, 100, 400].map((times) => of(block.repeat(times)).complexity);
    expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
    expect(sizes.at(-1)).toBeLessThan(1);
  });
});
