/**
 * A prompt as a typed signature: named inputs, named outputs, and a template of named sections. Rendering fits the sections into a
 * token budget: what must stand stands whole, the rest is served in the order of its priority and shortened by whole lines.
 */
import { share } from './budget.ts';
import { fence } from './fence.ts';
import { MESSAGE_OVERHEAD, promptTokensAtMost, REQUEST_OVERHEAD, tokensAtMost } from '../models/tokens.ts';
import { renderOutputs } from './outputs.ts';
import { shortenLines } from './shorten.ts';
import type { Message } from '../models/model.ts';
import type { OutputField } from './outputs.ts';
import type { Keep } from './shorten.ts';

export interface Signature<Inputs extends object> {
  readonly name: string;
  /** What each input is, for people who read or change the template. */
  readonly inputs: { readonly [K in keyof Inputs]-?: string };
  readonly outputs: readonly OutputField[];
  readonly system: readonly Section<Inputs>[];
  readonly user: readonly Section<Inputs>[];
}

export interface Section<Inputs> {
  readonly name: string;
  readonly title: string | null;
  /** null: it has to stand whole. */
  readonly room: Room | null;
  /** Empty: the section is left out. */
  readonly pieces: (inputs: Inputs) => readonly Piece[];
}

export interface Room {
  /** Lower is served first. */
  readonly priority: number;
  /** Part of the free budget it may take while others still want some, 0–1. */
  readonly share: number;
}

/** Pieces of a section stand in the order given; where not all fit, those of lower rank are kept. */
export interface Piece {
  readonly rank: number;
  readonly blocks: readonly Block[];
}

export interface Block {
  readonly text: string;
  /** Language word of the fence around it; null: no fence. */
  readonly fence: string | null;
  /** Which lines to keep where it must be shortened; `all`: it stands whole or its piece goes. */
  readonly keep: Keep | 'all';
}

export interface Rendered {
  readonly messages: readonly Message[];
  /** Estimated from above. */
  readonly tokens: number;
  /** Tokens of what may not be cut. */
  readonly required: number;
  /** False where what may not be cut is longer than the budget: `messages` then hold just that. */
  readonly fits: boolean;
  /** Sections that were shortened, with the tokens they lost. */
  readonly cut: readonly { readonly section: string; readonly tokens: number }[];
}

/** A section of one text that has to stand. */
export function fixed<Inputs>(
  name: string,
  title: string | null,
  text: (inputs: Inputs) => string | null,
): Section<Inputs> {
  return {
    name,
    title,
    room: null,
    pieces: (inputs) => {
      const said = text(inputs);
      return said === null || said === '' ? [] : [{ rank: 0, blocks: [plain(said)] }];
    },
  };
}

export function plain(text: string): Block {
  return { text, fence: null, keep: 'all' };
}

/** In at most `mostTokens`; what may be cut leaves `kept` of them free, for the conversation to go on. */
export function render<Inputs extends object>(
  signature: Signature<Inputs>,
  inputs: Inputs,
  mostTokens: number,
  kept = 0,
): Rendered {
  const output = renderOutputs(signature.outputs);
  const format: Section<Inputs> = fixed('format', 'Reply format', () => output);
  const built = [
    ...[...signature.system, format].map((section) => ({ section, role: 'system' as const })),
    ...signature.user.map((section) => ({ section, role: 'user' as const })),
  ].map(({ section, role }) => ({ section, role, pieces: section.pieces(inputs) }));
  const present = built.filter(({ pieces }) => pieces.length > 0);
  let required = REQUEST_OVERHEAD + 2 * MESSAGE_OVERHEAD;
  for (const { section, pieces } of present) {
    if (section.room === null) required += tokensAtMost(heading(section.title) + writePieces(pieces) + BETWEEN);
  }
  const fits = required <= mostTokens;
  const free = Math.max(0, mostTokens - required - kept);
  const wanting = present.filter(({ section }) => section.room !== null);
  const needs = wanting.map(({ section, pieces }) =>
    tokensAtMost(heading(section.title) + writePieces(pieces) + BETWEEN),
  );
  const grants = fits
    ? share(
        free,
        wanting.map(({ section }, i) => ({ need: needs[i] as number, ...(section.room as Room) })),
      )
    : needs.map(() => 0);
  const cut: { section: string; tokens: number }[] = [];
  const texts = new Map<Section<Inputs>, string>();
  for (const { section, pieces } of present) {
    const i = wanting.findIndex((one) => one.section === section);
    if (i < 0) {
      texts.set(section, heading(section.title) + writePieces(pieces));
      continue;
    }
    const need = needs[i] as number;
    const grant = grants[i] as number;
    if (grant >= need) {
      texts.set(section, heading(section.title) + writePieces(pieces));
      continue;
    }
    const frame = tokensAtMost(heading(section.title) + BETWEEN);
    const shortened = fitPieces(pieces, grant - frame);
    if (shortened !== null) texts.set(section, heading(section.title) + shortened);
    cut.push({ section: section.name, tokens: need - (shortened === null ? 0 : tokensAtMost(shortened) + frame) });
  }
  const write = (role: 'system' | 'user'): string =>
    present
      .filter((one) => one.role === role && texts.has(one.section))
      .map((one) => texts.get(one.section))
      .join(BETWEEN);
  const messages: Message[] = [
    { role: 'system', content: write('system') },
    { role: 'user', content: write('user') },
  ];
  return { messages, tokens: promptTokensAtMost(messages), required, fits, cut };
}

const BETWEEN = '\n\n';

function heading(title: string | null): string {
  return title === null ? '' : `# ${title}\n\n`;
}

function writePieces(pieces: readonly Piece[]): string {
  return pieces.map(({ blocks }) => blocks.map(writeBlock).join('\n')).join(BETWEEN);
}

function writeBlock(block: Block): string {
  return block.fence === null ? block.text : fence(block.text, block.fence);
}

/** The pieces in at most `most` tokens, in their order; null where none fits. */
function fitPieces(pieces: readonly Piece[], most: number): string | null {
  const order = pieces.map((_, i) => i).sort((a, b) => (pieces[a] as Piece).rank - (pieces[b] as Piece).rank || a - b);
  const kept = new Map<number, string>();
  const remarkTokens = tokensAtMost(leftOut(pieces.length, pieces.length) + BETWEEN);
  let left = most - (pieces.length > 1 ? remarkTokens : 0);
  for (const i of order) {
    const piece = pieces[i] as Piece;
    const whole = writePieces([piece]);
    const need = tokensAtMost(whole + BETWEEN);
    const text = need <= left ? whole : shortenPiece(piece, left);
    if (text === null) continue;
    kept.set(i, text);
    left -= tokensAtMost(text + BETWEEN);
  }
  if (kept.size === 0) return null;
  const texts = pieces.map((_, i) => kept.get(i)).filter((text) => text !== undefined);
  if (kept.size < pieces.length) texts.push(leftOut(pieces.length - kept.size, pieces.length));
  return texts.join(BETWEEN);
}

function leftOut(missing: number, all: number): string {
  return `[… ${missing} of ${all} left out for length …]`;
}

/** Blocks that may be shortened share what the others leave, each by its length; null where that is too little to be of use. */
function shortenPiece(piece: Piece, most: number): string | null {
  const stands = piece.blocks.filter((block) => block.keep === 'all');
  const gives = piece.blocks.filter((block) => block.keep !== 'all');
  if (gives.length === 0) return null;
  const frames = tokensAtMost(gives.map(({ fence: tag }) => (tag === null ? '\n' : `${FENCE_FRAME}${tag}`)).join(''));
  const room = most - tokensAtMost(stands.map((block) => `${writeBlock(block)}\n`).join('') + BETWEEN) - frames;
  const wanted = gives.reduce((sum, { text }) => sum + tokensAtMost(text), 0);
  if (room < LEAST_PART * wanted) return null;
  const texts: string[] = [];
  for (const block of piece.blocks) {
    if (block.keep === 'all') {
      texts.push(writeBlock(block));
      continue;
    }
    const part = Math.floor((room * tokensAtMost(block.text)) / wanted) - 1;
    const text = shortenLines(block.text, part, block.keep, tokensAtMost);
    if (text === null) return null;
    texts.push(writeBlock({ ...block, text }));
  }
  const said = texts.join('\n');
  return tokensAtMost(said + BETWEEN) <= most ? said : null;
}

/** Room kept for the two lines of a fence. */
const FENCE_FRAME = '````````````\n\n\n';

/** Below this part of a text a shortened version tells a model too little for its price. */
const LEAST_PART = 0.1;
