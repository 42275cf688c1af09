/** Which words stand in a program, for views that say what texts have in common. Vectors don't know: their features are hashed. */
import type { Language } from '../experiment.ts';
import type { Files } from '../program.ts';
import { tableOf } from '../syntax/language.ts';
import type { Node } from '../syntax/node.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { ParsedFile } from '../syntax/table.ts';
import type { Syntax } from '../syntax/tree.ts';

const WORD = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
const LONGEST = 28;

/** Names and keywords of the code, each once. No comments, strings and numbers; nothing of files that hold no code or don't parse. */
export function wordsOf(syntax: Syntax, language: Language, files: Files): Set<string> {
  const found = new Set<string>();
  for (const [path, text] of Object.entries(files)) {
    const table = tableOf(language, path);
    const parse = table ? parseFile(syntax, table.id, text) : null;
    if (parse?.type === 'ok') collect(parse.file, parse.file.root, found);
  }
  return found;
}

function collect(file: ParsedFile, node: Node, found: Set<string>): void {
  if (file.table.kinds.string.has(node.kind)) return;
  for (const child of node.children) collect(file, child, found);
  if (node.children.length > 0 || node.end - node.start > LONGEST || node.parent === null) return;
  const text = file.text.slice(node.start, node.end);
  if (WORD.test(text)) found.add(text);
}

/** A word that most texts of a group hold and few others do. Shares are 0–1. */
export interface Mark {
  readonly word: string;
  readonly inside: number;
  readonly outside: number;
}

/** How far the two shares must lie apart, and how many texts there must be on either side, before anything is said. */
const APART = 0.5;
const FEWEST = 4;

/** Words that tell the texts `isInside` holds of from the others, the clearest first. Often there are none. */
export function marksOf(
  texts: readonly ReadonlySet<string>[],
  isInside: (text: number) => boolean,
  most: number,
): Mark[] {
  const counts = new Map<string, [number, number]>();
  const sizes: [number, number] = [0, 0];
  texts.forEach((words, text) => {
    const side = isInside(text) ? 0 : 1;
    sizes[side]++;
    for (const word of words) {
      let count = counts.get(word);
      if (!count) counts.set(word, (count = [0, 0]));
      count[side]++;
    }
  });
  if (sizes[0] < FEWEST || sizes[1] < FEWEST) return [];
  return [...counts]
    .map(([word, [inside, outside]]) => ({ word, inside: inside / sizes[0], outside: outside / sizes[1] }))
    .filter(({ inside, outside }) => inside - outside >= APART)
    .sort((a, b) => b.inside - b.outside - (a.inside - a.outside) || (a.word < b.word ? -1 : 1))
    .slice(0, most);
}
