/** A program laid out for the operators: its parsed files, what may change in them, and what each part is. */
import type { Experiment, Vocabulary } from '../experiment.ts';
import type { Files } from '../program.ts';
import { evolvableRanges } from '../patches/evolve-blocks.ts';
import type { Range } from '../patches/evolve-blocks.ts';
import { tableOf } from '../syntax/language.ts';
import { inferNumbers } from '../syntax/numeric.ts';
import type { Numbers } from '../syntax/numbers.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { loopBody } from '../syntax/fuel.ts';
import type { Syntax } from '../syntax/tree.ts';
import { operatorOf, walk } from '../syntax/walk.ts';

export interface Ground {
  readonly path: string;
  readonly file: ParsedFile;
  readonly ranges: readonly Range[];
  readonly numbers: Numbers;
  /** Expressions that give a number and may be exchanged for another; literals under a minus count with it. */
  readonly expressions: readonly Node[];
  /** Expressions that are asked for a truth value. */
  readonly conditions: readonly Node[];
  /** Statements that stand in a list of statements or are the body of something. */
  readonly statements: readonly Node[];
  /** Numeric literals, with their minus. */
  readonly literals: readonly Node[];
}

export interface Layout {
  readonly type: 'ok';
  readonly grounds: readonly Ground[];
}

export type LaidOut = Layout | { readonly type: 'failed'; readonly reason: string };

const layouts = new WeakMap<Vocabulary, WeakMap<ParsedFile, { readonly ranges: string; readonly ground: Ground }>>();
const hints = new WeakMap<Vocabulary, ReadonlySet<string>>();

export function layOut(syntax: Syntax, experiment: Experiment, files: Files): LaidOut {
  const allowed = evolvableRanges(syntax, experiment.language, files);
  if (allowed.type === 'failed') return allowed;
  const grounds: Ground[] = [];
  for (const path of Object.keys(files).sort()) {
    const ranges = allowed.ranges[path] ?? [];
    const table = tableOf(experiment.language, path);
    if (ranges.length === 0 || !table) continue;
    const parse = parseFile(syntax, table.id, files[path] as string);
    if (parse.type === 'failed') return { type: 'failed', reason: `${path}:${parse.fault.line}: ${parse.fault.what}` };
    grounds.push(groundOf(path, parse.file, ranges, experiment.strategy.vocabulary));
  }
  return { type: 'ok', grounds };
}

function groundOf(path: string, file: ParsedFile, ranges: readonly Range[], vocabulary: Vocabulary): Ground {
  let byFile = layouts.get(vocabulary);
  if (!byFile) layouts.set(vocabulary, (byFile = new WeakMap()));
  const key = `${path} ${ranges.map(({ start, end }) => `${start}-${end}`).join()}`;
  const known = byFile.get(file);
  if (known?.ranges === key) return known.ground;
  const ground = survey(path, file, ranges, hintsOf(vocabulary));
  byFile.set(file, { ranges: key, ground });
  return ground;
}

function hintsOf(vocabulary: Vocabulary): ReadonlySet<string> {
  let names = hints.get(vocabulary);
  if (!names) {
    names = new Set(vocabulary.leaves.filter((leaf) => /^[A-Za-z_$][\w$]*$/.test(leaf)));
    hints.set(vocabulary, names);
  }
  return names;
}

function survey(path: string, file: ParsedFile, ranges: readonly Range[], names: ReadonlySet<string>): Ground {
  const { kinds } = file.table;
  const numbers = inferNumbers(file, names);
  const expressions: Node[] = [];
  const conditions: Node[] = [];
  const statements: Node[] = [];
  const literals: Node[] = [];
  const within = (node: Node): boolean => ranges.some((range) => range.start <= node.start && node.end <= range.end);

  walk(file.root, (node) => {
    if (kinds.type.has(node.kind) || kinds.import.has(node.kind)) return false;
    if (!ranges.some((range) => range.start < node.end && node.start < range.end)) return false;
    if (!within(node)) return;
    if (kinds.number.has(node.kind)) {
      if (isPlainLiteral(node, file)) literals.push(signed(node, file));
    }
    if (kinds.statement.has(node.kind) && isListed(node, file)) statements.push(node);
    if (kinds.expression.has(node.kind) && isExchangeable(node, file)) {
      if (numbers.truth(node)) conditions.push(node);
      else if (numbers.numeric(node)) expressions.push(node);
    }
    return;
  });
  return { path, file, ranges, numbers, expressions, conditions, statements, literals };
}

/** Decimal, no big integer, and not a key. */
function isPlainLiteral(node: Node, file: ParsedFile): boolean {
  const text = file.text.slice(node.start, node.end).replace(/^[-+]\s*/, '');
  if (!/^[\d.][\d_.]*(e[+-]?\d+)?$/i.test(text) || /^0\d/.test(text)) return false;
  return !(node.parent?.kind === 'pair' && node.index === 0) && node.parent?.kind !== 'method_definition';
}

/** The literal, or the minus over it. */
export function signed(literal: Node, file: ParsedFile): Node {
  const up = literal.parent;
  return up?.kind === 'unary_expression' && file.text[up.start] === '-' ? up : literal;
}

export function literalValue(node: Node, file: ParsedFile): number {
  return Number(file.text.slice(node.start, node.end).replace(/[_\s]/g, ''));
}

/** A place where any other expression could stand: nothing that is assigned to, called, or only part of a form. */
function isExchangeable(node: Node, file: ParsedFile): boolean {
  const parent = node.parent;
  if (!parent) return false;
  if (file.table.kinds.number.has(node.kind) && signed(node, file) !== node) return false;
  switch (parent.kind) {
    case 'update_expression':
    case 'rest_pattern':
    case 'pattern_list':
    case 'tuple_pattern':
    case 'list_pattern':
    case 'parameters':
    case 'lambda_parameters':
    case 'closure_parameters':
    case 'parameter':
    case 'typed_parameter':
    case 'parameter_declaration':
    case 'pointer_declarator':
    case 'reference_declarator':
    case 'array_declarator':
    case 'function_declarator':
    case 'declaration':
    case 'function_definition':
    case 'function_item':
    case 'range_statement':
    case 'range_clause':
    case 'payload':
    case 'token_tree':
    case 'match_pattern':
    case 'or_pattern':
    case 'enumerator':
    case 'preproc_def':
    case 'global_statement':
    case 'nonlocal_statement':
    case 'delete_statement':
    case 'as_pattern':
    case 'as_pattern_target':
    case 'with_item':
    case 'decorator':
    case 'class_definition':
    case 'class_specifier':
    case 'struct_expression':
    case 'shorthand_field_initializer':
    case 'pointer_expression':
    case 'lambda_capture_specifier':
    case 'import_spec':
    case 'except_clause':
    case 'case_pattern':
    case 'keyword_separator':
    case 'dotted_name':
    case 'composite_literal':
    case 'send_statement':
    case 'reference_expression':
    case 'const_parameter':
    case 'labeled_statement':
    case 'array_pattern':
    case 'object_pattern':
    case 'pair_pattern':
    case 'formal_parameters':
    case 'required_parameter':
    case 'optional_parameter':
    case 'import_specifier':
    case 'export_specifier':
    case 'catch_clause':
    case 'class_heritage':
    case 'expression_statement':
    case 'non_null_expression':
    case 'function_declaration':
    case 'function_expression':
    case 'generator_function':
    case 'generator_function_declaration':
    case 'class_declaration':
      return false;
    case 'assignment_expression':
    case 'augmented_assignment_expression':
    case 'variable_declarator':
    case 'assignment_pattern':
    case 'let_declaration':
    case 'const_item':
    case 'static_item':
    case 'short_var_declaration':
    case 'var_spec':
    case 'const_spec':
    case 'variable_declaration':
    case 'default_parameter':
    case 'typed_default_parameter':
    case 'named_expression':
    case 'container_field':
      return node.index > 0 && isBehindSign(node, parent);
    case 'pair':
    case 'call_expression':
    case 'new_expression':
    case 'member_expression':
    case 'subscript_expression':
      return node.index > 0;
    case 'for_in_statement':
    case 'for_in_clause':
      return false;
    case 'switch_case':
      return !file.table.typing;
    case 'arrow_function':
      return node.index === parent.children.length - 1;
    case 'parenthesized_expression':
      // The parentheses of a statement belong to the statement.
      return true;
    case 'if_statement':
    case 'while_statement':
      return file.table.bareConditions && (node.index < 3 || parent.kind === 'while_statement');
    case 'do_statement':
    case 'switch_statement':
    case 'with_statement':
      return false;
    default:
      return true;
  }
}

/** Only what is assigned may be exchanged, not what it is assigned to. */
function isBehindSign(node: Node, parent: Node): boolean {
  return !parent.children.some(
    ({ named, kind, index }) => !named && index > node.index && /^(:=|[^=!<>]?=|<<=|>>=|\*\*=|\/\/=)$/.test(kind),
  );
}

/** In a block, at the top of the file, in a switch, or the one statement of a branch or loop. */
function isListed(node: Node, file: ParsedFile): boolean {
  const parent = node.parent;
  if (!parent) return false;
  const { kinds, bodies } = file.table;
  if (!bodies) return kinds.block.has(parent.kind) || (parent.kind === 'program' && !kinds.block.has(node.kind));
  if (kinds.block.has(node.kind)) {
    // The braces of a function, a branch or a loop are not a statement of their own.
    return parent.kind === 'program' || kinds.block.has(parent.kind);
  }
  if (parent.kind === 'for_statement' || parent.kind === 'for_in_statement') return loopBody(parent) === node;
  return !kinds.declaration.has(parent.kind) || !kinds.declaration.has(node.kind);
}

/** Inside the brackets of `x[…]`: whole numbers only. */
export function inIndex(node: Node): boolean {
  for (let up: Node = node; up.parent; up = up.parent) {
    if (up.parent.kind === 'subscript_expression' && up.index > 0) return true;
    if (up.kind.endsWith('_statement') || up.kind === 'arguments') return false;
  }
  return false;
}

/** In the head of a `for`: what decides how often it runs. */
export function inLoopHead(node: Node): boolean {
  for (let up: Node = node; up.parent; up = up.parent) {
    const { kind } = up.parent;
    if (kind === 'for_statement' || kind === 'range_statement') return loopBody(up.parent) !== up;
    if (kind === 'while_statement' || kind === 'do_statement') return loopBody(up.parent) !== up;
    if (kind === 'statement_block' || kind === 'program') return false;
  }
  return false;
}

/** An operand of `|`, `>>>` and their like, or a factor of a hash: the stuff random generators are made of. */
export function inBits(node: Node, file: ParsedFile): boolean {
  for (let up = node.parent; up; up = up.parent) {
    if (up.kind === 'binary_expression') {
      if (file.table.bitwise.has(operatorOf(up, file.text))) return true;
    } else if (up.kind === 'augmented_assignment_expression') {
      if (/[&|^<>]=$/.test(operatorOf(up, file.text))) return true;
    } else if (up.kind === 'call_expression') {
      if (file.text.startsWith('Math.imul', up.start)) return true;
    } else if (up.kind.endsWith('_statement')) return false;
  }
  return false;
}
