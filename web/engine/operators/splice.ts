import { applyEdits, orderEdits } from '../patches/edits.ts';
import type { Edit } from '../program.ts';
import type { Random } from '../rng.ts';
import { checkCandidate } from '../syntax/check.ts';
import type { Node } from '../syntax/node.ts';
import { BINDING } from '../syntax/table.ts';
import { walk } from '../syntax/walk.ts';
import { flowFits } from './flow.ts';
import { inBits, inIndex, inLoopHead, layOut } from './ground.ts';
import type { Ground } from './ground.ts';
import { declares, insertAfter, isInList } from './moves/statements.ts';
import { exchange, phraseOf } from './placing.ts';
import type { Phrase } from './placing.ts';
import { freeNames, isAssignable, reachOf } from './reach.ts';
import { atMargin, indentAt, indented, terminated } from './layout.ts';
import { sameSort } from './moves/expressions.ts';
import type { Operator } from './operator.ts';
import { isSound } from './soundness.ts';

/** Pairs of pieces and places drawn before the operator gives up. */
const ATTEMPTS = 60;
/** A graft longer than this share of the parent would be the inspiration itself. */
const LARGEST_SHARE = 0.5;

/** Grafts an expression, a condition or a statement of an inspiration onto the parent. */
export const splice: Operator = {
  id: 'splice',
  applies: ({ inspirations, parent }) => inspirations.some(({ id }) => id !== parent.id),
  propose({ experiment, syntax, parent, inspirations, random }) {
    const layout = layOut(syntax, experiment, parent.files);
    if (layout.type === 'failed') return { type: 'none', reason: layout.reason };
    const donors = inspirations.filter(({ id }) => id !== parent.id);
    const host = layout.grounds.filter(({ expressions, statements }) => expressions.length + statements.length > 0);
    if (donors.length === 0 || host.length === 0) return { type: 'none', reason: 'There is nothing to graft' };
    const donor = random.pick(donors);
    const source = layOut(syntax, experiment, donor.files);
    if (source.type === 'failed') return { type: 'none', reason: source.reason };
    const known = textsOf(host);
    const pools = poolsOf(source.grounds, known);
    if (pools.every(({ pieces }) => pieces.length === 0)) {
      return { type: 'none', reason: `All of ${donor.id} is in the parent already` };
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const pool = pools[random.weighted(pools.map(({ weight, pieces }) => (pieces.length > 0 ? weight : 0)))];
      if (!pool) break;
      const [from, piece] = random.pick(pool.pieces);
      const ground = random.pick(host);
      if (ground.file.table !== from.file.table) continue;
      const edits = graft(pool.sort, piece, from, ground, random);
      if (edits === null) continue;
      const files = applyEdits(parent.files, edits);
      if (checkCandidate({ syntax, experiment, parent: parent.files, files }).type === 'rejected') continue;
      if (!isSound(syntax, experiment, parent.files, files)) continue;
      return { type: 'edits', edits, note: `${pool.sort} from ${donor.id}` };
    }
    return { type: 'none', reason: `No part of ${donor.id} fits anywhere` };
  },
};

type Sort = 'expression' | 'condition' | 'statement';

interface Pool {
  readonly sort: Sort;
  readonly weight: number;
  readonly pieces: readonly (readonly [Ground, Node])[];
}

function textsOf(grounds: readonly Ground[]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const { expressions, conditions, statements, file } of grounds) {
    for (const node of [...expressions, ...conditions, ...statements]) texts.add(file.text.slice(node.start, node.end));
  }
  return texts;
}

/** What the donor has and the parent has not, by sort. */
function poolsOf(grounds: readonly Ground[], known: ReadonlySet<string>): Pool[] {
  const pool = (sort: Sort, weight: number, nodes: (ground: Ground) => readonly Node[]): Pool => ({
    sort,
    weight,
    pieces: grounds.flatMap((ground) =>
      nodes(ground)
        .filter((node) => !known.has(ground.file.text.slice(node.start, node.end)))
        .map((node) => [ground, node] as const),
    ),
  });
  return [
    pool('expression', 6, ({ expressions, file }) =>
      expressions.filter((node) => !inIndex(node) && !inLoopHead(node) && !inBits(node, file)),
    ),
    pool('condition', 1, ({ conditions }) => conditions),
    pool('statement', 3, (ground) => ground.statements.filter((node) => isGraftable(node, ground))),
  ];
}

function isGraftable(node: Node, ground: Ground): boolean {
  return !declares(node, ground) && !/^(return|break|continue|throw|empty|labeled)_/.test(node.kind);
}

function graft(sort: Sort, piece: Node, from: Ground, ground: Ground, random: Random): Edit[] | null {
  if (piece.end - piece.start > LARGEST_SHARE * ground.file.text.length) return null;
  if (sort === 'statement') return graftStatement(piece, from, ground, random);
  const places = sort === 'condition' ? ground.conditions : ground.expressions;
  if (places.length === 0) return null;
  // Half the time to a place of the same kind under the same kind: there it most likely means what it meant.
  const alike = places.filter(
    (place) => place.parent?.kind === piece.parent?.kind && place.index === piece.index && place.kind === piece.kind,
  );
  const place = random.pick(alike.length > 0 && random.next() < 0.5 ? alike : places);
  if (inIndex(place) || inLoopHead(place) || inBits(place, ground.file)) return null;
  if (sort === 'expression' && !sameSort(piece, place, ground, from.numbers)) return null;
  const phrase = translated(piece, from, place, ground, random);
  return phrase === null ? null : [exchange(ground, place, phrase)];
}

function graftStatement(piece: Node, from: Ground, ground: Ground, random: Random): Edit[] | null {
  const places = ground.statements.filter((node) => isInList(node, ground));
  if (places.length === 0) return null;
  const alike = places.filter((node) => node.kind === piece.kind && isGraftable(node, ground));
  const replaces = alike.length > 0 && random.next() < 0.5;
  const place = random.pick(replaces ? alike : places);
  if (!replaces && /^(return|break|continue|throw)_/.test(place.kind)) return null;
  const at = replaces ? place : (place.parent?.children[place.index + 1] ?? place);
  const phrase = translated(piece, from, at, ground, random);
  if (phrase === null) return null;
  const { table } = ground.file;
  const text = terminated(atMargin(phrase.text, indentAt(from.file.text, piece.start), table), table);
  if (!replaces) return [insertAfter(place, text, ground)];
  const laidOut = indented(text, indentAt(ground.file.text, place.start), table);
  return orderEdits([{ file: ground.path, start: place.start, end: place.end, text: laidOut }]);
}

/** The piece in words of the place: numbers it can't find there become numbers that are there. Null where it can't be said. */
function translated(piece: Node, from: Ground, at: Node, ground: Ground, random: Random): Phrase | null {
  if (!flowFits(piece, at, ground.file.table)) return null;
  const reach = reachOf(ground, at);
  const { numbers } = ground;
  const names = new Map<string, string>();
  for (const { name, number, assigned } of freeNames(piece, from.file, from.numbers)) {
    const own = reach.get(name);
    const fits =
      own !== undefined && (number === null || number === numbers.isNumber(own)) && (!assigned || isAssignable(own));
    if (fits) continue;
    if (number !== true) return null;
    const sort = sortOfName(name, piece, from);
    const others = [...reach.values()].filter(
      (binding) =>
        numbers.isNumber(binding) &&
        (sort === null || numbers.sortOf(binding) === sort) &&
        (!assigned || (isAssignable(binding) && binding.scope.kind !== 'for_statement')),
    );
    if (others.length === 0) return null;
    names.set(name, random.pick(others).name);
  }
  const phrase = phraseOf(piece, from.file);
  if (names.size === 0) return phrase;
  return { text: renamed(piece, from, names), binding: phrase.binding === BINDING.sequence ? 0 : phrase.binding };
}

/** The sort of the number that a name of the piece stands for. */
function sortOfName(name: string, piece: Node, { file, numbers }: Ground): string | null {
  const binding = numbers.scopes.lookup(name, piece);
  return binding && file.table.typing ? numbers.sortOf(binding) : null;
}

function renamed(piece: Node, { file }: Ground, names: ReadonlyMap<string, string>): string {
  let text = '';
  let at = piece.start;
  walk(piece, (node) => {
    const { kinds } = file.table;
    const isShorthand = kinds.shorthand.has(node.kind);
    if (!kinds.identifier.has(node.kind) && !isShorthand) return;
    const name = file.text.slice(node.start, node.end);
    const young = names.get(name);
    if (young === undefined) return;
    text += file.text.slice(at, node.start) + (isShorthand ? `${name}: ${young}` : young);
    at = node.end;
  });
  return text + file.text.slice(at, piece.end);
}
