/** What a WebAssembly module says of its own functions: what a call of each takes and gives, and which come to call which. */
import type { Node, SourceFile } from '../node.ts';
import type { Callable } from '../typing.ts';
import { ancestor, walk } from '../walk.ts';

interface Signature {
  readonly takes: readonly string[];
  /** null: nothing. */
  readonly gives: string | null;
}

interface OwnFunction extends Signature {
  readonly node: Node;
  /** Names of functions that it calls. */
  readonly calls: ReadonlySet<string>;
}

const read = new WeakMap<Node, ReadonlyMap<string, OwnFunction>>();

/** Of the call in parentheses; null where its function has no name, is not of this module, or gives several values. */
export function signatureAt(call: Node, text: string): Signature | null {
  const name = call.children[2];
  return name?.kind === 'identifier'
    ? (functionsOf(rootOf(call), text).get(text.slice(name.start, name.end)) ?? null)
    : null;
}

/** Functions with one value that may be called at the node without ever coming back to the function it stands in. */
export function callablesAt(at: Node, { root, text }: SourceFile): Callable[] {
  const inside = ancestor(at, ({ kind }) => kind === 'func');
  if (inside === null) return [];
  const known = functionsOf(root, text);
  const found: Callable[] = [];
  for (const [name, { takes, gives }] of known) {
    if (gives !== null && !leadsTo(inside, name, known)) found.push({ name: `call ${name}`, takes, gives });
  }
  return found;
}

function leadsTo(goal: Node, from: string, known: ReadonlyMap<string, OwnFunction>): boolean {
  const seen = new Set([from]);
  for (const name of seen) {
    const reached = known.get(name);
    if (reached?.node === goal) return true;
    for (const next of reached?.calls ?? []) seen.add(next);
  }
  return false;
}

function rootOf(node: Node): Node {
  let root = node;
  while (root.parent) root = root.parent;
  return root;
}

function functionsOf(root: Node, text: string): ReadonlyMap<string, OwnFunction> {
  const earlier = read.get(root);
  if (earlier) return earlier;
  const functions = new Map<string, OwnFunction>();
  read.set(root, functions);
  walk(root, (node) => {
    if (node.kind !== 'func') return;
    const name = node.children[2];
    const signature = name?.kind === 'identifier' ? signatureOf(node, text) : null;
    if (name && signature) {
      functions.set(text.slice(name.start, name.end), { node, ...signature, calls: callsIn(node, text) });
    }
    return false;
  });
  return functions;
}

function signatureOf(func: Node, text: string): Signature | null {
  const takes: string[] = [];
  const gives: string[] = [];
  for (const part of func.children) {
    // What a type elsewhere says is not looked up.
    if (part.kind === 'type') return null;
    if (part.kind !== 'param' && part.kind !== 'result') continue;
    const types = part.children.slice(2).filter(({ kind }) => kind === 'instruction');
    (part.kind === 'param' ? takes : gives).push(...types.map(({ start, end }) => text.slice(start, end)));
  }
  return gives.length > 1 ? null : { takes, gives: gives[0] ?? null };
}

function callsIn(func: Node, text: string): Set<string> {
  const calls = new Set<string>();
  walk(func, (node) => {
    const before = node.parent?.children[node.index - 1];
    if (
      node.kind === 'identifier' &&
      before &&
      /^(return_)?call$|^ref\.func$/.test(text.slice(before.start, before.end))
    )
      calls.add(text.slice(node.start, node.end));
  });
  return calls;
}
