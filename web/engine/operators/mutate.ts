import type { Experiment } from '../experiment.ts';
import { composeEdits } from '../patches/compose.ts';
import { applyEdits } from '../patches/edits.ts';
import type { Edit, Files } from '../program.ts';
import type { Random } from '../rng.ts';
import { checkCandidate } from '../syntax/check.ts';
import type { Syntax } from '../syntax/tree.ts';
import { layOut } from './ground.ts';
import type { Ground } from './ground.ts';
import { MOVES } from './moves/index.ts';
import type { Move } from './moves/move.ts';
import type { Operator } from './operator.ts';
import { isSound } from './soundness.ts';
import { vocabularyFor, wordsOf } from './words.ts';

/** Share of proposals that make two moves. */
const SECOND_MOVE = 0.25;
/** Places drawn before the operator gives up. */
const ATTEMPTS = 40;

/** Changes, grows, cuts, or rearranges a program at one or two places. */
export const mutate: Operator = {
  id: 'mutate',
  applies: () => true,
  propose({ experiment, syntax, parent, random }) {
    const first = moveOnce(syntax, experiment, parent.files, random);
    if (first === null) return { type: 'none', reason: 'No place in the program lends itself to a change' };
    if (random.next() >= SECOND_MOVE) return { type: 'edits', edits: first.edits, note: first.note };
    const between = applyEdits(parent.files, first.edits);
    const second = moveOnce(syntax, experiment, between, random);
    if (second === null) return { type: 'edits', edits: first.edits, note: first.note };
    const after = applyEdits(between, second.edits);
    if (checkCandidate({ syntax, experiment, parent: parent.files, files: after }).type === 'rejected') {
      return { type: 'edits', edits: first.edits, note: first.note };
    }
    return {
      type: 'edits',
      edits: composeEdits(parent.files, first.edits, second.edits),
      note: `${first.note}, ${second.note}`,
    };
  },
};

interface Moved {
  readonly edits: readonly Edit[];
  readonly note: string;
}

/** One move that leaves a program that parses and differs from what was there. */
function moveOnce(syntax: Syntax, experiment: Experiment, files: Files, random: Random): Moved | null {
  const layout = layOut(syntax, experiment, files);
  if (layout.type === 'failed' || layout.grounds.length === 0) return null;
  const sizes = layout.grounds.map((ground) => ground.expressions.length + ground.statements.length);
  const weights = MOVES.map((move) => move.weight);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const ground = layout.grounds[random.weighted(sizes)] as Ground;
    const { id } = ground.file.table;
    const words = wordsOf(syntax, id, vocabularyFor(experiment, id));
    const move = MOVES[random.weighted(weights)] as Move;
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
