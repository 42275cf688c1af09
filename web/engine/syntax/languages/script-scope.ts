/** What JavaScript, TypeScript and AssemblyScript declare where. */
import type { Node } from '../node.ts';
import type { BindingKind, Scoping } from '../scoping.ts';
import { lastChild, walk } from '../walk.ts';

export function declareScript(
  node: Node,
  { file, root, isFunction, blockOf, functionOf, declare }: Scoping,
): boolean | void {
  const { text } = file;
  const { kinds } = file.table;
  if (node.kind === 'variable_declarator') {
    const pattern = node.children[0];
    const declaration = node.parent;
    const word = declaration?.children[0];
    if (!pattern || !declaration || !word) return;
    const value = node.children.some((child) => child.kind === '=') ? lastChild(node) : null;
    const kind = text.slice(word.start, word.end) as BindingKind;
    const scope = kind === 'var' ? functionOf(node) : blockOf(declaration);
    declare(kind === 'var' || kind === 'let' ? kind : 'const', scope, pattern, value, node.end);
  } else if (isFunction(node)) {
    const name = node.children.find((child) => kinds.identifier.has(child.kind));
    const own = node.children.find((child) => kinds.parameters.has(child.kind));
    if (name && name.index < (own?.index ?? 0)) {
      const isDeclaration = kinds.declaration.has(node.kind);
      declare('function', isDeclaration ? blockOf(node) : node, name, node, 0);
    }
    for (const parameter of own?.children ?? []) {
      if (parameter.named) declare('parameter', node, parameter, null, 0);
    }
    if (!own && name && node.kind === 'arrow_function') declare('parameter', node, name, null, 0);
  } else if (node.kind === 'for_in_statement') {
    const word = node.children.findIndex((child) => ['let', 'const', 'var'].includes(child.kind));
    const pattern = word < 0 ? undefined : node.children[word + 1];
    if (pattern) declare('loop', node, pattern, null, pattern.end);
  } else if (node.kind === 'catch_clause') {
    const pattern = node.children.find((child) => child.kind === '(')?.index;
    const caught = node.children[pattern === undefined ? 1 : pattern + 1];
    if (caught && caught.kind !== 'statement_block') declare('catch', node, caught, null, 0);
  } else if (node.kind === 'class_declaration' || node.kind === 'abstract_class_declaration') {
    const name = node.children.find((child) => child.kind === 'identifier' || child.kind === 'type_identifier');
    if (name) declare('class', blockOf(node), name, node, node.end);
  } else if (kinds.import.has(node.kind)) {
    walk(node, (part) => {
      if (part.kind === 'import_specifier') {
        const local = lastChild(part);
        if (local) declare('import', root, local, null, 0);
        return false;
      }
      if (kinds.identifier.has(part.kind)) declare('import', root, part, null, 0);
      return;
    });
    return false;
  }
  return;
}
