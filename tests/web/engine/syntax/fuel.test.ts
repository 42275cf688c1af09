import { describe, expect, it } from 'vitest';
import type { Language } from '../../../../web/engine/experiment.ts';
import { arm } from '../../../../web/engine/syntax/fuel.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { FIXTURES, compile } from '../operators/fixtures.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);
const fixture = FIXTURES[0] as (typeof FIXTURES)[number];

function armed(text: string, language: Language = 'javascript'): string {
  const path = language === 'javascript' ? 'a.js' : 'a.ts';
  const result = arm(syntax, { ...fixture.experiment, language, entry: path }, { [path]: text });
  if (result.type === 'failed') throw new Error(result.reason);
  return result.files[path] as string;
}

/** Fuel spent by `run()` and what it gave. */
function spend(text: string, language: Language = 'javascript', fuel = 1000) {
  const path = language === 'javascript' ? 'a.js' : 'a.ts';
  const compiled = compile({ [path]: armed(text, language) }, path, fuel);
  const run = compiled.exports.run as () => unknown;
  const value = run();
  return { spent: fuel - compiled.fuel.n, value };
}

describe('arm', () => {
  it.each<[string, string, number, unknown]>([
    ['for', 'export function run() { let s = 0; for (let i = 0; i < 5; i++) s += i; return s; }', 6, 10],
    ['for of', 'export function run() { let s = 0; for (const i of [1, 2, 3]) { s += i; } return s; }', 4, 6],
    ['for in', 'export function run() { let s = ""; for (const k in { a: 1, b: 2 }) s += k; return s; }', 3, 'ab'],
    ['while', 'export function run() { let i = 0; while (i < 4) i++; return i; }', 5, 4],
    ['do', 'export function run() { let i = 0; do i++; while (i < 4); return i; }', 5, 4],
    ['do without semicolons', 'export function run() {\n let i = 0\n do i++\n while (i < 4)\n return i\n}', 5, 4],
    [
      'nested bodies without braces',
      'export function run() { let s = 0; for (let i = 0; i < 3; i++) for (let j = 0; j < 2; j++) if (j) s++; else s += 2; return s }',
      10,
      9,
    ],
    ['an empty body', 'export function run() { let i = 0; for (; i < 3; i++); return i; }', 4, 3],
    [
      'recursion of every form',
      'export function run() { const f = (n) => n < 1 ? 0 : 1 + g(n - 1), g = n => { return f(n) }, o = { m(n) { return f(n) } }; return o.m(2); }',
      7,
      2,
    ],
    [
      'labels',
      'export function run() { let n = 0; out: for (;;) for (;;) { if (n++ > 2) break out; continue out; } return n }',
      9,
      4,
    ],
    ['an arrow that gives an object', 'export function run() { return (() => ({ a: 1 }))().a; }', 2, 1],
    [
      'classes',
      'export function run() { class A { #x = 2; get x() { return this.#x } constructor() { this.y = 1 } } return new A().x }',
      3,
      2,
    ],
  ])('counts %s', (_, text, spent, value) => expect(spend(text)).toEqual({ spent, value }));

  it('stops what would never end', () => {
    for (const text of [
      'export function run() { for (;;); }',
      'export function run() { while (true) {} }',
      'export function run() { do ; while (1) }',
      'export const run = () => { const f = (n) => n > 40 ? 1 : f(n + 1) + f(n + 1); return f(0); };',
    ]) {
      expect(() => spend(text)).toThrow('out of fuel');
    }
  });

  it('keeps line numbers and strict mode', () => {
    const text = "export function run() {\n  'use strict'\n  for (;;)\n    return this === undefined;\n}\n";
    const result = armed(text);
    expect(result.split('\n').length).toBe(text.split('\n').length);
    expect(result.split('\n')[1]).toMatch(/^ {2}'use strict'; /);
    expect(spend(text).value).toBe(true);
  });

  it('arms TypeScript', () => {
    const text =
      'interface P { f(): void }\nfunction g(n: number): number;\nfunction g<T extends number>(n: T): number { return n as number }\nexport function run(): number { let s: number = 0; for (const i of [1, 2] as const) s += g(i)!; return s; }';
    expect(spend(text, 'typescript')).toEqual({ spent: 5, value: 3 });
  });

  it('gives the same text for the same program, and does not touch what is no code', () => {
    const files = { 'a.js': 'for (;;) f();', 'b.json': '{"for": 1}' };
    const once = arm(syntax, fixture.experiment, files);
    expect(arm(syntax, fixture.experiment, files)).toEqual(once);
    expect(once).toMatchObject({ files: { 'b.json': '{"for": 1}' } });
  });

  it('refuses programs that reach for the fuel, and lets lifted literals pass', () => {
    const verdict = (text: string) => arm(syntax, fixture.experiment, { 'a.js': text }).type;
    for (const text of ['$fuel.n = 9;', 'f($p);', '$p[0] = 1;', '$p[0]++;', '$p[i];', '$p.length;', 'let $p = [];']) {
      expect([text, verdict(text)]).toEqual([text, 'failed']);
    }
    expect(verdict('let a = $p[0] * $p[12]; f("$p", `$fuel`);')).toBe('ok');
  });

  it('names the place of a syntax error', () => {
    expect(arm(syntax, fixture.experiment, { 'a.js': 'let a = 1;\nlet b = ;' })).toMatchObject({
      type: 'failed',
      reason: expect.stringMatching(/^a\.js:2:/) as string,
    });
  });
});
