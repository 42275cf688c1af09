import type { Node } from '../../syntax/node.ts';
import { contains, operatorOf } from '../../syntax/walk.ts';
import { orderEdits } from '../../patches/edits.ts';
import type { Edit } from '../../program.ts';
import { flowFits } from '../flow.ts';
import { inBits, inIndex, inLoopHead } from '../ground.ts';
import type { Ground } from '../ground.ts';
import { choose, combine, exchange, phraseOf } from '../placing.ts';
import { freeNames, reachOf, reaches } from '../reach.ts';
import type { Random } from '../../rng.ts';
import { BINDING } from '../../syntax/table.ts';
import { Grower, suits } from './grow.ts';
import type { Move, MoveContext } from './move.ts';

/** Indices, loop heads and bit tricks break a program more often than they help it. */
function drawExpression({ expressions, file }: Ground, random: Random): Node | null {
  if (expressions.length === 0) return null;
  const weights = expressions.map((node) =>
    inIndex(node) ? 0.08 : inLoopHead(node) ? 0.1 : inBits(node, file) ? 0.05 : 1,
  );
  return expressions[random.weighted(weights)] ?? null;
}

/** Expressions and conditions in one draw, conditions by their number. */
function drawCondition({ conditions, expressions }: Ground, random: Random): Node | null {
  if (conditions.length === 0) return null;
  return random.below(conditions.length + expressions.length) < conditions.length ? random.pick(conditions) : null;
}

function depthOf(random: Random): number {
  return 1 + random.weighted([3, 4, 2]);
}

/** A generated expression in the place of another. */
export const replace: Move = {
  id: 'replace',
  weight: 0.2,
  attempt(context) {
    const { ground, random } = context;
    const condition = drawCondition(ground, random);
    if (condition) return [exchange(ground, condition, new Grower(context, condition).condition(depthOf(random)))];
    const node = drawExpression(ground, random);
    if (!node) return null;
    const grower = new Grower(context, node);
    return [exchange(ground, node, inIndex(node) ? grower.index() : grower.number(depthOf(random) - 1))];
  },
};

/** A name or a number in the place of something longer: only where a program is to lose something. */
export const prune: Move = {
  id: 'prune',
  weight: 0.07,
  attempt(context) {
    const { ground, random } = context;
    const pool = ground.expressions.filter((node) => node.children.length > 0 && !inIndex(node));
    if (pool.length === 0) return null;
    const node = random.pick(pool);
    return [exchange(ground, node, new Grower(context, node).number(0))];
  },
};

/** An expression becomes an operand of a new one. */
export const wrap: Move = {
  id: 'wrap',
  weight: 0.2,
  attempt(context) {
    const { ground, random, words } = context;
    const { file } = ground;
    const condition = drawCondition(ground, random);
    const { writing } = file.table;
    if (condition) {
      const grower = new Grower(context, condition);
      const operator = random.next() < 0.5 ? writing.and : writing.or;
      return [exchange(ground, condition, combine(phraseOf(condition, file), operator, grower.condition(1), file))];
    }
    const node = drawExpression(ground, random);
    if (!node || inIndex(node)) return null;
    const grower = new Grower(context, node);
    const inner = phraseOf(node, file);
    const depth = random.below(2);
    const { sort } = grower;
    const mayChoose = words.conditions && writing.choose !== null;
    switch (random.weighted([4, 3, grower.functions.length > 0 ? 2.5 : 0, mayChoose ? 1.5 : 0])) {
      case 0:
        return [exchange(ground, node, combine(inner, random.pick(grower.binary), grower.number(depth), file, sort))];
      case 1:
        return [exchange(ground, node, combine(grower.number(depth), random.pick(grower.binary), inner, file, sort))];
      case 2:
        return [exchange(ground, node, grower.applied(inner, 1))];
      default: {
        const condition = grower.condition(1);
        const other = grower.number(depth);
        const phrase =
          random.next() < 0.5 ? choose(condition, inner, other, file) : choose(condition, other, inner, file);
        return phrase && [exchange(ground, node, phrase)];
      }
    }
  },
};

/** A part of an expression takes the place of the whole. */
export const hoist: Move = {
  id: 'hoist',
  weight: 0.07,
  attempt({ ground, random }) {
    const pool = random.next() < 0.8 || ground.conditions.length === 0 ? ground.expressions : ground.conditions;
    if (pool.length === 0) return null;
    const node = random.pick(pool);
    const parts = pool.filter(
      (part) => part !== node && contains(node, part) && isInner(part, node) && sameSort(part, node, ground),
    );
    if (parts.length === 0) return null;
    const part = random.pick(parts);
    return [exchange(ground, node, phraseOf(part, ground.file))];
  },
};

/** A number goes where its sort is asked for; conditions are all of one sort. */
export function sameSort(piece: Node, at: Node, { numbers }: Ground, from = numbers): boolean {
  const [own, asked] = [from.sort(piece), numbers.sort(at)];
  if (own === null || asked === null) return own === asked;
  return numbers.fits(own, asked);
}

/** Not the same text in parentheses, and no part of an index of a list that would be left behind. */
function isInner(part: Node, whole: Node): boolean {
  for (let up: Node = part; up !== whole && up.parent; up = up.parent) {
    if (up.parent.kind === 'arrow_function' || up.parent.kind === 'function_expression') return false;
    if (up.parent.kind === 'subscript_expression' && up.parent !== whole) return false;
  }
  return !(whole.kind === 'parenthesized_expression' && part.parent === whole);
}

/** Another operator or function of the same class. */
export const changeOperator: Move = {
  id: 'operator',
  weight: 0.06,
  attempt({ ground, random, words }) {
    const { file, path } = ground;
    const { table, text } = file;
    const nodes = [...ground.expressions, ...ground.conditions].filter(
      ({ kind }) => kind === 'binary_expression' || kind === 'call_expression' || kind === 'operation',
    );
    if (nodes.length === 0) return null;
    const node = random.pick(nodes);
    if (inIndex(node) || inBits(node, file)) return null;
    const [left, token, right] = node.children;
    if (node.kind === 'operation') return token ? changeInstruction(token, ground, random) : null;
    if (node.kind === 'call_expression') {
      const name = left ? text.slice(left.start, left.end) : '';
      const arity = words.functions.find(([known]) => known === name)?.[1];
      const others = words.functions.filter(([other, operands]) => other !== name && operands === arity);
      if (!left || others.length === 0) return null;
      return [{ file: path, start: left.start, end: left.end, text: random.pick(others)[0] }];
    }
    if (!left || !token || !right) return null;
    const operator = operatorOf(node, text);
    const { and, or } = table.writing;
    const sort = ground.numbers.sort(node) ?? '';
    const classes = table.arithmetic.has(operator)
      ? words.binary.filter((other) => suits(other, sort, ground))
      : operator === and || operator === or
        ? [and, or]
        : table.comparisons.has(operator)
          ? words.comparisons
          : [];
    const others = classes.filter((other) => other !== operator);
    if (others.length === 0) return null;
    return [exchange(ground, node, combine(phraseOf(left, file), random.pick(others), phraseOf(right, file), file))];
  },
};

const INSTRUCTIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(f\d+)\.(?:add|sub|mul|div|min|max)$/, ['add', 'sub', 'mul', 'div', 'min', 'max']],
  [/^(f\d+)\.(?:abs|neg|sqrt|floor|ceil|trunc|nearest)$/, ['abs', 'neg', 'sqrt', 'floor', 'ceil', 'trunc', 'nearest']],
  [/^(i\d+)\.(?:add|sub|mul|and|or|xor)$/, ['add', 'sub', 'mul', 'and', 'or', 'xor']],
  [/^(f\d+)\.(?:lt|gt|le|ge|eq|ne)$/, ['lt', 'gt', 'le', 'ge', 'eq', 'ne']],
  [/^(i\d+)\.(?:div|rem)_u$/, ['div_u', 'rem_u', 'sub', 'and']],
  [/^(i\d+)\.[lg][te]_u$/, ['lt_u', 'gt_u', 'le_u', 'ge_u', 'eq', 'ne']],
  [/^(i\d+)\.(?:[lg][te]_s|eq|ne)$/, ['lt_s', 'gt_s', 'le_s', 'ge_s', 'eq', 'ne']],
];

/** Another instruction that takes and gives the same. */
function changeInstruction(token: Node, { file, path }: Ground, random: Random): Edit[] | null {
  const own = file.text.slice(token.start, token.end);
  for (const [pattern, words] of INSTRUCTIONS) {
    const type = pattern.exec(own)?.[1];
    if (type === undefined) continue;
    const text = `${type}.${random.pick(words)}`;
    return text === own ? null : [{ file: path, start: token.start, end: token.end, text }];
  }
  return null;
}

/** Two expressions of one kind change places. */
export const swap: Move = {
  id: 'swap',
  weight: 0.04,
  attempt({ ground, random }) {
    const { file, numbers } = ground;
    const pool = random.next() < 0.75 || ground.conditions.length < 2 ? ground.expressions : ground.conditions;
    if (pool.length < 2) return null;
    const first = random.pick(pool);
    const second = random.pick(pool);
    if (contains(first, second) || contains(second, first)) return null;
    if (inIndex(first) !== inIndex(second) || inLoopHead(first) || inLoopHead(second)) return null;
    if (file.text.slice(first.start, first.end) === file.text.slice(second.start, second.end)) return null;
    const fits = (piece: Node, at: Node): boolean =>
      sameSort(piece, at, ground) &&
      flowFits(piece, at, file.table) &&
      reaches(freeNames(piece, file, numbers), reachOf(ground, at), ground);
    if (!fits(first, second) || !fits(second, first)) return null;
    return orderEdits([
      exchange(ground, first, phraseOf(second, file)),
      exchange(ground, second, phraseOf(first, file)),
    ]);
  },
};

/** `!` over a condition, or taken away. */
export const negate: Move = {
  id: 'negate',
  weight: 0.01,
  attempt({ ground, random }: MoveContext) {
    if (ground.conditions.length === 0) return null;
    const node = random.pick(ground.conditions);
    const inner = phraseOf(node, ground.file);
    const { not, prefix } = ground.file.table.writing;
    if (prefix) return [exchange(ground, node, { text: prefix.not(inner.text), binding: BINDING.primary })];
    const text = inner.binding < BINDING.unary ? `${not}(${inner.text})` : `${not}${inner.text}`;
    // A word binds looser than the sign.
    return [exchange(ground, node, { text, binding: not === '!' ? BINDING.unary : BINDING.assignment })];
  },
};
