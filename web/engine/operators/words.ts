/** The experiment's vocabulary, read once: what each leaf and block needs to be in scope. */
import type { Experiment, Language, Vocabulary } from '../experiment.ts';
import { languageTable } from '../syntax/language.ts';
import { BINDING } from '../syntax/table.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { Node } from '../syntax/node.ts';
import type { Syntax } from '../syntax/tree.ts';
import { walk } from '../syntax/walk.ts';
import { phraseOf } from './placing.ts';
import type { Phrase } from './placing.ts';
import { freeNames } from './reach.ts';
import type { FreeName } from './reach.ts';

export interface Word {
  readonly phrase: Phrase;
  readonly node: Node;
  readonly free: readonly FreeName[];
}

export interface Words {
  readonly functions: readonly (readonly [name: string, arity: number])[];
  readonly constants: readonly number[];
  readonly binary: readonly string[];
  readonly comparisons: readonly string[];
  /** Whether conditions may be written where there were none: not when the experiment lists no comparisons. */
  readonly conditions: boolean;
  readonly leaves: readonly Word[];
  readonly blocks: readonly Word[];
}

const PLAIN_BINARY = ['+', '-', '*', '/'] as const;
const PLAIN_COMPARISONS = ['<', '>'] as const;

const read = new WeakMap<Vocabulary, Map<Language, Words>>();

const foreign = new WeakMap<Vocabulary, Map<Language, Vocabulary>>();

/** For files of another language than the experiment's: its numbers and operators, that language's own functions. */
export function vocabularyFor(experiment: Pick<Experiment, 'language' | 'strategy'>, language: Language): Vocabulary {
  const { vocabulary } = experiment.strategy;
  if (language === experiment.language) return vocabulary;
  let known = foreign.get(vocabulary);
  if (!known) foreign.set(vocabulary, (known = new Map()));
  let words = known.get(language);
  if (!words) {
    const { functions } = languageTable(language).vocabulary;
    known.set(language, (words = { ...vocabulary, functions, leaves: [], blocks: [] }));
  }
  return words;
}

/** Words that do not parse are left out: the experiment's validation tells their author. */
export function wordsOf(syntax: Syntax, language: Language, vocabulary: Vocabulary): Words {
  let byLanguage = read.get(vocabulary);
  if (!byLanguage) read.set(vocabulary, (byLanguage = new Map()));
  let words = byLanguage.get(language);
  if (!words) byLanguage.set(language, (words = readWords(syntax, language, vocabulary)));
  return words;
}

function readWords(syntax: Syntax, language: Language, vocabulary: Vocabulary): Words {
  const table = languageTable(language);
  const known = (operators: readonly string[]): string[] =>
    operators.filter((operator) => table.precedence[operator] !== undefined);
  const binary = known(vocabulary.binary);
  const comparisons = known(vocabulary.comparisons);
  return {
    functions: Object.entries(vocabulary.functions),
    constants: vocabulary.constants,
    binary: binary.length > 0 ? binary : PLAIN_BINARY,
    comparisons: comparisons.length > 0 ? comparisons : PLAIN_COMPARISONS,
    conditions: vocabulary.comparisons.length > 0,
    leaves: vocabulary.leaves.flatMap((leaf) => readLeaf(syntax, language, leaf)),
    blocks: vocabulary.blocks.flatMap((block) => readBlock(syntax, language, block)),
  };
}

function readLeaf(syntax: Syntax, language: Language, leaf: string): Word[] {
  const { writing } = languageTable(language);
  const [before, after] = writing.frames.leaf;
  const parse = parseFile(syntax, language, writing.prefix ? `${before}${leaf}${after}` : `${before}(${leaf})${after}`);
  if (parse.type === 'failed') return [];
  const isFound = ({ kind, start }: Node): boolean =>
    start === before.length && (writing.prefix ? kind === 'operation' : kind === 'parenthesized_expression');
  const enclosed = find(parse.file.root, isFound);
  const inner = writing.prefix ? enclosed : enclosed?.children[1];
  if (!inner) return [];
  const phrase = phraseOf(inner, parse.file);
  return [{ phrase, node: inner, free: freeNames(inner, parse.file, null) }];
}

function find(root: Node, test: (node: Node) => boolean): Node | null {
  let found: Node | null = null;
  walk(root, (node) => {
    if (found === null && test(node)) found = node;
    return found === null;
  });
  return found;
}

function readBlock(syntax: Syntax, language: Language, block: string): Word[] {
  const { frames, braces } = languageTable(language).writing;
  const text = braces ? `{ ${block.trim()} }` : block.trim();
  const [before, after] = frames.block;
  const parse = parseFile(syntax, language, `${before}${text}${after}`);
  if (parse.type === 'failed') return [];
  const { root } = parse.file;
  return [{ phrase: { text, binding: BINDING.sequence }, node: root, free: freeNames(root, parse.file, null) }];
}
