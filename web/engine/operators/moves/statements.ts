import type { Node } from '../../syntax/node.ts';
import { ancestor, contains, walk } from '../../syntax/walk.ts';
import type { Edit } from '../../program.ts';
import { orderEdits } from '../../patches/edits.ts';
import { flowFits } from '../flow.ts';
import type { Ground } from '../ground.ts';
import { freeNames, isAssignable, reachOf, reaches } from '../reach.ts';
import { Grower } from './grow.ts';
import { indentAt, indented, statementText, terminated } from '../layout.ts';
import type { Move, MoveContext } from './move.ts';

const JUMPS = new Set([
  ...['return_statement', 'break_statement', 'continue_statement', 'throw_statement', 'goto_statement'],
  ...['br_statement', 'unreachable_statement', 'fallthrough_statement'],
]);

/** Stands in a list of statements, so that one more beside it does no harm to the grammar. */
export function isInList(node: Node, ground: Ground): boolean {
  const parent = node.parent;
  return parent !== null && (parent.kind === 'program' || ground.file.table.kinds.block.has(parent.kind));
}

export function declares(node: Node, ground: Ground): boolean {
  return ground.file.table.kinds.declaration.has(node.kind);
}

function textOf(node: Node, ground: Ground): string {
  return ground.file.text.slice(node.start, node.end);
}

/** A new statement, as it stands at the margin, on a line of its own behind another. */
export function insertAfter(node: Node, text: string, ground: Ground): Edit {
  const { file, path } = ground;
  const { table } = file;
  const glue = /[;}]$/.test(textOf(node, ground)) ? '' : table.writing.end;
  const indent = indentAt(file.text, node.start);
  return { file: path, start: node.end, end: node.end, text: `${glue}\n${indent}${indented(text, indent, table)}` };
}

/** Takes a statement out, with its line where it has one to itself. */
export function removal(node: Node, ground: Ground): Edit {
  const { file, path } = ground;
  const { nothing, indented: isLaidOut } = file.table.writing;
  const isOnly = isLaidOut && node.parent?.kind !== 'program' && node.parent?.children.length === 1;
  if (isOnly || !isInList(node, ground)) return { file: path, start: node.start, end: node.end, text: nothing };
  const lineStart = file.text.lastIndexOf('\n', node.start - 1) + 1;
  const lineEnd = file.text.indexOf('\n', node.end);
  const alone =
    /^\s*$/.test(file.text.slice(lineStart, node.start)) &&
    lineEnd >= 0 &&
    /^\s*$/.test(file.text.slice(node.end, lineEnd)) &&
    ground.ranges.some((range) => range.start <= lineStart && lineEnd + 1 <= range.end);
  return alone
    ? { file: path, start: lineStart, end: lineEnd + 1, text: '' }
    : { file: path, start: node.start, end: node.end, text: '' };
}

/** What it declares is used elsewhere. */
function isNeeded(node: Node, ground: Ground): boolean {
  return ground.numbers.scopes.bindings.some(
    (binding) => contains(node, binding.declared) && binding.uses.some((use) => !contains(node, use)),
  );
}

/** The function would end without its result. */
function isLastReturn(node: Node, ground: Ground): boolean {
  let found = false;
  walk(node, (part) => {
    if (part !== node && ground.file.table.kinds.function.has(part.kind)) return false;
    if (part.kind === 'return_statement') found = true;
    return;
  });
  if (!found) return false;
  const owner = ancestor(node, ({ kind }) => ground.file.table.kinds.function.has(kind));
  const body = owner?.children[owner.children.length - 1];
  const statements = body?.children.filter(({ named }) => named) ?? [];
  const last = statements[statements.length - 1];
  return last === undefined || contains(node, last);
}

export const deleteStatement: Move = {
  id: 'delete',
  weight: 0.05,
  attempt({ ground, random }) {
    const { statements, file } = ground;
    if (statements.length === 0) return null;
    const node = random.pick(statements);
    if (node.kind === 'empty_statement' || node.kind === 'export_statement') return null;
    if (file.table.kinds.function.has(node.kind) || file.table.kinds.import.has(node.kind)) return null;
    if (isNeeded(node, ground) || isLastReturn(node, ground)) return null;
    // A whole outer loop is most of the program.
    if (node.end - node.start > 0.4 * file.text.length) return null;
    if (!isInList(node, ground) && node.parent?.kind.startsWith('for')) return null;
    return [removal(node, ground)];
  },
};

export const duplicateStatement: Move = {
  id: 'duplicate',
  weight: 0.02,
  attempt({ ground, random }) {
    const { statements, file } = ground;
    if (statements.length === 0) return null;
    const node = random.pick(statements);
    if (declares(node, ground) || JUMPS.has(node.kind) || !isInList(node, ground)) return null;
    if (node.kind === 'labeled_statement' || node.end - node.start > 0.4 * file.text.length) return null;
    return [insertAfter(node, terminated(statementText(node, file), file.table), ground)];
  },
};

export const swapStatements: Move = {
  id: 'swap statements',
  weight: 0.02,
  attempt({ ground, random }) {
    const { file, numbers } = ground;
    const pool = ground.statements.filter((node) => !declares(node, ground) && !JUMPS.has(node.kind));
    if (pool.length < 2) return null;
    const first = random.pick(pool);
    const second = random.pick(pool);
    if (contains(first, second) || contains(second, first)) return null;
    if (textOf(first, ground) === textOf(second, ground)) return null;
    const fits = (piece: Node, at: Node): boolean =>
      flowFits(piece, at, file.table) && reaches(freeNames(piece, file, numbers), reachOf(ground, at), ground);
    if (!fits(first, second) || !fits(second, first)) return null;
    const put = (at: Node, piece: Node): Edit => ({
      file: ground.path,
      start: at.start,
      end: at.end,
      text: indented(terminated(statementText(piece, file), file.table), indentAt(file.text, at.start), file.table),
    });
    return orderEdits([put(first, second), put(second, first)]);
  },
};

/** Makes a statement depend on a condition. */
export const guard: Move = {
  id: 'guard',
  weight: 0.03,
  attempt(context) {
    const { ground, random, words } = context;
    if (!words.conditions) return null;
    const pool = ground.statements.filter((node) => !declares(node, ground) && node.kind !== 'empty_statement');
    if (pool.length === 0) return null;
    const node = random.pick(pool);
    if (isLastReturn(node, ground)) return null;
    // `if (a) if (b) …; else …` would take the other's else.
    if (node.parent?.kind === 'if_statement' && ground.file.table.bodies) return null;
    const { file } = ground;
    const condition = new Grower(context, node).condition(1);
    const indent = indentAt(file.text, node.start);
    const { guard: guarded, indented: isLaidOut } = file.table.writing;
    const inner = indented(statementText(node, file), isLaidOut ? `${indent}    ` : '', file.table);
    return [
      {
        file: ground.path,
        start: node.start,
        end: node.end,
        text: guarded(condition.text, terminated(inner, file.table), indent),
      },
    ];
  },
};

/** Writes a block of the vocabulary behind a statement. */
export const insertBlock: Move = {
  id: 'block',
  weight: 0.06,
  attempt({ ground, random, words }) {
    const pool = ground.statements.filter((node) => isInList(node, ground) && !JUMPS.has(node.kind));
    if (words.blocks.length === 0 || pool.length === 0) return null;
    const node = random.pick(pool);
    const after = nextPlace(node);
    const reach = reachOf(ground, after);
    const fitting = words.blocks.filter(
      (block) => reaches(block.free, reach, ground) && flowFits(block.node, after, ground.file.table),
    );
    if (fitting.length === 0) return null;
    return [insertAfter(node, random.pick(fitting).phrase.text, ground)];
  },
};

/** Behind a declaration what it declares can be used: the place asked for is that of the next child, a brace at least. */
function nextPlace(node: Node): Node {
  return node.parent?.children[node.index + 1] ?? node;
}

const UPDATES = ['+=', '-=', '*='] as const;

/** `name op= expression` for a variable that is a number and counts nothing. */
export const adjust: Move = {
  id: 'adjust',
  weight: 0.03,
  attempt(context: MoveContext) {
    const { ground, random } = context;
    const { numbers } = ground;
    const pool = ground.statements.filter((node) => isInList(node, ground) && !JUMPS.has(node.kind));
    if (pool.length === 0) return null;
    const node = random.pick(pool);
    const place = nextPlace(node);
    const names = numbers.scopes
      .visible(place)
      .filter(
        (binding) =>
          isAssignable(binding) &&
          numbers.isNumber(binding) &&
          !numbers.isIndex(binding) &&
          binding.scope.kind !== 'for_statement' &&
          (!ground.file.table.writing.indented ||
            binding.scope !== ground.file.root ||
            node.parent === ground.file.root),
      );
    if (names.length === 0) return null;
    const chosen = random.pick(names);
    const { name } = chosen;
    const sort = numbers.sortOf(chosen) ?? '';
    const value = new Grower(context, place, sort).number(1);
    const operator = random.pick(UPDATES);
    const { prefix, end } = ground.file.table.writing;
    const text = prefix ? prefix.assign(name, operator, value.text, sort) : `${name} ${operator} ${value.text}${end}`;
    return text === null ? null : [insertAfter(node, text, ground)];
  },
};
