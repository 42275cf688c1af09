/** Whether a piece of one program means something at a place of another (or the same). */
import { inferNumbers } from '../syntax/numeric.ts';
import type { Numbers } from '../syntax/numbers.ts';
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import type { Binding } from '../syntax/scoping.ts';
import { contains, walk } from '../syntax/walk.ts';
import type { Ground } from './ground.ts';

/** A name a piece uses but does not declare. */
export interface FreeName {
  readonly name: string;
  /** Whether it is a number where the piece comes from; null when that can't be told. */
  readonly number: boolean | null;
  readonly assigned: boolean;
}

const NONE: ReadonlySet<string> = new Set();

export function freeNames(piece: Node, file: ParsedFile, numbers: Numbers | null): FreeName[] {
  const { table, text } = file;
  const known = numbers ?? inferNumbers(file, NONE);
  const found = new Map<string, FreeName>();
  walk(piece, (node) => {
    if (table.kinds.type.has(node.kind)) return false;
    // A number that stands for a name means another thing elsewhere: nothing has that name, so the piece stays where it is.
    if (node.kind === 'place_number') found.set('', { name: '', number: null, assigned: false });
    if (!table.kinds.identifier.has(node.kind) && !table.kinds.shorthand.has(node.kind)) return;
    const binding = known.scopes.resolve(node);
    if (binding && contains(piece, binding.scope) && contains(piece, binding.declared)) return;
    if (binding && contains(piece, binding.declared) && binding.declared !== node) return;
    const name = text.slice(node.start, node.end);
    if (binding === null && (table.globals.has(name) || isDeclaration(node, known))) return;
    const earlier = found.get(name);
    found.set(name, {
      name,
      number: binding === null ? (earlier?.number ?? null) : known.isNumber(binding),
      assigned: isAssigned(node) || earlier?.assigned === true,
    });
    return;
  });
  return [...found.values()];
}

function isDeclaration(node: Node, numbers: Numbers): boolean {
  return numbers.scopes.bindings.some((binding) => binding.declared === node);
}

export function isAssigned(name: Node): boolean {
  const parent = name.parent;
  switch (parent?.kind) {
    case 'update_expression':
      return true;
    case 'assignment_expression':
    case 'augmented_assignment_expression':
      return name.index === 0;
    case 'for_in_statement':
      return name.index < parent.children.findIndex((child) => child.kind === 'of' || child.kind === 'in');
    case 'array_pattern':
      return true;
    default:
      return false;
  }
}

/** A variable that may get another value without surprising anyone: parameters, constants and functions stay. */
export function isAssignable(binding: Binding): boolean {
  return binding.kind === 'let' || binding.kind === 'var';
}

/** What can be used at a place, by name. */
export function reachOf(ground: Ground, at: Node): ReadonlyMap<string, Binding> {
  return new Map(ground.numbers.scopes.visible(at).map((binding) => [binding.name, binding]));
}

/** Every free name is there, is the same sort of thing, and may be assigned where the piece assigns it. */
export function reaches(free: readonly FreeName[], reach: ReadonlyMap<string, Binding>, ground: Ground): boolean {
  return free.every(({ name, number, assigned }) => {
    const binding = reach.get(name);
    if (!binding) return false;
    if (number !== null && number !== ground.numbers.isNumber(binding)) return false;
    return !assigned || isAssignable(binding);
  });
}
