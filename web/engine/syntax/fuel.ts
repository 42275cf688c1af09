/**
 * Loop-counter fuel: no engine offers deterministic limits, so each loop body and each function body begins by counting one
 * step. Nothing is put on a new line, so that line numbers in messages stay those of the program.
 */
import type { Experiment } from '../experiment.ts';
import type { Files } from '../program.ts';
import { tableOf } from './language.ts';
import { parseFile } from './parsed.ts';
import type { Node } from './node.ts';
import type { ParsedFile } from './table.ts';
import { FUEL, PARAMETERS, mentions } from './reserved.ts';
import type { Syntax } from './tree.ts';
import { lastChild, walk } from './walk.ts';

export type Armed =
  { readonly type: 'ok'; readonly files: Files } | { readonly type: 'failed'; readonly reason: string };

const COUNT = ` if (--${FUEL}.n < 0) ${FUEL}.out();`;
const COUNT_EXPRESSION = `(--${FUEL}.n < 0 && ${FUEL}.out(), `;

const armed = new WeakMap<ParsedFile, string>();

/**
 * Refuses programs that don't parse, or touch the fuel themselves. Lifted literals (`$p[3]`) pass; any other use of `$p` does not. Languages whose sandbox
 * counts for them stay as they are.
 */
export function arm(syntax: Syntax, experiment: Experiment, files: Files): Armed {
  const result: Record<string, string> = {};
  for (const path of Object.keys(files)) {
    const text = files[path] as string;
    const table = tableOf(experiment.language, path);
    if (!table) {
      result[path] = text;
      continue;
    }
    const parse = parseFile(syntax, table.id, text);
    if (parse.type === 'failed') {
      const { line, column, what } = parse.fault;
      return { type: 'failed', reason: `${path}:${line}:${column}: ${what || 'syntax error'}` };
    }
    let counted = table.armed ? armed.get(parse.file) : text;
    if (counted === undefined) {
      if (mentions(parse.file, FUEL)) return { type: 'failed', reason: `${path} uses the reserved name ${FUEL}` };
      if (misusesParameters(parse.file)) {
        return { type: 'failed', reason: `${path} uses the reserved name ${PARAMETERS}` };
      }
      counted = insert(text, counters(parse.file));
      armed.set(parse.file, counted);
    }
    result[path] = counted;
  }
  return { type: 'ok', files: result };
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

function counters(file: ParsedFile): Insertion[] {
  const { kinds } = file.table;
  const opening: Insertion[] = [];
  const closing: Insertion[] = [];
  walk(file.root, (node) => {
    if (kinds.type.has(node.kind)) return false;
    if (kinds.loop.has(node.kind)) {
      const body = loopBody(node);
      if (!body) return;
      if (kinds.block.has(body.kind)) opening.push({ at: body.start + 1, text: COUNT });
      else {
        opening.push({ at: body.start, text: `{${COUNT} ` });
        closing.push({ at: body.end, text: ' }' });
      }
    } else if (kinds.function.has(node.kind)) {
      const body = lastChild(node);
      if (!body) return;
      if (kinds.block.has(body.kind)) opening.push(headOf(body, file));
      else if (node.kind === 'arrow_function') {
        opening.push({ at: body.start, text: COUNT_EXPRESSION });
        closing.push({ at: body.end, text: ')' });
      }
    }
    return;
  });
  return order(opening, closing);
}

/** Where both fall on one place what ends comes before what begins; what ends is ordered inside out. */
function order(opening: Insertion[], closing: Insertion[]): Insertion[] {
  const all = [...closing.reverse(), ...opening];
  return all
    .map((insertion, rank) => ({ insertion, rank }))
    .sort((a, b) => a.insertion.at - b.insertion.at || a.rank - b.rank)
    .map(({ insertion }) => insertion);
}

function insert(text: string, insertions: readonly Insertion[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const insertion of insertions) {
    parts.push(text.slice(at, insertion.at), insertion.text);
    at = insertion.at;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** The statement a loop repeats. */
export function loopBody(loop: Node): Node | null {
  return loop.kind === 'do_statement' ? (loop.children[1] ?? null) : lastChild(loop);
}

/** Behind `{` and any `'use strict'`, which only means something at the very head. */
function headOf(body: Node, file: ParsedFile): Insertion {
  let at = body.start + 1;
  let text = COUNT;
  for (const statement of body.children.slice(1)) {
    const string = statement.kind === 'expression_statement' ? statement.children[0] : undefined;
    if (string?.kind !== 'string') break;
    at = statement.end;
    text = file.text[at - 1] === ';' ? COUNT : `;${COUNT}`;
  }
  return { at, text };
}

function misusesParameters(file: ParsedFile): boolean {
  if (!file.text.includes(PARAMETERS)) return false;
  let misuse = false;
  walk(file.root, (node) => {
    if (node.children.length > 0 || file.text.slice(node.start, node.end) !== PARAMETERS) return;
    if (node.kind === 'string_fragment') return;
    const subscript = node.parent;
    const index = subscript?.children[2];
    const isRead =
      subscript?.kind === 'subscript_expression' &&
      node.index === 0 &&
      index !== undefined &&
      file.table.kinds.number.has(index.kind) &&
      /^\d+$/.test(file.text.slice(index.start, index.end)) &&
      !isWritten(subscript);
    if (!isRead) misuse = true;
  });
  return misuse;
}

function isWritten(target: Node): boolean {
  const kind = target.parent?.kind ?? '';
  if (kind === 'update_expression') return true;
  return (kind === 'assignment_expression' || kind === 'augmented_assignment_expression') && target.index === 0;
}
