/** One move on a program's text: a place is drawn, the move tried, and what comes of it checked. */
import type { Experiment } from '../experiment.ts';
import { applyEdits } from '../patches/edits.ts';
import type { Edit, Files } from '../program.ts';
import type { Random } from '../rng.ts';
import { checkCandidate } from '../syntax/check.ts';
import type { Syntax } from '../syntax/tree.ts';
import { layOut } from './ground.ts';
import type { Ground } from './ground.ts';
import type { Move } from './moves/move.ts';
import { isSound } from './soundness.ts';
import { vocabularyFor, wordsOf } from './words.ts';

/** Places drawn before a move is given up. */
const ATTEMPTS = 40;

export interface Moved {
  readonly edits: readonly Edit[];
  /** Id of the move. */
  readonly note: string;
}

/** One move that leaves a program that parses, compiles as far as can be told, and differs from what was there. */
export function moveOnce(
  syntax: Syntax,
  experiment: Experiment,
  files: Files,
  random: Random,
  moves: readonly Move[],
): Moved | null {
  const layout = layOut(syntax, experiment, files);
  if (layout.type === 'failed' || layout.grounds.length === 0) return null;
  const sizes = layout.grounds.map((ground) => ground.expressions.length + ground.statements.length);
  return moveWithin(syntax, experiment, files, random, moves, () => layout.grounds[random.weighted(sizes)] as Ground);
}

/** A move at a place of the ground that is drawn anew for each attempt. */
export function moveWithin(
  syntax: Syntax,
  experiment: Experiment,
  files: Files,
  random: Random,
  moves: readonly Move[],
  draw: () => Ground,
): Moved | null {
  const weights = moves.map((move) => move.weight);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const ground = draw();
    const { id } = ground.file.table;
    const words = wordsOf(syntax, id, vocabularyFor(experiment, id));
    const move = moves[random.weighted(weights)] as Move;
    if (ground.file.table.without.has(move.id)) continue;
    const edits = move.attempt({ ground, words, random });
    if (edits === null || edits.length === 0 || edits.every((edit) => isVoid(edit, files))) continue;
    const young = applyEdits(files, edits);
    if (
      checkCandidate({ syntax, experiment, parent: files, files: young }).type === 'ok' &&
      isSound(syntax, experiment, files, young)
    )
      return { edits, note: move.id };
  }
  return null;
}

function isVoid({ file, start, end, text }: Edit, files: Files): boolean {
  return files[file]?.slice(start, end) === text;
}
