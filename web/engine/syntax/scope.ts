/** Who declares a name, where it may be used, and what uses it. */
import type { Node } from './node.ts';
import type { Binding, Scoping } from './scoping.ts';
import type { ParsedFile } from './table.ts';
import { ancestor, lastChild, walk } from './walk.ts';

export interface Scopes {
  readonly bindings: readonly Binding[];
  /** What a name in the tree stands for; null for globals and for what is no reference. */
  resolve(name: Node): Binding | null;
  /** What stands for the name at the node, whether or not it has its value yet. */
  lookup(name: string, at: Node): Binding | null;
  /** What may be used at the node: declared there, having its value, not hidden by a nearer name. */
  visible(at: Node): Binding[];
}

const known = new WeakMap<ParsedFile, Scopes>();

export function scopesOf(file: ParsedFile): Scopes {
  let scopes = known.get(file);
  if (!scopes) known.set(file, (scopes = build(file)));
  return scopes;
}

function build(file: ParsedFile): Scopes {
  const { table, text, root } = file;
  const { kinds } = table;
  const names = new Map<Node, Map<string, Binding>>();
  const bindings: Binding[] = [];
  const declarations = new Set<Node>();
  const isFunction = (node: Node): boolean => kinds.function.has(node.kind);
  const isScope = (node: Node): boolean => kinds.scope.has(node.kind) || isFunction(node);
  const blockOf = (node: Node): Node => ancestor(node, isScope) ?? root;
  const functionOf = (node: Node): Node => ancestor(node, isFunction) ?? root;

  const declare: Scoping['declare'] = (kind, scope, pattern, value, from, type = null) => {
    for (const declared of namesIn(pattern, file)) {
      const name = text.slice(declared.start, declared.end);
      const binding: Binding = {
        name,
        kind,
        scope,
        declared,
        from,
        value: declared === pattern ? value : null,
        type,
        uses: [],
      };
      declarations.add(declared);
      let inScope = names.get(scope);
      if (!inScope) names.set(scope, (inScope = new Map()));
      if (inScope.has(name)) continue;
      inScope.set(name, binding);
      bindings.push(binding);
    }
  };

  const scoping: Scoping = { file, root, isFunction, blockOf, functionOf, declare };
  walk(root, (node) => {
    if (kinds.type.has(node.kind)) return false;
    return table.declare(node, scoping);
  });

  const lookup = (name: string, at: Node): Binding | null => {
    for (let up: Node | null = at; up; up = up.parent) {
      const binding = names.get(up)?.get(name);
      if (binding) return binding;
    }
    return null;
  };

  const targets = new Map<Node, Binding>();
  walk(root, (node) => {
    if (kinds.type.has(node.kind)) return false;
    if (declarations.has(node) || (!kinds.identifier.has(node.kind) && !kinds.shorthand.has(node.kind))) return;
    const binding = lookup(text.slice(node.start, node.end), node);
    if (binding) {
      targets.set(node, binding);
      binding.uses.push(node);
    }
    return;
  });

  const hasValue = (binding: Binding, at: Node): boolean => {
    if (binding.from <= at.start) return true;
    // A function that is called later sees what the file has declared by then.
    return binding.scope === root && functionOf(at) !== root && functionOf(binding.declared) !== functionOf(at);
  };

  return {
    bindings,
    resolve: (name) => targets.get(name) ?? null,
    lookup,
    visible(at) {
      const seen = new Set<string>();
      const result: Binding[] = [];
      for (let up: Node | null = at; up; up = up.parent) {
        for (const [name, binding] of names.get(up) ?? []) {
          if (seen.has(name)) continue;
          seen.add(name);
          if (hasValue(binding, at)) result.push(binding);
        }
      }
      return result;
    },
  };
}

/** The names a pattern declares: not its keys, default values or types. */
function namesIn(pattern: Node, file: ParsedFile): Node[] {
  const { kinds } = file.table;
  const found: Node[] = [];
  const visit = (node: Node): void => {
    // The name of a class is a type and a value.
    if (node.kind === 'type_identifier' && node === pattern) found.push(node);
    if (kinds.type.has(node.kind)) return;
    if (kinds.identifier.has(node.kind) || node.kind === 'shorthand_property_identifier_pattern') found.push(node);
    else if (node.kind === 'pair_pattern') {
      const value = lastChild(node);
      if (value) visit(value);
    } else if (node.kind === 'assignment_pattern' || node.kind === 'object_assignment_pattern') {
      if (node.children[0]) visit(node.children[0]);
    } else if (node.kind === 'required_parameter' || node.kind === 'optional_parameter') {
      const inner = node.children.find((child) => child.named && child.kind !== 'accessibility_modifier');
      if (inner) visit(inner);
    } else for (const child of node.children) visit(child);
  };
  visit(pattern);
  return found;
}
