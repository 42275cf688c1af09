/** Puts expressions where others stood: parentheses where the place asks for them, and no two tokens run into one. */
import { BINDING } from '../syntax/language.ts';
import type { Node, ParsedFile } from '../syntax/parsed.ts';
import { operatorOf } from '../syntax/walk.ts';
import type { Edit } from '../program.ts';
import type { Ground } from './ground.ts';

/** Text of an expression, and how tightly its outermost operator binds. */
export interface Phrase {
  readonly text: string;
  readonly binding: number;
}

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
      return BINDING.unary;
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
      return node.index === 0 ? BINDING.ternary + 1 : BINDING.assignment;
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

export function combine(left: Phrase, operator: string, right: Phrase, file: ParsedFile): Phrase {
  const own = file.table.precedence[operator] ?? BINDING.assignment;
  const isPower = operator === file.table.power;
  const leftNeeds = isPower ? BINDING.call : own;
  const rightNeeds = isPower ? own : own + 1;
  return { text: `${enclosed(left, leftNeeds)} ${operator} ${enclosed(right, rightNeeds)}`, binding: own };
}

export function choose(condition: Phrase, yes: Phrase, no: Phrase): Phrase {
  const parts = [
    enclosed(condition, BINDING.ternary + 1),
    enclosed(yes, BINDING.ternary),
    enclosed(no, BINDING.ternary),
  ];
  return { text: `${parts[0]} ? ${parts[1]} : ${parts[2]}`, binding: BINDING.ternary };
}

export function call(name: string, operands: readonly Phrase[]): Phrase {
  return {
    text: `${name}(${operands.map((operand) => enclosed(operand, BINDING.assignment)).join(', ')})`,
    binding: BINDING.call,
  };
}

function enclosed(phrase: Phrase, needed: number): string {
  return phrase.binding < needed ? `(${phrase.text})` : phrase.text;
}
