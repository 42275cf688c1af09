import type { ParsedFile } from './table.ts';
import { walk } from './walk.ts';

/** Names the sandbox gives to armed programs. */
export const FUEL = '$fuel';
export const PARAMETERS = '$p';

/** Whether the name occurs as a token; inside a string or a comment it does no harm. */
export function mentions(file: ParsedFile, name: string): boolean {
  if (!file.text.includes(name)) return false;
  let found = false;
  walk(file.root, (node) => {
    if (node.children.length > 0 || file.table.kinds.string.has(node.kind)) return;
    if (node.end - node.start === name.length && file.text.startsWith(name, node.start)) {
      found ||= !node.kind.startsWith('string');
    }
  });
  return found;
}
