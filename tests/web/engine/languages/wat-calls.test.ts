/** Calls of a WebAssembly module's own functions are made, moved and taken away like other numbers, and always fit. */
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { mutate } from '../../../../web/engine/operators/mutate.ts';
import type { Proposal } from '../../../../web/engine/operators/operator.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { callablesAt } from '../../../../web/engine/syntax/languages/wat-calls.ts';
import type { Node } from '../../../../web/engine/syntax/node.ts';
import { parseFile } from '../../../../web/engine/syntax/parsed.ts';
import type { ParsedFile } from '../../../../web/engine/syntax/table.ts';
import { walk } from '../../../../web/engine/syntax/walk.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { contextOf } from '../operators/fixtures.ts';
import { experimentFor } from './samples.ts';

const syntax = await loadSyntax(['wat']);
const tools = await wabt();

const MODULE = `(module
  (import "env" "chance" (func $chance (param f64) (result f64)))
  (type $unary (func (param f64) (result f64)))
  ;; EVOLVE-BLOCK-START
  (func $mix (param $x f64) (param i32 i64) (result f64)
    (f64.add (local.get $x) (f64.convert_i32_s (local.get 1))))
  (func $bits (param $n i32) (result i32) (i32.xor (local.get $n) (i32.const 21)))
  (func $note (param $x f64))
  (func $pair (param $x f64) (result f64 f64) (local.get $x) (local.get $x))
  (func $typed (type $unary) (f64.neg (local.get 0)))
  (func $even (param $x f64) (result f64)
    (if (result f64) (f64.gt (local.get $x) (f64.const 1))
      (then (call $odd (f64.sub (local.get $x) (f64.const 1))))
      (else (f64.const 0.5))))
  (func $odd (param $x f64) (result f64) (call $even (f64.mul (local.get $x) (f64.const 0.5))))
  (func $main (export "main") (param $a f64) (param $n i32) (result f64)
    (local $sum f64)
    (call $note (local.get $a))
    (local.set $sum (f64.add (call $odd (local.get $a)) (call $mix (local.get $a) (call $bits (local.get $n)) (i64.const 3))))
    (f64.mul (local.get $sum) (f64.sub (local.get $a) (f64.const 2.5))))
  ;; EVOLVE-BLOCK-END
)
`;

function read(text: string): ParsedFile {
  const parse = parseFile(syntax, 'wat', text);
  if (parse.type === 'failed') throw new Error(parse.fault.what);
  return parse.file;
}

function find(file: ParsedFile, text: string): Node {
  let found: Node | null = null;
  walk(file.root, (node) => {
    if (found === null && file.text.startsWith(text, node.start) && node.kind !== 'program') found = node;
    return found === null;
  });
  if (found === null) throw new Error(`no ${text}`);
  return found;
}

function child(seed: number): string {
  const sample = { language: 'wat', path: 'main.wat', text: MODULE } as Parameters<typeof experimentFor>[0];
  const proposal = mutate.propose(contextOf({ experiment: experimentFor(sample) }, syntax, seed)) as Proposal;
  if (proposal.type !== 'edits') throw new Error(proposal.type);
  return applyEdits({ [sample.path]: MODULE }, proposal.edits)[sample.path] as string;
}

function isValid(text: string): boolean {
  try {
    const module = tools.parseWat('child.wat', text);
    module.validate();
    module.destroy();
    return true;
  } catch {
    return false;
  }
}

describe('what may be called', () => {
  const file = read(MODULE);
  const namesAt = (text: string): string[] => callablesAt(find(file, text), file).map(({ name }) => name);

  it('is what gives one value, with what it takes', () => {
    expect(callablesAt(find(file, '(f64.sub (local.get $a)'), file)).toEqual([
      { name: 'call $chance', takes: ['f64'], gives: 'f64' },
      { name: 'call $mix', takes: ['f64', 'i32', 'i64'], gives: 'f64' },
      { name: 'call $bits', takes: ['i32'], gives: 'i32' },
      { name: 'call $even', takes: ['f64'], gives: 'f64' },
      { name: 'call $odd', takes: ['f64'], gives: 'f64' },
    ]);
  });

  it('never comes back to the function that the call is in', () => {
    expect(namesAt('(i32.const 21)')).toEqual(['call $chance', 'call $mix', 'call $even', 'call $odd']);
    expect(namesAt('(f64.const 0.5))))')).toEqual(['call $chance', 'call $mix', 'call $bits']);
    expect(namesAt('(module')).toEqual([]);
  });

  it('is a number where it has its operands, a statement where it gives nothing', () => {
    expect(find(file, '(call $note').kind).toBe('statement');
    expect(find(file, '(call $mix').kind).toBe('operation');
    const loose = read('(module (func $f (param f64) (result f64) (local.get 0) (call $f)) (func (drop (call $g))))');
    expect(find(loose, '(call $f').kind).toBe('list');
    expect(find(loose, '(call $g').kind).toBe('list');
  });
});

it('mutation makes calls that fit, around numbers and as new ones', () => {
  expect(isValid(MODULE)).toBe(true);
  const calls = (text: string): number => text.split('(call $').length - 1;
  const children = Array.from({ length: 400 }, (_, seed) => child(seed));
  expect(children.filter((text) => !isValid(text))).toEqual([]);
  const grown = children.filter((text) => calls(text) > calls(MODULE));
  expect(grown.length).toBeGreaterThan(10);
  expect(grown.some((text) => text.split('(call $mix').length > MODULE.split('(call $mix').length)).toBe(true);
  expect(children.some((text) => calls(text) < calls(MODULE))).toBe(true);
});
