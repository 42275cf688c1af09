/** What C and C++ declare where, and the types they say it with. */
import type { Node } from '../node.ts';
import type { Scoping } from '../scoping.ts';
import { ancestor, lastChild } from '../walk.ts';

const AROUND = new Set(['pointer_declarator', 'reference_declarator', 'array_declarator', 'parenthesized_declarator']);

/** The name inside pointers, references and brackets, with these as they stand behind the type. */
export function declaratorOf(node: Node): { readonly name: Node; readonly suffix: string } | null {
  if (node.kind === 'identifier') return { name: node, suffix: '' };
  if (!AROUND.has(node.kind)) return null;
  const inner = node.children.find(({ kind }) => kind === 'identifier' || AROUND.has(kind));
  const found = inner ? declaratorOf(inner) : null;
  if (!found) return null;
  const own = node.kind === 'pointer_declarator' ? '*' : node.kind === 'array_declarator' ? '[]' : '';
  return { name: found.name, suffix: found.suffix + own };
}

/** The function's declarator, through what its result points to. */
export function functionDeclarator(node: Node): Node | null {
  for (const child of node.children) {
    if (child.kind === 'function_declarator' || child.kind === 'abstract_function_declarator') return child;
    if (AROUND.has(child.kind)) {
      const deeper = functionDeclarator(child);
      if (deeper) return deeper;
    }
  }
  return null;
}

export function declareC(node: Node, { file, root, isFunction, blockOf, declare }: Scoping): void {
  const { text, table } = file;
  const { kinds } = table;
  const typeOf = (owner: Node): string | null => {
    const type = owner.children.find((child) => kinds.type.has(child.kind) || child.kind === 'qualified_name');
    return type ? text.slice(type.start, type.end) : null;
  };
  const typed = (type: string | null, suffix: string): string | null =>
    type === null || type === 'auto' ? null : type + suffix;
  switch (node.kind) {
    case 'declaration': {
      const type = typeOf(node);
      const isConst = node.children.some(
        (child) => child.kind === 'type_qualifier' && /^const/.test(text.slice(child.start, child.end)),
      );
      for (const child of node.children) {
        const isInitial = child.kind === 'variable_declarator';
        const inner = isInitial ? child.children[0] : child;
        const found = inner ? declaratorOf(inner) : null;
        if (found) {
          const value = isInitial && child.children.some(({ kind }) => kind === '=') ? lastChild(child) : null;
          const kind = isConst && found.suffix === '' ? 'const' : 'let';
          declare(kind, blockOf(node), found.name, value, child.end, typed(type, found.suffix));
        } else if (child.kind === 'function_declarator') {
          const name = child.children[0];
          if (name?.kind === 'identifier') declare('function', blockOf(node), name, null, 0, type);
        }
      }
      return;
    }
    case 'parameter_declaration':
    case 'optional_parameter_declaration': {
      const owner = ancestor(node, isFunction);
      const list = functionDeclarator(owner ?? node)?.children.find(({ kind }) => kind === 'parameter_list');
      const pattern = node.children.map(declaratorOf).find((found) => found !== null);
      if (owner && pattern && node.parent === list) {
        declare('parameter', owner, pattern.name, null, 0, typed(typeOf(node), pattern.suffix));
      }
      return;
    }
    case 'function_definition': {
      const name = functionDeclarator(node)?.children[0];
      if (name?.kind === 'identifier') declare('function', blockOf(node), name, node, 0, typeOf(node));
      return;
    }
    case 'range_statement': {
      const pattern = node.children.map(declaratorOf).find((found) => found !== null);
      if (pattern) declare('loop', node, pattern.name, null, pattern.name.end, typed(typeOf(node), ''));
      return;
    }
    case 'preproc_def': {
      const [, name, value] = node.children;
      const said = value ? text.slice(value.start, value.end).trim() : '';
      const type = /^\d+$/.test(said) ? 'int' : /^[\d.]+(e-?\d+)?$/i.test(said) ? 'double' : null;
      if (name) declare('const', root, name, null, 0, type);
      return;
    }
    default:
      return;
  }
}
