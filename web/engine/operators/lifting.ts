/** Literals of a program as a vector of parameters. */
import { exp, log } from '../arithmetic.ts';
import type { Edit, Files } from '../program.ts';
import { applyEdits, orderEdits } from '../patches/edits.ts';
import { operatorOf } from '../syntax/walk.ts';
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { inBits, inIndex, inLoopHead, literalValue } from './ground.ts';
import type { Ground, Layout } from './ground.ts';
import { digitsOf, literal, rounded } from './literals.ts';
import { exchange } from './placing.ts';

export interface Lifted {
  readonly ground: Ground;
  readonly node: Node;
  readonly value: number;
  /** `count`: a whole number, at least 1, searched on a log scale. */
  readonly scale: 'real' | 'count';
}

/** Beyond these a literal is a mask, a sentinel or a tolerance, not a knob. */
const LARGEST = 1e7;
const SMALLEST = 1e-8;

/** Every literal worth searching, in the order of the text. */
export function liftable({ grounds }: Layout): Lifted[] {
  const result: Lifted[] = [];
  for (const ground of grounds) {
    if (ground.file.table.parameters === null) continue;
    for (const node of ground.literals) {
      const lifted = lift(ground, node);
      if (lifted) result.push(lifted);
    }
  }
  return result;
}

function lift(ground: Ground, node: Node): Lifted | null {
  const { file } = ground;
  const value = literalValue(node, file);
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size > LARGEST || (size < SMALLEST && size > 0)) return null;
  if (inIndex(node) || inBits(node, file) || isCompared(node, file)) return null;
  if (node.parent?.kind === 'member_expression') return null;
  const initial = isInitial(node);
  if ((size === 0 || size === 1 || size === 2) && !initial) return null;
  const scale = isCount(ground, node) ? 'count' : 'real';
  if (scale === 'count' && value < 1) return null;
  return { ground, node, value, scale };
}

/** The first value of a variable or a property that is not the counter of a loop. */
function isInitial(node: Node): boolean {
  const parent = node.parent;
  if (parent?.kind === 'pair' || parent?.kind === 'assignment_pattern' || parent?.kind === 'required_parameter') {
    return true;
  }
  return parent?.kind === 'variable_declarator' && parent.parent?.parent?.kind !== 'for_statement';
}

/** Asked whether something equals it. */
function isCompared(node: Node, file: ParsedFile): boolean {
  const parent = node.parent;
  return (
    parent?.kind === 'switch_case' ||
    (parent?.kind === 'binary_expression' && ['===', '!==', '==', '!='].includes(operatorOf(parent, file.text)))
  );
}

function isCount({ file, numbers }: Ground, node: Node): boolean {
  if (!/^\d+$/.test(file.text.slice(node.start, node.end))) return false;
  if (inLoopHead(node) || countsSomething(node, file)) return true;
  const parent = node.parent;
  const name = parent?.kind === 'variable_declarator' ? parent.children[0] : undefined;
  const binding = name ? numbers.scopes.lookup(file.text.slice(name.start, name.end), name) : null;
  if (!binding || binding.declared !== name) return false;
  return numbers.isIndex(binding) || binding.uses.some((use) => inLoopHead(use) || countsSomething(use, file));
}

/** The size of a list, or what is divided by with a remainder. */
function countsSomething(node: Node, file: ParsedFile): boolean {
  const parent = node.parent;
  if (parent?.kind === 'arguments') return parent.parent?.kind === 'new_expression' || isArrayCall(parent, file);
  return parent?.kind === 'binary_expression' && operatorOf(parent, file.text) === '%' && node.index === 2;
}

function isArrayCall(list: Node, file: ParsedFile): boolean {
  return list.parent !== null && file.text.startsWith('Array', list.parent.start);
}

/** The program with `$p[i]` (Python: `_p[i]`) in the place of each literal. */
export function withParameters(files: Files, lifted: readonly Lifted[]): Files {
  const edits = lifted.map(({ ground, node }, i) =>
    exchange(ground, node, { text: `${ground.file.table.parameters}[${i}]`, binding: Infinity }),
  );
  return applyEdits(files, orderEdits(edits));
}

/** Where a step of `x` along this literal's axis leads, rounded as it would be written. */
export function valueAt({ value, scale }: Lifted, x: number, digits: number): number {
  if (scale === 'count') return Math.max(1, Math.round(exp(Math.min(13, log(value) + 0.6 * x))));
  // A literal whose axis has not been moved keeps all its digits.
  if (x === 0) return value;
  return rounded(value + (0.3 * Math.abs(value) + 0.003) * x, digits);
}

/** Edits that write the values; literals that keep theirs keep their text. */
export function writeBack(lifted: readonly Lifted[], values: readonly number[]): Edit[] {
  const edits: Edit[] = [];
  lifted.forEach(({ ground, node, value }, i) => {
    const young = values[i] as number;
    if (young !== value) edits.push(exchange(ground, node, literal(young)));
  });
  return orderEdits(edits);
}

/** The most digits any of them is written with: how far the search has got. */
export function longest(lifted: readonly Lifted[]): number {
  let most = 0;
  for (const { ground, node } of lifted) {
    most = Math.max(most, digitsOf(ground.file.text.slice(node.start, node.end)));
  }
  return most;
}
