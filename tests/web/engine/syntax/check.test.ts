import { describe, expect, it } from 'vitest';
import { checkCandidate, hashProgram } from '../../../../web/engine/syntax/check.ts';
import type { Experiment, Language } from '../../../../web/engine/experiment.ts';
import type { Files } from '../../../../web/engine/program.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { FIXTURES } from '../operators/fixtures.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);

function inLanguage(language: Language): Experiment {
  return { ...(FIXTURES[0] as (typeof FIXTURES)[number]).experiment, language };
}

function check(before: Files | string, after: Files | string, language: Language = 'javascript') {
  const files = (value: Files | string): Files => (typeof value === 'string' ? { 'a.js': value } : value);
  return checkCandidate({ syntax, experiment: inLanguage(language), parent: files(before), files: files(after) });
}

function hash(text: string): string {
  const result = hashProgram(syntax, inLanguage('javascript'), { 'a.js': text });
  return result.type === 'ok' ? result.hash : result.reason;
}

describe('checkCandidate', () => {
  it('passes a change and gives it 16 hexadecimal digits', () => {
    const result = check('let a = 1;', 'let a = 2;');
    expect(result.type === 'ok' && /^[0-9a-f]{16}$/.test(result.hash)).toBe(true);
  });

  it.each([
    ['let a = ;', /^a\.js:1:\d+: /],
    ['let a = 1;\n  if (a', /^a\.js:2:\d+: /],
    ['f(1 2);', /^a\.js:1:\d+: /],
    ['function f() {', /missing/],
  ])('names the place where %j does not parse', (text, reason) => {
    const result = check('let a = 1;', text);
    expect(result).toMatchObject({ type: 'rejected', reason: expect.stringMatching(reason) as string });
  });

  it('rejects what differs in comments, white space and the spelling of numbers only', () => {
    expect(check('let a = 1.5 + 100; // one', 'let a=1.50\n +/* two */ 1e2;')).toMatchObject({ type: 'rejected' });
  });

  it('rejects changes outside the blocks, new files, lost files and changed data', () => {
    const block = (inside: string, outside = 'b') =>
      `// EVOLVE-BLOCK-START\n${inside}\n// EVOLVE-BLOCK-END\n${outside};\n`;
    expect(check(block('a;'), block('c;')).type).toBe('ok');
    expect(check(block('a;'), block('c;', 'd'))).toMatchObject({ reason: 'a.js changed outside its evolve blocks' });
    expect(check(block('a;'), 'c;\nb;\n').type).toBe('rejected');
    expect(check(block('a;'), block('a;\n// EVOLVE-BLOCK-END\nb; // EVOLVE-BLOCK-START')).type).toBe('rejected');
    expect(check({ 'a.js': 'a;' }, { 'a.js': 'b;', 'b.js': '' }).type).toBe('rejected');
    expect(check({ 'a.js': 'a;', 'b.js': '' }, { 'a.js': 'b;' }).type).toBe('rejected');
    expect(check({ 'a.js': 'a;', 'b.txt': '1' }, { 'a.js': 'b;', 'b.txt': '2' }).type).toBe('rejected');
  });

  it('keeps the names of the sandbox from candidates', () => {
    for (const text of ['$fuel.n = 1e9;', 'let a = $p[0];', 'f({ $fuel });', 'g(`${$p}`);']) {
      expect(check('let a = 1;', text)).toMatchObject({ type: 'rejected' });
    }
    expect(check('let a = 1;', 'let a = "$p"; // $fuel').type).toBe('ok');
  });

  it('reads TypeScript', () => {
    expect(check({ 'a.ts': 'let a: number = 1;' }, { 'a.ts': 'let a: number = 2;' }, 'typescript').type).toBe('ok');
    expect(check({ 'a.ts': 'let a: number = 1;' }, { 'a.ts': 'let a: = 2;' }, 'typescript').type).toBe('rejected');
  });
});

describe('hash of a program', () => {
  it.each([
    ['a b', 'let a; b;', 'let ab;'],
    ['strings', 'f("a b");', 'f("a  b");'],
    ['a line break that ends a statement', 'function f() { return\n1 }', 'function f() { return 1 }'],
    ['order', 'a - b;', 'b - a;'],
    ['templates', 'f(`a ${b}`);', 'f(`a${b}`);'],
    ['numbers', 'f(0.1);', 'f(0.10000001);'],
    ['nesting', 'if (a) { b; } c;', 'if (a) { b; c; }'],
  ])('tells apart: %s', (_, one, two) => expect(hash(one)).not.toBe(hash(two)));

  it.each([
    ['white space', 'a+b;', 'a  +\n b ;'],
    ['comments', 'f(/* x */ a); // y', 'f(a);'],
    ['numbers', 'f(1000, .5, 0x10);', 'f(1e3, 0.50, 16);'],
  ])('takes for one: %s', (_, one, two) => expect(hash(one)).toBe(hash(two)));

  it('does not depend on the order of the files, but on their names', () => {
    const of = (files: Files) => hashProgram(syntax, inLanguage('javascript'), files);
    expect(of({ 'a.js': 'a;', 'b.js': 'b;' })).toEqual(of({ 'b.js': 'b;', 'a.js': 'a;' }));
    expect(of({ 'a.js': 'a;', 'b.js': 'b;' })).not.toEqual(of({ 'a.js': 'b;', 'b.js': 'a;' }));
  });

  it('spreads ten thousand small differences without a collision', () => {
    const hashes = new Set<string>();
    for (let i = 0; i < 10_000; i++) hashes.add(hash(`f(${i});`));
    expect(hashes.size).toBe(10_000);
  });
});
