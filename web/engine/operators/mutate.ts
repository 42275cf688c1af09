import { composeEdits } from '../patches/compose.ts';
import { applyEdits } from '../patches/edits.ts';
import { checkCandidate } from '../syntax/check.ts';
import { MOVES } from './moves/index.ts';
import { moveOnce } from './moving.ts';
import type { Operator } from './operator.ts';

/** Share of proposals that make two moves. */
const SECOND_MOVE = 0.25;

/** Changes, grows, cuts, or rearranges a program at one or two places. */
export const mutate: Operator = {
  id: 'mutate',
  applies: () => true,
  propose({ experiment, syntax, parent, random }) {
    const first = moveOnce(syntax, experiment, parent.files, random, MOVES);
    if (first === null) return { type: 'none', reason: 'No place in the program lends itself to a change' };
    if (random.next() >= SECOND_MOVE) return { type: 'edits', edits: first.edits, note: first.note };
    const between = applyEdits(parent.files, first.edits);
    const second = moveOnce(syntax, experiment, between, random, MOVES);
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
