import { describe, expect, it } from 'vitest';
import type { Language } from '../../../../web/engine/experiment.ts';
import { inferNumbers } from '../../../../web/engine/syntax/numeric.ts';
import { parseFile } from '../../../../web/engine/syntax/parsed.ts';
import type { Node } from '../../../../web/engine/syntax/node.ts';
import type { ParsedFile } from '../../../../web/engine/syntax/table.ts';
import { scopesOf } from '../../../../web/engine/syntax/scope.ts';
import { walk } from '../../../../web/engine/syntax/walk.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);

function parsed(text: string, language: Language = 'javascript'): ParsedFile {
  const parse = parseFile(syntax, language, text);
  if (parse.type === 'failed') throw new Error(parse.fault.what);
  return parse.file;
}

/** Names inferred to be numbers. */
function numbers(text: string, language: Language = 'javascript', hints: string[] = []): string[] {
  const inferred = inferNumbers(parsed(text, language), new Set(hints));
  return inferred.scopes.bindings.filter((binding) => inferred.isNumber(binding)).map(({ name }) => name);
}

/** Names that may be used where `HERE` stands. */
function visible(text: string, language: Language = 'javascript'): string[] {
  const file = parsed(text, language);
  let here: Node | null = null;
  walk(file.root, (node) => {
    if (node.children.length === 0 && file.text.slice(node.start, node.end) === 'HERE') here = node;
  });
  if (!here) throw new Error('HERE is missing');
  return scopesOf(file)
    .visible(here)
    .map(({ name }) => name)
    .sort();
}

describe('visible names', () => {
  it.each<[string, string, string[]]>([
    ['declared before, not after', 'const a = 1; HERE; const b = 2;', ['a']],
    ['not in its own initial value', 'const a = HERE;', []],
    ['of enclosing blocks, not of others', '{ let a; } { let b; { HERE; } }', ['b']],
    [
      'parameters, patterns and defaults',
      'function f(a, { b, c: d = 1 }, [e, ...g]) { HERE; }',
      ['a', 'b', 'd', 'e', 'f', 'g'],
    ],
    ['of loops, inside only', 'for (let i = 0; i < 3; i++) { HERE; } for (const j of x) {}', ['i']],
    ['of for…of', 'for (const [k, v] of x) HERE;', ['k', 'v']],
    ['what the file declares later, inside functions', 'function f() { HERE; } const later = 1;', ['f', 'later']],
    ['one where two have a name', 'const a = 1; function f(a) { HERE; }', ['a', 'f']],
    ['of catch and of arrows', 'const g = x => { try {} catch (e) { HERE; } };', ['e', 'g', 'x']],
    ['imports, by their local name', "import d, { a as b, c } from 'm'; HERE;", ['b', 'c', 'd']],
  ])('%s', (_, text, names) => expect(visible(text)).toEqual(names));

  it('in TypeScript takes no types for names', () => {
    const text = 'interface T { a: number } function f<U>(this: T, x: number, y?: U, ...z: T[]): x is number { HERE; }';
    expect(visible(text, 'typescript')).toEqual(['f', 'x', 'y', 'z']);
  });
});

describe('what is a number', () => {
  it.each<[string, string, string[]]>([
    ['by value', 'const a = 1, b = -a, c = a * 2, d = Math.sqrt(a), e = x.length;', ['a', 'b', 'c', 'd', 'e']],
    ['by use', 'function f(a, b, c, d) { return a - 1 + g[b] + (c < 3 ? 1 : 0) + Math.abs(d); }', ['a', 'b', 'c', 'd']],
    ['not what is indexed, called, or has members', 'function f(a, b, c) { return a[0] + b(1) + c.x - 1; }', []],
    ['not text', 'const s = "a" + 1; let t = `x`; t += 1; const u = s + 2;', []],
    ['not truth values', 'const a = 1 < 2; let b = false; const c = !a;', []],
    ['not lists, objects, functions', 'const a = [], b = {}, c = () => 1, d = new Map(), e = [...a];', []],
    ['through other names', 'function f(x) { const y = x; const z = y; return z * 2; }', ['x', 'y', 'z']],
    ['through a function', 'function f(x) { return x * x; } const y = f(2); const z = y;', ['x', 'y', 'z']],
    [
      'handed to a function that takes a number',
      'function f(x) { return x * 2; } function g(v) { return f(v); }',
      ['x', 'v'],
    ],
    ['nothing is known of what is not used', 'function f(a, b) { return a * 2; }', ['a']],
    ['not both list and number', 'function f(a) { return a - a[0]; }', []],
  ])('%s', (_, text, names) => expect(numbers(text)).toEqual(names));

  it('hears the experiment out, and types', () => {
    expect(numbers('function f(a, b) { return a * 2; }', 'javascript', ['b'])).toEqual(['a', 'b']);
    expect(numbers('function f(a: number, b: string, c?: number, d: number[]) {}', 'typescript')).toEqual(['a', 'c']);
  });
});
