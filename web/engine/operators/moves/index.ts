import { changeConstant } from './constant.ts';
import { changeOperator, hoist, negate, replace, swap, wrap } from './expressions.ts';
import type { Move } from './move.ts';
import { adjust, deleteStatement, duplicateStatement, guard, insertBlock, swapStatements } from './statements.ts';

/** Shares follow what paid on priority functions, where structure matters most; `tune` looks after the numbers elsewhere. */
export const MOVES: readonly Move[] = [
  changeConstant,
  replace,
  wrap,
  hoist,
  changeOperator,
  swap,
  negate,
  deleteStatement,
  duplicateStatement,
  swapStatements,
  guard,
  insertBlock,
  adjust,
];
