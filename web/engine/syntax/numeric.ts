/**
 * Which names and expressions are numbers, inferred from use: there are no types to ask in JavaScript, and an operator that
 * adds a list to a number only makes programs that fail. In doubt the answer is no.
 */
import { lastChild, operatorOf } from './walk.ts';
import type { Node } from './node.ts';
import type { Numbers } from './numbers.ts';
import { scopesOf } from './scope.ts';
import type { Binding } from './scoping.ts';
import type { ParsedFile } from './table.ts';
import { inferTypes } from './typed.ts';

const ONE_SORT = {
  sort: () => '',
  sortOf: () => '',
  fits: () => true,
  isUnsigned: () => false,
  isReal: () => true,
  plain: { real: '', takes: () => '', gives: () => '' },
} as const;

const BOOLEAN_CONTEXTS = new Set(['if_statement', 'while_statement', 'do_statement']);
const NEVER_NUMBERS = new Set([
  'array',
  'object',
  'function_expression',
  'arrow_function',
  'generator_function',
  'string',
  'template_string',
  'true',
  'false',
  'null',
  'undefined',
  'regex',
  'new_expression',
  'class',
  // Python's
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
  'set',
  'tuple',
  'lambda',
  'none',
  'expression_list',
  'concatenated_string',
]);
const ROUNDS = 4;

/** `hints` are names known to be numbers by other means: those the experiment offers as leaves. */
export function inferNumbers(file: ParsedFile, hints: ReadonlySet<string>): Numbers {
  const { table, text } = file;
  if (table.typing) return inferTypes(file, table.typing);
  const { kinds } = table;
  const scopes = scopesOf(file);
  const numbers = new Set<Binding>();
  const indices = new Set<Binding>();
  /** Lists, texts, functions: what can't be a number. */
  const others = new Set<Binding>();
  const functions = new Set<Binding>();
  const textOf = (node: Node | undefined): string => (node ? text.slice(node.start, node.end) : '');

  const isMathCall = (node: Node): boolean => {
    const callee = textOf(node.children[0]);
    return table.numericCalls.some((prefix) => callee.startsWith(prefix));
  };

  const form = (node: Node): boolean => {
    if (kinds.number.has(node.kind)) return !textOf(node).endsWith('n');
    if (kinds.identifier.has(node.kind)) {
      const binding = scopes.resolve(node);
      return binding !== null && numbers.has(binding);
    }
    switch (node.kind) {
      case 'unary_expression':
        return ['-', '+', '~'].includes(textOf(node.children[0]));
      case 'binary_expression': {
        const operator = operatorOf(node, text);
        const [left, , right] = node.children;
        if (!left || !right) return false;
        if (operator === '+') return (form(left) || form(right)) && !isText(left) && !isText(right);
        return table.arithmetic.has(operator) || table.bitwise.has(operator);
      }
      case 'ternary_expression': {
        const yes = node.children[table.ternary.yes];
        const no = node.children[table.ternary.no];
        return yes !== undefined && no !== undefined && form(yes) && form(no);
      }
      case 'parenthesized_expression':
        return node.children[1] !== undefined && form(node.children[1]);
      case 'non_null_expression':
        return node.children[0] !== undefined && form(node.children[0]);
      case 'as_expression':
      case 'satisfies_expression':
        return textOf(lastChild(node) ?? undefined) === 'number';
      case 'call_expression': {
        if (isMathCall(node)) return true;
        const callee = node.children[0];
        const binding = callee && kinds.identifier.has(callee.kind) ? scopes.resolve(callee) : null;
        return binding !== null && functions.has(binding);
      }
      case 'member_expression': {
        const property = textOf(node.children[2]);
        return (
          table.numericMembers.has(property) ||
          (table.constantPrefix !== '' && textOf(node.children[0]) === table.constantPrefix && /^[A-Z]/.test(property))
        );
      }
      default:
        return false;
    }
  };

  const isText = (node: Node): boolean =>
    kinds.string.has(node.kind) ||
    (kinds.identifier.has(node.kind) && others.has(scopes.resolve(node) as Binding)) ||
    (node.kind === 'binary_expression' &&
      operatorOf(node, text) === '+' &&
      node.children[0] !== undefined &&
      node.children[2] !== undefined &&
      (isText(node.children[0]) || isText(node.children[2])));

  /** What is around the expression asks for a number. */
  const asked = (node: Node): boolean => {
    const parent = node.parent;
    if (!parent) return false;
    switch (parent.kind) {
      case 'binary_expression': {
        const operator = operatorOf(parent, text);
        const other = parent.children[node.index === 0 ? 2 : 0];
        if (node.index === 1 || !other) return false;
        if (operator === '+') return form(other) || (asked(parent) && !isText(other));
        if (['===', '!==', '==', '!='].includes(operator)) return form(other);
        return table.arithmetic.has(operator) || table.bitwise.has(operator) || table.comparisons.has(operator);
      }
      case 'unary_expression':
        return ['-', '+', '~'].includes(textOf(parent.children[0]));
      case 'update_expression':
        return true;
      case 'parenthesized_expression':
        return asked(parent);
      case 'ternary_expression': {
        const { condition, yes, no } = table.ternary;
        if (node.index === condition) return false;
        const other = parent.children[node.index === yes ? no : yes];
        return asked(parent) || (other !== undefined && form(other));
      }
      case 'subscript_expression':
        return node.index > 0;
      case 'arguments': {
        const call = parent.parent;
        if (!call || call.kind !== 'call_expression') return false;
        if (isMathCall(call)) return true;
        const callee = call.children[0];
        const binding = callee && kinds.identifier.has(callee.kind) ? scopes.resolve(callee) : null;
        const parameter = binding ? parameterOf(binding, (node.index - 1) / 2) : null;
        return parameter !== null && numbers.has(parameter);
      }
      case 'variable_declarator': {
        const name = parent.children[0];
        if (!name || node.index === 0) return false;
        const binding = scopes.lookup(textOf(name), name);
        return binding !== null && binding.declared === name && numbers.has(binding);
      }
      case 'assignment_expression': {
        const target = parent.children[0];
        return node.index > 0 && target !== undefined && form(target);
      }
      case 'augmented_assignment_expression': {
        const target = parent.children[0];
        if (node.index === 1 || !target) return false;
        if (operatorOf(parent, text) !== '+=') return !['&&=', '||=', '??='].includes(operatorOf(parent, text));
        return node.index > 0 ? form(target) : false;
      }
      case 'return_statement':
      case 'arrow_function': {
        if (parent.kind === 'arrow_function' && node.index !== parent.children.length - 1) return false;
        const owner = ownerOf(parent);
        return owner !== null && functions.has(owner);
      }
      default:
        return false;
    }
  };

  const ownerOf = (inside: Node): Binding | null => {
    for (let up: Node | null = inside; up; up = up.parent) {
      if (!kinds.function.has(up.kind)) continue;
      for (const binding of scopes.bindings) if (binding.value === up) return binding;
      return null;
    }
    return null;
  };

  const parameterOf = (binding: Binding, position: number): Binding | null => {
    const owner = binding.value;
    if (!owner || !kinds.function.has(owner.kind)) return null;
    const list = owner.children.find((child) => kinds.parameters.has(child.kind));
    const parameter = list?.children.filter((child) => child.named)[position];
    if (!parameter) return null;
    return (
      scopes.bindings.find(
        ({ kind, declared }) =>
          kind === 'parameter' && declared.start === parameter.start && declared.end <= parameter.end,
      ) ?? null
    );
  };

  const hasOtherUse = (use: Node): boolean => {
    const parent = use.parent;
    if (!parent) return true;
    switch (parent.kind) {
      case 'call_expression':
      case 'new_expression':
      case 'spread_element':
      case 'template_substitution':
        return true;
      case 'member_expression':
      case 'subscript_expression':
        return use.index === 0;
      case 'non_null_expression':
      case 'as_expression':
        return hasOtherUse(parent);
      case 'for_in_statement':
      case 'range_statement':
      case 'for_in_clause':
        return use.index < parent.children.length - 1;
      case 'binary_expression':
        return ['in', 'instanceof'].includes(operatorOf(parent, text));
      case 'unary_expression':
        return ['typeof', 'delete', 'void'].includes(textOf(parent.children[0]));
      case 'assignment_expression': {
        const value = lastChild(parent);
        return use.index === 0 && value !== null && isOther(value);
      }
      default:
        return false;
    }
  };

  const isOther = (value: Node): boolean =>
    NEVER_NUMBERS.has(value.kind) ||
    isText(value) ||
    (value.kind === 'binary_expression' && table.comparisons.has(operatorOf(value, text))) ||
    (value.kind === 'unary_expression' && ['!', 'typeof', 'void', 'not'].includes(textOf(value.children[0])));

  const annotation = (binding: Binding): string | null => {
    const next = binding.declared.parent?.children[binding.declared.index + 1];
    const type = next?.kind === '?' ? binding.declared.parent?.children[next.index + 1] : next;
    return type?.kind === 'type_annotation' ? textOf(type).replace(/^:\s*/, '') : null;
  };

  const candidates = scopes.bindings.filter((binding) => {
    if (['function', 'class', 'import', 'catch'].includes(binding.kind)) return false;
    const type = annotation(binding);
    if (type !== null && type !== 'number') return false;
    if (binding.value && isOther(binding.value)) return false;
    return !binding.uses.some(hasOtherUse);
  });
  for (const binding of scopes.bindings) others.add(binding);
  for (const binding of candidates) others.delete(binding);
  for (let round = 0, grew = true; grew && round < ROUNDS; round++) {
    grew = false;
    for (const binding of candidates) {
      if (numbers.has(binding)) continue;
      const assigned = (use: Node): boolean => {
        const value = use.parent?.kind === 'assignment_expression' && use.index === 0 ? lastChild(use.parent) : null;
        return value !== null && form(value);
      };
      const isNumber =
        annotation(binding) === 'number' ||
        hints.has(binding.name) ||
        (binding.value !== null && form(binding.value)) ||
        binding.uses.some((use) => asked(use) || assigned(use));
      if (!isNumber) continue;
      numbers.add(binding);
      grew = true;
    }
    for (const binding of scopes.bindings) {
      if (functions.has(binding) || !binding.value || !kinds.function.has(binding.value.kind)) continue;
      const results = resultsOf(binding.value, file);
      if (results.length > 0 && results.every((result) => form(result))) {
        functions.add(binding);
        grew = true;
      }
    }
  }
  for (const binding of numbers) {
    if (binding.uses.some((use) => use.parent?.kind === 'subscript_expression' && use.index > 0)) indices.add(binding);
  }

  const truth = (node: Node): boolean => {
    const parent = node.parent;
    if (!parent) return false;
    switch (parent.kind) {
      case 'parenthesized_expression':
        return parent.parent !== null && (BOOLEAN_CONTEXTS.has(parent.parent.kind) || truth(parent));
      case 'ternary_expression':
        return node.index === table.ternary.condition;
      case 'unary_expression':
        return ['!', 'not'].includes(textOf(parent.children[0]));
      case 'binary_expression':
        return ['&&', '||', 'and', 'or'].includes(operatorOf(parent, text)) && truth(parent);
      case 'if_statement':
      case 'elif_clause':
      case 'while_statement':
        return table.bareConditions && node.index === 1;
      default:
        return false;
    }
  };

  return {
    scopes,
    isNumber: (binding) => numbers.has(binding),
    isIndex: (binding) => indices.has(binding),
    numeric: (node) => form(node) || asked(node),
    truth,
    ...ONE_SORT,
  };
}

/** What the function returns, nested functions left out. */
function resultsOf(owner: Node, file: ParsedFile): Node[] {
  const { kinds } = file.table;
  const body = lastChild(owner);
  if (!body) return [];
  if (!kinds.block.has(body.kind)) return owner.kind === 'arrow_function' ? [body] : [];
  const results: Node[] = [];
  const visit = (node: Node): void => {
    if (kinds.function.has(node.kind)) return;
    if (node.kind === 'return_statement') {
      const value = node.children[1];
      if (value?.named) results.push(value);
    }
    for (const child of node.children) visit(child);
  };
  visit(body);
  return results;
}
