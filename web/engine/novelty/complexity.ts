/** How complex a program is, measured on its tree. */
import { log } from '../arithmetic.ts';
import type { Language } from '../experiment.ts';
import type { Files } from '../program.ts';
import { tableOf } from '../syntax/language.ts';
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { Syntax } from '../syntax/tree.ts';
import { canonicalNumber } from './syntax-hash.ts';

export interface Complexity {
  /**
   * 0–1: `0.4 s(cyclomatic / 10) + 0.4 s(log2(volume + 1) / 10) + 0.1 s(log2(loc + 1) / 10) + 0.1 s(nesting / 5)`, the weights and
   * scales of ShinkaEvolve (arXiv 2509.19349). There the terms are cut off at 1, which programs of fifty lines reach, and no two
   * of those can be told apart; here s(x) = x / (1 + x) goes on growing.
   */
  readonly complexity: number;
  /** The same sum with each term cut off at 1. */
  readonly clamped: number;
  /** Deepest nesting of loops, conditions, choices and handlers. `else if` goes no deeper. */
  readonly nesting: number;
  /** Independent paths, summed over functions (McCabe 1976): decisions plus functions, 1 at least. */
  readonly cyclomatic: number;
  /** Bits (Halstead 1977): tokens × log2 of the different ones. Closing brackets belong to the opening ones. */
  readonly volume: number;
  /** Lines with code on them. */
  readonly loc: number;
  /** 171 − 5.2 ln volume − 0.23 cyclomatic − 16.2 ln loc (Oman and Hagemeister 1992); higher is easier to maintain. */
  readonly maintainability: number;
}

/** Of all code files together. Files that don't parse, and files that hold no code, don't count; nor do types and comments. */
export function complexityOf(syntax: Syntax, language: Language, files: Files): Complexity {
  const tally = new Tally();
  for (const path of Object.keys(files)) {
    const table = tableOf(language, path);
    if (!table) continue;
    const parse = parseFile(syntax, table.id, files[path] as string);
    if (parse.type === 'ok') tally.file(parse.file);
  }
  const { nesting, loc } = tally;
  const cyclomatic = Math.max(1, tally.decisions + tally.functions);
  const volume = tally.tokens * log2(Math.max(1, tally.different));
  const terms = [cyclomatic / 10, log2(volume + 1) / 10, log2(loc + 1) / 10, nesting / 5] as const;
  return {
    complexity: weigh(terms.map((term) => term / (1 + term))),
    clamped: weigh(terms.map((term) => Math.min(1, term))),
    nesting,
    cyclomatic,
    volume,
    loc,
    maintainability: 171 - 5.2 * log(Math.max(1, volume)) - 0.23 * cyclomatic - 16.2 * log(Math.max(1, loc)),
  };
}

const WEIGHTS = [0.4, 0.4, 0.1, 0.1] as const;

function weigh(terms: readonly number[]): number {
  return WEIGHTS.reduce((sum, weight, i) => sum + weight * (terms[i] as number), 0);
}

const CLOSING = new Set([')', ']', '}', ',', ';']);

class Tally {
  decisions = 0;
  functions = 0;
  nesting = 0;
  loc = 0;
  tokens = 0;
  readonly #words = new Set<string>();
  /** End of the last token of the file that is being read. */
  #end = 0;
  #text = '';

  get different(): number {
    return this.#words.size;
  }

  file(file: ParsedFile): void {
    this.#end = -1;
    this.#text = file.text;
    this.#visit(file.root, file, 0);
  }

  #visit(node: Node, file: ParsedFile, depth: number): void {
    const { kinds, logical } = file.table;
    const { kind, children } = node;
    if (children.length === 0) {
      // A file without code.
      if (node.parent === null) return;
      this.#lines(node);
      if (node.named) this.#operand(node, file);
      else {
        // `&&=` decides like `&&`.
        if (logical.has(kind) || (kind.endsWith('=') && logical.has(kind.slice(0, -1)))) this.decisions++;
        if (!CLOSING.has(kind)) this.#word(kind);
      }
      return;
    }
    if (kinds.string.has(kind) && !children.some((child) => child.named && child.children.length > 0)) {
      this.#lines(node);
      this.#operand(node, file);
      return;
    }
    if (kinds.type.has(kind)) {
      this.#lines(node);
      return;
    }
    if (kinds.function.has(kind)) this.functions++;
    const isWay = kinds.loop.has(kind) || kinds.branch.has(kind);
    if (isWay) this.decisions++;
    const goesOn = node.parent !== null && kinds.otherwise.has(node.parent.kind);
    const isIn = kinds.switch.has(node.parent?.kind ?? '') || kinds.switch.has(node.parent?.parent?.kind ?? '');
    const below = (isWay && !goesOn && !isIn) || kinds.switch.has(kind) ? depth + 1 : depth;
    this.nesting = Math.max(this.nesting, below);
    for (const child of children) this.#visit(child, file, below);
  }

  #operand(node: Node, { text, table }: ParsedFile): void {
    const own = text.slice(node.start, node.end);
    this.#word(`${table.kinds.number.has(node.kind) ? canonicalNumber(own) : own} `);
  }

  #word(word: string): void {
    this.tokens++;
    this.#words.add(word);
  }

  /** Counts the lines this token is the first to stand on. */
  #lines({ start, end }: Node): void {
    const text = this.#text;
    const next = this.#end < 0 ? -1 : text.indexOf('\n', this.#end);
    if (this.#end < 0 || (next >= 0 && next < start)) this.loc++;
    for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) this.loc++;
    this.#end = end;
  }
}

const LN2 = 0.6931471805599453;

function log2(x: number): number {
  return log(x) / LN2;
}
