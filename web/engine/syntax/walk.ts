import type { Node } from './node.ts';

/** Calls `visit` on the node and all below it, parents first; a visit that returns false keeps out of what is below. */
export function walk(node: Node, visit: (node: Node) => boolean | void): void {
  if (visit(node) === false) return;
  for (const child of node.children) walk(child, visit);
}

export function lastChild(node: Node): Node | null {
  return node.children[node.children.length - 1] ?? null;
}

/** The innermost ancestor the test holds for. */
export function ancestor(node: Node, test: (node: Node) => boolean): Node | null {
  for (let up = node.parent; up; up = up.parent) if (test(up)) return up;
  return null;
}

export function contains(outer: Node, inner: Node): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The token between the operands of a binary expression or an assignment. */
export function operatorOf(node: Node, text: string): string {
  const token = node.children[1];
  return token ? text.slice(token.start, token.end) : '';
}
