/**
 * Large neighbourhood search (P. Shaw, 1998) as ruin and recreate (G. Schrimpf et al., Journal of Computational Physics 159, 2000): a
 * stretch of the program loses a good part of what is in it, and what is left there grows again, in many ways of which the best becomes
 * the proposal. So it reaches programs that lie further from the parent than a move or two, and differ from it in one place only.
 */
import { composeEdits } from '../patches/compose.ts';
import { applyEdits } from '../patches/edits.ts';
import type { Edit, Files } from '../program.ts';
import type { Random } from '../rng.ts';
import type { Node } from '../syntax/node.ts';
import { languageTable } from '../syntax/language.ts';
import { layOut } from './ground.ts';
import type { Ground } from './ground.ts';
import { changeConstant } from './moves/constant.ts';
import { changeOperator, hoist, prune, replace, wrap } from './moves/expressions.ts';
import type { Move } from './moves/move.ts';
import { adjust, deleteStatement, guard, insertBlock } from './moves/statements.ts';
import { moveWithin } from './moving.ts';
import { bestOf } from './offspring.ts';
import type { Child } from './offspring.ts';
import type { Operator, OperatorContext } from './operator.ts';

const RUINING: readonly Move[] = [hoist, prune, deleteStatement];
const RECREATING: readonly Move[] = [replace, wrap, changeConstant, changeOperator, guard, insertBlock, adjust];

/** Places of the program that a stretch takes in: a share drawn between these, and never fewer than LEAST. */
const SHARES = [0.1, 0.4] as const;
const LEAST = 3;
/** Share of a stretch's places that a ruin leaves at most. */
const LEFT = 0.6;
/** What grows again, as a share of the places that were there. */
const GROWN = [0.7, 1.3] as const;
const MOST_MOVES = 12;

/** Part of one file; `end` excluded. */
interface Stretch {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** A program on its way from the parent. */
interface Stage {
  readonly files: Files;
  /** On the parent. */
  readonly edits: readonly Edit[];
  readonly stretch: Stretch;
  readonly moves: number;
}

export const recreate: Operator = {
  id: 'recreate',
  evaluations: ({ strategy, language }) => (languageTable(language).brood ? strategy.brood.size : 0),
  applies: () => true,
  propose(context) {
    const { experiment, parent, evaluations } = context;
    const size = Math.min(experiment.strategy.brood.size, evaluations);
    const searches = languageTable(experiment.language).brood && size >= 2 && parent.evaluation !== null;
    const made = children(context, searches ? size : 1);
    if (searches) return bestOf(context, made, 'recreate', 'recreations');
    for (const child of made) {
      if (child) return { type: 'edits', edits: child.edits, note: `recreate: ${child.note}` };
    }
    return { type: 'none', reason: 'No stretch of the program lends itself to being made anew' };
  },
};

/** Of one ruin: the children differ in how it grew again. */
function* children(context: OperatorContext, wanted: number): Generator<Child | null> {
  const { random } = context;
  const whole = begin(context, random.split('stretch'));
  if (!whole) return;
  const before = placesOf(context, whole).length;
  const ruined = until(context, whole, RUINING, random.split('ruin'), (places) => places <= before * LEFT);
  for (let i = 0; i < wanted; i++) {
    const own = random.split(`child/${i}`);
    const enough = before * between(GROWN, own);
    const grown = until(context, ruined, RECREATING, own, (places) => places >= enough);
    const moves = grown.moves - ruined.moves;
    const isSame = Object.keys(grown.files).every((path) => grown.files[path] === context.parent.files[path]);
    yield isSame ? null : { edits: grown.edits, note: `${ruined.moves} out, ${moves} in` };
  }
}

/** Neighbours in the text, a drawn share of all there are. */
function begin({ syntax, experiment, parent }: OperatorContext, random: Random): Stage | null {
  const layout = layOut(syntax, experiment, parent.files);
  if (layout.type === 'failed' || layout.grounds.length === 0) return null;
  const places = layout.grounds.map((ground) => placesIn(ground));
  const total = places.reduce((sum, { length }) => sum + length, 0);
  const index = random.weighted(places.map(({ length }) => length));
  const [ground, own] = [layout.grounds[index], places[index]];
  if (!ground || !own || own.length === 0) return null;
  const size = Math.min(own.length, Math.max(LEAST, Math.round(total * between(SHARES, random))));
  const first = random.below(own.length - size + 1);
  const taken = own.slice(first, first + size);
  const [start, end] = [Math.min(...taken.map((node) => node.start)), Math.max(...taken.map((node) => node.end))];
  return { files: parent.files, edits: [], stretch: { path: ground.path, start, end }, moves: 0 };
}

/** Moves within the stretch, one after another, until there are as many places as asked for, or none can be made. */
function until(
  context: OperatorContext,
  from: Stage,
  moves: readonly Move[],
  random: Random,
  isEnough: (places: number) => boolean,
): Stage {
  const { syntax, experiment, parent } = context;
  let stage = from;
  for (let made = 0; made < MOST_MOVES; made++) {
    const ground = groundOf(context, stage);
    if (!ground || (made > 0 && isEnough(placesIn(ground).length))) break;
    const moved = moveWithin(syntax, experiment, stage.files, random, moves, () => ground);
    if (!moved) break;
    stage = {
      files: applyEdits(stage.files, moved.edits),
      edits: composeEdits(parent.files, stage.edits, moved.edits),
      stretch: after(stage.stretch, moved.edits),
      moves: stage.moves + 1,
    };
  }
  return stage;
}

/** The file of the stretch, with only those of its places that lie in it. */
function groundOf({ syntax, experiment }: OperatorContext, { files, stretch }: Stage): Ground | null {
  const layout = layOut(syntax, experiment, files);
  const ground = layout.type === 'ok' ? layout.grounds.find(({ path }) => path === stretch.path) : undefined;
  if (!ground) return null;
  const within = (nodes: readonly Node[]): Node[] =>
    nodes.filter((node) => stretch.start <= node.start && node.end <= stretch.end);
  return {
    ...ground,
    expressions: within(ground.expressions),
    conditions: within(ground.conditions),
    statements: within(ground.statements),
    literals: within(ground.literals),
  };
}

function placesOf(context: OperatorContext, stage: Stage): readonly Node[] {
  const ground = groundOf(context, stage);
  return ground ? placesIn(ground) : [];
}

/** In the order of the text. */
function placesIn({ expressions, conditions, statements }: Ground): readonly Node[] {
  return [...expressions, ...conditions, ...statements].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Where the stretch lies once the edits are made. What they take from beyond its ends goes with them. */
function after({ path, start, end }: Stretch, edits: readonly Edit[]): Stretch {
  let [from, to, grown] = [start, end, 0];
  for (const edit of edits) {
    if (edit.file !== path) continue;
    from = Math.min(from, edit.start);
    to = Math.max(to, edit.end);
    grown += edit.text.length - (edit.end - edit.start);
  }
  return { path, start: from, end: to + grown };
}

function between([low, high]: readonly [number, number], random: Random): number {
  return low + (high - low) * random.next();
}
