/** A model's reply as its parts. The format is the one `web/engine/prompts/formats.ts` asks for; what can be made out without the tags is. */
import { fencesOf } from './fences.ts';
import { plainBreaks } from './lines.ts';
import { END_MARK, SEARCH_MARK } from './search-replace-blocks.ts';

/** Characters of a body: more is no program anyone evolves. */
export const MOST_BODY = 200_000;
/** Tags looked at: a reply with more is noise. */
const MOST_TAGS = 20_000;
const MOST_NAME = 80;
const MOST_DESCRIPTION = 2_000;

export interface ReplyParts {
  readonly type: 'ok';
  /** One line; empty where the model gave none. */
  readonly name: string;
  readonly description: string;
  /** `diff` holds SEARCH/REPLACE blocks, `code` whole texts. Line breaks are `\n`. */
  readonly body: { readonly kind: 'diff' | 'code'; readonly text: string };
}

export type ParsedReply = ReplyParts | { readonly type: 'failed'; readonly problem: string };

type Tag = 'NAME' | 'DESCRIPTION' | 'DIFF' | 'CODE';

interface TagPlace {
  readonly tag: Tag;
  readonly closes: boolean;
  readonly start: number;
  readonly end: number;
}

/** `cut`: the provider says that the reply was ended by its length. Linear in the text; never throws. */
export function parseReply(reply: string, cut = false): ParsedReply {
  const text = afterThinking(reply);
  if (text.trim() === '') return failed(cut ? TRUNCATED : 'The reply is empty.');
  const tags = tagsOf(text);
  const body = taggedBody(text, tags) ?? bareBody(text, tags);
  if (body === null) return failed(cut ? TRUNCATED : NO_BODY);
  const { kind, closed } = body;
  if (body.end - body.start > MOST_BODY) {
    return failed(
      `The ${kind === 'diff' ? 'DIFF' : 'CODE'} part has ${body.end - body.start} characters; at most ${MOST_BODY} are taken.`,
    );
  }
  const inner = plainBreaks(text.slice(body.start, body.end)).toWellFormed();
  if (inner.trim() === '') return failed(cut ? TRUNCATED : `The ${kind === 'diff' ? 'DIFF' : 'CODE'} part is empty.`);
  const fences = fencesOf(inner);
  if (!closed && kind === 'code' && (cut || fences.length === 0 || fences.some((fence) => !fence.closed))) {
    return failed(TRUNCATED);
  }
  if (!closed && kind === 'diff' && (cut || !endsInBlock(inner))) return failed(TRUNCATED);
  return {
    type: 'ok',
    name: oneLine(content(text, tags, 'NAME', body.start), MOST_NAME),
    description: oneLine(content(text, tags, 'DESCRIPTION', body.start), MOST_DESCRIPTION),
    body: { kind, text: inner },
  };
}

const TRUNCATED =
  'The reply breaks off before its end. Answer again, shorter: fewer and smaller changes, a brief DESCRIPTION, and close every tag.';
const NO_BODY =
  'The reply has neither a DIFF part with SEARCH/REPLACE blocks nor a CODE part with a fenced block. Keep to the reply format.';

function failed(problem: string): ParsedReply {
  return { type: 'failed', problem };
}

/** What a model thought aloud before it answered is no part of the answer. */
function afterThinking(reply: string): string {
  const matches = /<\/think(?:ing)?>/g;
  let end = -1;
  // Only a closing tag before the first part ends thinking; one in the code is code.
  const first = reply.search(/^[ \t]{0,8}<(?:NAME|DESCRIPTION|DIFF|CODE)>/im);
  if (!/^\s*<think(?:ing)?>/.test(reply.slice(0, 1000))) {
    const only = reply.indexOf('</think>');
    return only >= 0 && (first < 0 || only < first) ? reply.slice(only + '</think>'.length) : reply;
  }
  for (let match = matches.exec(reply); match; match = matches.exec(reply)) {
    if (end >= 0 && tagBetween(reply, end, match.index)) break;
    end = match.index + match[0].length;
  }
  return end < 0 ? '' : reply.slice(end);
}

function tagBetween(text: string, from: number, to: number): boolean {
  return /<\/?(?:NAME|DESCRIPTION|DIFF|CODE)>/i.test(text.slice(from, to));
}

function tagsOf(text: string): TagPlace[] {
  const tags: TagPlace[] = [];
  for (const match of text.matchAll(/<(\/?)[ \t]{0,2}(NAME|DESCRIPTION|DIFF|CODE)[ \t]{0,2}>/gi)) {
    const tag = (match[2] as string).toUpperCase() as Tag;
    if (tags.length === MOST_TAGS) break;
    tags.push({ tag, closes: match[1] === '/', start: match.index, end: match.index + match[0].length });
  }
  return tags;
}

interface Body {
  readonly kind: 'diff' | 'code';
  readonly start: number;
  readonly end: number;
  readonly closed: boolean;
}

function taggedBody(text: string, tags: readonly TagPlace[]): Body | null {
  const bodies = tags.filter(({ tag }) => tag === 'DIFF' || tag === 'CODE');
  const at = bodies.findIndex(({ closes, start }) => !closes && startsLine(text, start));
  const open = bodies[at];
  if (!open) return null;
  // A closing tag inside the code is followed by more of its line, or by a later closing tag.
  let close: TagPlace | null = null;
  for (let i = bodies.length - 1; i > at && close === null; i--) {
    const place = bodies[i] as TagPlace;
    if (place.closes && place.tag === open.tag && endsLine(text, place.end)) close = place;
  }
  const tag = open.tag === 'DIFF' ? ('diff' as const) : ('code' as const);
  const end = close?.start ?? text.length;
  return { kind: kindOf(text, open.end, end, tag), start: open.end, end, closed: close !== null };
}

/** Models confuse the two tags: blocks are a diff wherever they stand. */
function kindOf(text: string, start: number, end: number, tag: 'diff' | 'code'): 'diff' | 'code' {
  if (end - start > MOST_BODY) return tag;
  const inner = text.slice(start, end);
  if (hasLine(inner, SEARCH_MARK)) return tag === 'code' && !hasLine(inner, END_MARK) ? 'code' : 'diff';
  return tag === 'diff' && fencesOf(plainBreaks(inner)).length > 0 && !hasLine(inner, END_MARK) ? 'code' : tag;
}

function bareBody(text: string, tags: readonly TagPlace[]): Body | null {
  const start = tags.reduce((most, { tag, closes, end }) => (tag === 'DESCRIPTION' && closes ? end : most), 0);
  const rest = start === 0 ? text : text.slice(start);
  const kind = hasLine(rest, SEARCH_MARK) ? 'diff' : /^ {0,3}(?:```|~~~)/m.test(rest) ? 'code' : null;
  return kind === null ? null : { kind, start, end: text.length, closed: false };
}

function hasLine(text: string, line: string): boolean {
  for (let at = text.indexOf(line); at >= 0; at = text.indexOf(line, at + line.length)) {
    if ((at === 0 || text.charCodeAt(at - 1) === 10) && endsLine(text, at + line.length)) return true;
  }
  return false;
}

function endsInBlock(diff: string): boolean {
  return diff.lastIndexOf(END_MARK) > diff.lastIndexOf(SEARCH_MARK);
}

function startsLine(text: string, at: number): boolean {
  for (let i = at - 1, least = at - 200; i >= least; i--) {
    if (i < 0 || text.charCodeAt(i) === 10) return true;
    if (!isBlank(text.charCodeAt(i))) break;
  }
  // Or it follows another part's end on the same line.
  return (
    at > 0 && text.charCodeAt(at - 1) === 62 && /<\/(?:NAME|DESCRIPTION)>$/i.test(text.slice(Math.max(0, at - 20), at))
  );
}

function endsLine(text: string, at: number): boolean {
  for (let i = at; i < at + 200; i++) {
    if (i >= text.length || text.charCodeAt(i) === 10) return true;
    if (!isBlank(text.charCodeAt(i))) return false;
  }
  return false;
}

function isBlank(unit: number): boolean {
  return unit === 32 || unit === 9 || unit === 13;
}

/** From the first opening tag before the body to its end: the closing tag, the next tag, or the body. */
function content(text: string, tags: readonly TagPlace[], tag: Tag, before: number): string {
  const at = tags.findIndex((place) => place.tag === tag && !place.closes && place.end <= before);
  const open = tags[at];
  if (!open) return '';
  const next = tags[at + 1];
  const end = next ? next.start : Math.min(before, open.end + 4 * MOST_DESCRIPTION);
  return text.slice(open.end, Math.min(end, open.end + 4 * MOST_DESCRIPTION));
}

function oneLine(text: string, most: number): string {
  const flat = text
    .replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return (flat.length > most ? `${flat.slice(0, most - 1)}…` : flat).toWellFormed();
}
