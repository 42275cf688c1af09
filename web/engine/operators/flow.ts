/** Whether a piece of a program that leaves it by a jump finds at another place what it jumps to. */
import type { LanguageTable } from '../syntax/table.ts';
import type { Node } from '../syntax/node.ts';

/** Words that mean something only in functions of one kind. */
const BOUND = new Set(['await_expression', 'yield_expression', 'super', 'meta_property']);

export function flowFits(piece: Node, at: Node, table: LanguageTable): boolean {
  const around = surroundings(at, table);
  const check = (node: Node, loop: boolean, breakable: boolean, callable: boolean): boolean => {
    const { kind } = node;
    if (kind === 'return_statement' && !callable) return false;
    if (kind === 'continue_statement' || kind === 'break_statement') {
      // A label stays with the loop it names.
      if (node.children.some((child) => child.kind === 'statement_identifier')) return false;
      return kind === 'continue_statement' ? loop : breakable;
    }
    if (table.kinds.function.has(kind)) return node.children.every((child) => check(child, false, false, true));
    const repeats = table.kinds.loop.has(kind);
    return node.children.every((child) =>
      check(child, loop || repeats, breakable || repeats || kind === 'switch_statement', callable),
    );
  };
  return check(piece, around.loop, around.breakable, around.callable) && !hasBound(piece, table);
}

function hasBound(piece: Node, table: LanguageTable): boolean {
  if (BOUND.has(piece.kind)) return true;
  return piece.children.some((child) => !table.kinds.function.has(child.kind) && hasBound(child, table));
}

function surroundings(at: Node, table: LanguageTable): { loop: boolean; breakable: boolean; callable: boolean } {
  let loop = false;
  let breakable = false;
  for (let up = at.parent; up; up = up.parent) {
    if (table.kinds.function.has(up.kind)) return { loop, breakable, callable: true };
    if (table.kinds.loop.has(up.kind)) loop = breakable = true;
    if (up.kind === 'switch_statement') breakable = true;
  }
  return { loop, breakable, callable: false };
}
