/** Puts expressions where others stood: parentheses where the place asks for them, and no two tokens run into one. */
import { BINDING } from '../syntax/table.ts';
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { operatorOf } from '../syntax/walk.ts';
import type { Edit } from '../program.ts';
import type { Ground } from './ground.ts';

/** Text of an expression, and how tightly its outermost operator binds. */
export interface Phrase {
  readonly text: string;
  readonly binding: number;
}

/** Python's `not` binds looser than a comparison, tighter than `and`. */
const LOOSE_NOT = 5;

export function phraseOf(node: Node, file: ParsedFile): Phrase {
  return { text: file.text.slice(node.start, node.end), binding: bindingOf(node, file) };
}

function bindingOf(node: Node, file: ParsedFile): number {
  switch (node.kind) {
    case 'number':
    case 'identifier':
    case 'parenthesized_expression':
    case 'array':
    case 'string':
    case 'true':
    case 'false':
      return BINDING.primary;
    case 'call_expression':
    case 'member_expression':
    case 'subscript_expression':
    case 'non_null_expression':
      return BINDING.call;
    case 'unary_expression':
      return file.text.startsWith('not', node.start) ? LOOSE_NOT : BINDING.unary;
    case 'operation':
    case 'if_operation':
    case 'block_operation':
      return BINDING.primary;
    case 'binary_expression': {
      const operator = operatorOf(node, file.text);
      // `a ?? b || c` is no program.
      return operator === '??' ? BINDING.assignment : (file.table.precedence[operator] ?? BINDING.assignment);
    }
    case 'ternary_expression':
      return BINDING.ternary;
    case 'sequence_expression':
      return BINDING.sequence;
    default:
      return BINDING.assignment;
  }
}

/** How tightly an expression must bind to stand in the node's place without parentheses. */
export function neededAt(node: Node, file: ParsedFile): number {
  const parent = node.parent;
  switch (parent?.kind) {
    case 'binary_expression': {
      const operator = operatorOf(parent, file.text);
      if (operator === '??') return BINDING.unary;
      const own = file.table.precedence[operator] ?? BINDING.unary;
      if (operator === file.table.power) return node.index === 0 ? BINDING.call : own;
      return node.index === 0 ? own : own + 1;
    }
    case 'unary_expression':
    case 'await_expression':
    case 'type_assertion':
      return BINDING.unary;
    case 'call_expression':
    case 'new_expression':
    case 'member_expression':
    case 'non_null_expression':
      return BINDING.call;
    case 'subscript_expression':
      return node.index === 0 ? BINDING.call : BINDING.sequence;
    case 'ternary_expression':
      if (file.table.ternary.yes === 0) return node.index === 4 ? BINDING.ternary : BINDING.ternary + 1;
      return node.index === 0 ? BINDING.ternary + 1 : BINDING.assignment;
    case 'let_declaration':
    case 'const_item':
    case 'short_var_declaration':
    case 'var_spec':
    case 'const_spec':
    case 'variable_declaration':
    case 'initializer_list':
    case 'default_parameter':
    case 'typed_default_parameter':
    case 'keyword_argument':
    case 'expression_list':
    case 'return_expression':
    case 'statement_block':
    case 'if_statement':
    case 'elif_clause':
    case 'while_statement':
    case 'arguments':
    case 'array':
    case 'pair':
    case 'variable_declarator':
    case 'assignment_expression':
    case 'augmented_assignment_expression':
    case 'assignment_pattern':
    case 'required_parameter':
    case 'return_statement':
    case 'arrow_function':
    case 'spread_element':
    case 'parenthesized_expression':
    case 'template_substitution':
    case 'for_statement':
    case 'for_in_statement':
    case 'switch_case':
    case 'throw_statement':
    case 'sequence_expression':
    case 'expression_statement':
      return BINDING.assignment;
    default:
      return BINDING.primary;
  }
}

export function exchange(ground: Ground, node: Node, phrase: Phrase): Edit {
  const { file, path } = ground;
  let text = phrase.binding < neededAt(node, file) ? `(${phrase.text})` : phrase.text;
  const before = file.text[node.start - 1] ?? '';
  const first = text[0] ?? '';
  if (/[-+]/.test(before) && first === before) text = `(${text})`;
  else if (/[\w$]/.test(before) && /[\w$.]/.test(first)) text = ` ${text}`;
  const after = file.text[node.end] ?? '';
  if (/[\w$]/.test(after) && /[\w$]$/.test(text)) text = `${text} `;
  return { file: path, start: node.start, end: node.end, text };
}

/** `sort` is that of the operands, for languages that name it in the operator. */
export function combine(left: Phrase, operator: string, right: Phrase, file: ParsedFile, sort = ''): Phrase {
  const { prefix } = file.table.writing;
  if (prefix) {
    const text = prefix.combine(left.text, operator, right.text, sort) ?? left.text;
    return { text, binding: BINDING.primary };
  }
  const own = file.table.precedence[operator] ?? BINDING.assignment;
  const isPower = operator === file.table.power;
  const leftNeeds = isPower ? BINDING.call : own;
  const rightNeeds = isPower ? own : own + 1;
  return { text: `${enclosed(left, leftNeeds)} ${operator} ${enclosed(right, rightNeeds)}`, binding: own };
}

/** Null where the language has no such expression. */
export function choose(condition: Phrase, yes: Phrase, no: Phrase, { table }: ParsedFile): Phrase | null {
  const { writing, ternary } = table;
  if (!writing.choose) return null;
  if (writing.prefix) return { text: writing.choose(condition.text, yes.text, no.text), binding: BINDING.primary };
  const text = writing.choose(
    enclosed(condition, BINDING.ternary + 1),
    enclosed(yes, ternary.yes === 0 ? BINDING.ternary + 1 : BINDING.ternary),
    enclosed(no, BINDING.ternary),
  );
  // One that begins with a word takes all that follows.
  return { text, binding: /^if\b/.test(text) ? BINDING.assignment : BINDING.ternary };
}

export function call(name: string, operands: readonly Phrase[], { table }: ParsedFile): Phrase {
  const { prefix } = table.writing;
  if (prefix)
    return {
      text: prefix.call(
        name,
        operands.map(({ text }) => text),
      ),
      binding: BINDING.primary,
    };
  return {
    text: `${name}(${operands.map((operand) => enclosed(operand, BINDING.assignment)).join(', ')})`,
    binding: BINDING.call,
  };
}

function enclosed(phrase: Phrase, needed: number): string {
  return phrase.binding < needed ? `(${phrase.text})` : phrase.text;
}
