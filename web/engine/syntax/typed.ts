/** Numbers of languages whose types are written down: which sort each expression is of, and which its place asks for. */
import { operatorOf } from './walk.ts';
import type { Node } from './node.ts';
import type { ParsedFile } from './table.ts';
import { scopesOf } from './scope.ts';
import type { Binding } from './scoping.ts';
import type { Numbers } from './numbers.ts';
import { REAL, TRUTH, WHOLE } from './typing.ts';
import type { Typing } from './typing.ts';
import { lastChild, walk } from './walk.ts';

const CONDITIONED = new Set(['if_statement', 'while_statement', 'do_statement']);
/** Types that hang on each other are looked up no deeper. */
const DEEPEST = 40;

export function inferTypes(file: ParsedFile, typing: Typing): Numbers {
  const { table, text } = file;
  const { kinds } = table;
  const scopes = scopesOf(file);
  const fields = fieldTypes(file);
  const textOf = (node: Node | null | undefined): string => (node ? text.slice(node.start, node.end) : '');
  const ofBinding = new Map<Binding, string | null>();
  const ofNode = new Map<Node, string | null>();
  let depth = 0;

  const bindingType = (binding: Binding): string | null => {
    const known = ofBinding.get(binding);
    if (known !== undefined) return known;
    ofBinding.set(binding, null);
    const type = binding.kind === 'function' || binding.kind === 'class' ? null : findType(binding);
    ofBinding.set(binding, type);
    return type;
  };

  const findType = (binding: Binding): string | null => {
    const said = binding.type ?? annotation(binding);
    if (said !== null) return said.trim();
    if (binding.kind === 'loop') {
      // What runs over a list is one of its members.
      const list = binding.scope.children.find(
        (child) => child.named && child.start >= binding.declared.end && !kinds.block.has(child.kind),
      );
      const type = list ? typeOf(list) : null;
      return type === null ? null : typing.element(type);
    }
    if (!binding.value) return null;
    const type = typeOf(binding.value);
    if (type === WHOLE || type === REAL) {
      for (const use of binding.uses) {
        const around = asked(use);
        if (around !== null && around !== WHOLE && around !== REAL && isNumber(around)) return around;
      }
      return type === WHOLE ? typing.whole : typing.real;
    }
    return type;
  };

  const annotation = (binding: Binding): string | null => {
    const next = binding.declared.parent?.children[binding.declared.index + 1];
    return next?.kind === 'type_annotation' ? textOf(next).replace(/^:\s*/, '') : null;
  };

  const isNumber = (type: string | null): boolean =>
    type !== null && (type === WHOLE || type === REAL || Object.hasOwn(typing.sorts, type));
  const isReal = (type: string): boolean => type === REAL || typing.sorts[type] === 'real';

  /** What two operands come to; null where they don't go together. */
  const joined = (left: string | null, right: string | null): string | null => {
    if (left === null || right === null) {
      const one = left ?? right;
      return one === WHOLE || one === REAL ? null : one;
    }
    if (left === right) return left;
    const isLoose = (type: string): boolean => type === WHOLE || type === REAL;
    if (isLoose(left) && isLoose(right)) return REAL;
    if (isLoose(left)) return right;
    if (isLoose(right)) return typing.loose && isReal(right) && !isReal(left) ? typing.real : left;
    if (!typing.loose) return left;
    return isReal(left) ? left : isReal(right) ? right : left;
  };

  const typeOf = (node: Node): string | null => {
    const known = ofNode.get(node);
    if (known !== undefined) return known;
    if (depth > DEEPEST) return null;
    depth++;
    const type = form(node);
    depth--;
    ofNode.set(node, type);
    return type;
  };

  const form = (node: Node): string | null => {
    const own = typing.own?.(node, typeOf, file);
    if (own !== undefined) return own;
    if (kinds.number.has(node.kind)) {
      const said = textOf(node).replace(/^[-+]\s*/, '');
      return (
        typing.suffix(said) ??
        (/^\d[\d_]*$/.test(said) ? WHOLE : /^[\d.]/.test(said) && !/^0[xbo]/i.test(said) ? REAL : WHOLE)
      );
    }
    if (kinds.identifier.has(node.kind)) {
      const binding = scopes.resolve(node) ?? declaredAt(node);
      return binding ? bindingType(binding) : null;
    }
    const [first, second, third] = node.children;
    switch (node.kind) {
      case 'binary_expression': {
        const operator = operatorOf(node, text);
        if (table.comparisons.has(operator) || table.logical.has(operator)) return TRUTH;
        if (!first || !third) return null;
        if (/^(<<|>>)/.test(operator)) return typeOf(first);
        return joined(typeOf(first), typeOf(third));
      }
      case 'unary_expression':
      case 'pointer_expression': {
        const sign = textOf(first);
        const inner = second ? typeOf(second) : null;
        if (sign === '!') return isNumber(inner) && !typing.loose ? inner : TRUTH;
        if (sign === '*') return inner === null ? null : (typing.element(inner) ?? inner);
        return sign === '&' ? null : inner;
      }
      case 'parenthesized_expression':
      case 'non_null_expression': {
        const inner = node.children.find((child) => child.named);
        return inner ? typeOf(inner) : null;
      }
      case 'ternary_expression': {
        const { yes, no } = table.ternary;
        const left = node.children[yes];
        const right = node.children[no] ?? lastChild(node);
        return left && right ? joined(typeOf(left), typeOf(right)) : null;
      }
      case 'cast': {
        const type = node.children.find(({ kind }) => kinds.type.has(kind));
        return type ? textOf(type) : null;
      }
      case 'subscript_expression': {
        const list = first ? typeOf(first) : null;
        return list === null ? null : typing.element(list);
      }
      case 'member_expression': {
        const name = textOf(lastChild(node));
        return fields.get(name) ?? null;
      }
      case 'call_expression':
        return callType(node);
      case 'true':
      case 'false':
      case 'boolean_literal':
        return TRUTH;
      default:
        return null;
    }
  };

  const declaredAt = (node: Node): Binding | null => scopes.bindings.find(({ declared }) => declared === node) ?? null;

  const calleeOf = (call: Node): { readonly name: string; readonly owner: Binding | null; readonly args: Node[] } => {
    const callee = call.children[0];
    const list = lastChild(call);
    const owner = callee && kinds.identifier.has(callee.kind) ? scopes.resolve(callee) : null;
    return { name: textOf(callee), owner, args: list?.children.filter(({ named }) => named) ?? [] };
  };

  const callType = (call: Node): string | null => {
    const { name, owner, args } = calleeOf(call);
    if (owner) {
      const value = owner.value;
      return value && kinds.function.has(value.kind) ? typing.result(value, file) : null;
    }
    const callee = call.children[0];
    const receiver = callee?.kind === 'member_expression' && callee.children[0] ? typeOf(callee.children[0]) : null;
    return typing.call(name, args.map(typeOf), receiver);
  };

  /** The type that the place asks for; null: nothing is known, or none. */
  const asked = (node: Node): string | null => {
    const parent = node.parent;
    if (!parent || depth > DEEPEST) return null;
    depth++;
    const type = askedBy(parent, node);
    depth--;
    return type;
  };

  const askedBy = (parent: Node, node: Node): string | null => {
    switch (parent.kind) {
      case 'binary_expression': {
        const operator = operatorOf(parent, text);
        const other = parent.children[node.index === 0 ? 2 : 0];
        if (!other || table.logical.has(operator)) return null;
        const own = typeOf(other);
        if (own !== null && own !== WHOLE && own !== REAL) return isNumber(own) ? own : null;
        if (table.comparisons.has(operator)) return own;
        return asked(parent) ?? own;
      }
      case 'unary_expression':
      case 'parenthesized_expression':
        return asked(parent);
      case 'subscript_expression':
        return node.index > 0 ? typing.index : null;
      case 'range_expression': {
        const other = parent.children[node.index === 0 ? 2 : 0];
        const own = other?.named ? typeOf(other) : null;
        return own === null || own === WHOLE ? typing.index : own;
      }
      case 'ternary_expression': {
        if (node.index === table.ternary.condition) return null;
        const other = parent.children[node.index === table.ternary.yes ? table.ternary.no : table.ternary.yes];
        return asked(parent) ?? (other && other !== node ? typeOf(other) : null);
      }
      case 'arguments': {
        const call = parent.parent;
        if (call?.kind !== 'call_expression') return null;
        const { name, owner, args } = calleeOf(call);
        const place = args.indexOf(node);
        if (owner?.value) {
          const parameters = scopes.bindings.filter(({ kind, scope }) => kind === 'parameter' && scope === owner.value);
          const parameter = parameters[place];
          return parameter ? bindingType(parameter) : null;
        }
        const taken = typing.takes(name);
        if (taken !== 'same') return taken;
        const callee = call.children[0];
        if (callee?.kind === 'member_expression' && callee.children[0]) {
          const receiver = typeOf(callee.children[0]);
          if (isNumber(receiver)) return receiver;
        }
        return (
          asked(call) ?? args.map((arg) => (arg === node ? null : typeOf(arg))).find((type) => isNumber(type)) ?? null
        );
      }
      case 'assignment_expression':
      case 'augmented_assignment_expression':
        return node.index > 0 && parent.children[0] ? typeOf(parent.children[0]) : null;
      case 'return_statement':
      case 'return_expression': {
        const owner = ownerOf(node);
        return owner ? typing.result(owner, file) : null;
      }
      case 'statement_block': {
        // What stands last without an end is what the block gives.
        const isTail = parent.children[node.index + 1]?.kind === '}' && kinds.expression.has(node.kind);
        if (!isTail || !parent.parent) return null;
        if (kinds.function.has(parent.parent.kind)) return typing.result(parent.parent, file);
        return asked(parent);
      }
      case 'else_clause':
        return asked(parent);
      case 'if_statement':
        return node.index > 1 ? asked(parent) : null;
      case 'closure_expression':
      case 'arrow_function':
        return node === lastChild(parent) ? typing.result(parent, file) : null;
      default: {
        const binding = scopes.bindings.find(({ value }) => value === node);
        const said = binding ? (binding.type ?? annotation(binding)) : null;
        return said === null ? null : said.trim();
      }
    }
  };

  const ownerOf = (node: Node): Node | null => {
    for (let up = node.parent; up; up = up.parent) if (kinds.function.has(up.kind)) return up;
    return null;
  };

  const sort = (node: Node): string | null => {
    const own = typeOf(node);
    const place = asked(node);
    // Where real numbers go a whole one may stand; what goes there may be real.
    const type =
      own === null || own === WHOLE || own === REAL || (typing.loose && isNumber(place)) ? (place ?? own) : own;
    if (type === WHOLE) return typing.whole;
    if (type === REAL) return typing.real;
    return isNumber(type) ? type : null;
  };

  const truth = (node: Node): boolean => {
    const parent = node.parent;
    if (!parent) return false;
    if (typing.truthAt) return typing.truthAt(node, text);
    if (typeOf(node) !== TRUTH) return false;
    switch (parent.kind) {
      case 'parenthesized_expression':
        return parent.parent !== null && (CONDITIONED.has(parent.parent.kind) || truth(parent));
      case 'ternary_expression':
        return node.index === table.ternary.condition;
      case 'unary_expression':
        return /^(!|not)$/.test(textOf(parent.children[0]));
      case 'binary_expression':
        return table.logical.has(operatorOf(parent, text)) && truth(parent);
      case 'if_statement':
      case 'while_statement':
        return table.bareConditions && (node.index === 1 || (node.index === 2 && parent.children[1]?.kind === '('));
      default:
        return false;
    }
  };

  const indices = new Set<Binding>();
  for (const binding of scopes.bindings) {
    const holds = (use: Node): boolean => use.parent?.kind === 'subscript_expression' && use.index > 0;
    if (binding.uses.some(holds)) indices.add(binding);
  }

  return {
    scopes,
    isNumber: (binding) => isNumber(bindingType(binding)),
    isIndex: (binding) => indices.has(binding),
    numeric: (node) => sort(node) !== null,
    truth,
    sort,
    sortOf: (binding) => {
      const type = bindingType(binding);
      return type !== null && isNumber(type) ? type : null;
    },
    fits: (from, to) => from === to || (typing.loose && (isReal(to) || !isReal(from))),
    isUnsigned: (name) => typing.unsigned.test(name),
    isReal: (name) => name === '' || isReal(name),
    plain: { real: typing.real, takes: typing.takes, gives: (name) => typing.call(name, [], null) },
  };
}

/** Names of members that have the same type wherever they occur in the file. */
function fieldTypes({ root, table, text }: ParsedFile): Map<string, string> {
  const found = new Map<string, string | null>();
  walk(root, (node) => {
    if (node.kind !== 'field_declaration' && node.kind !== 'container_field') return;
    const type = node.children.find(({ kind }) => table.kinds.type.has(kind));
    const said = type ? text.slice(type.start, type.end) : '';
    for (const name of node.children) {
      if (!/^(field_identifier|property_identifier)$/.test(name.kind)) continue;
      const own = text.slice(name.start, name.end);
      found.set(own, found.has(own) && found.get(own) !== said ? null : said);
    }
  });
  const result = new Map<string, string>();
  for (const [name, type] of found) if (type) result.set(name, type);
  return result;
}
