/**
 * What looks like a secret is covered before anything leaves the page, sign by sign: changes of a program name places in its text
 * by number, and those places stay where they are.
 */
import { REMOVED, removeSecrets } from '../engine/prompts/secrets.ts';
import type { Files } from '../engine/program.ts';
import type { Content } from './content.ts';

export interface Masked {
  readonly content: Content;
  /** Where something was covered: a file with its line, or an event of the run. Empty where there was nothing. */
  readonly places: readonly string[];
}

/** Names of hashes and vectors in a log: they look drawn at random because they are. */
const DRAWN = new Set(['hash', 'vector', 'request']);

export function maskContent(content: Content): Masked {
  const title = maskText(content.title);
  const note = maskText(content.note);
  const places = note === content.note ? [] : ['the note'];
  if (content.kind === 'experiment') {
    const folder: Record<string, string> = {};
    for (const [path, text] of Object.entries(content.folder)) {
      const name = maskText(path);
      const masked = maskText(text);
      folder[name] = masked;
      if (name !== path) places.push(`the name of ${name}`);
      if (masked !== text) places.push(`${name}, line ${lineOfFirst(text, masked)}`);
    }
    return { content: { ...content, title, note, folder: folder satisfies Files }, places };
  }
  const lines = content.log.split('\n').map((line, i) => {
    if (line.trim() === '') return line;
    const masked = JSON.stringify(maskValue(JSON.parse(line)));
    if (masked === line) return line;
    places.push(i === 1 ? 'the experiment of the run' : `event ${i - 1} of the run`);
    return masked;
  });
  return { content: { ...content, title, note, log: lines.join('\n') }, places };
}

function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== 'object' || value === null) return value;
  if ('purpose' in value && value.purpose === 'embed' && 'reply' in value) return maskEmbedded(value);
  return maskFields(value);
}

/** A service's vector is the text of its reply: covered, it would be none. */
function maskEmbedded({ reply, ...rest }: { readonly reply: unknown }): unknown {
  const masked = maskFields({ ...rest, reply }) as { reply: unknown };
  const { text } = (reply ?? {}) as { readonly text?: unknown };
  const drawn = typeof text === 'string' && text.length < 20_000 && VECTOR.test(text) && !text.includes('\n');
  return drawn ? { ...masked, reply: { ...(masked.reply as object), text } } : masked;
}

/** A short name, a colon, and base 64. */
const VECTOR = /^[\w.:@/-]{1,200}:[A-Za-z0-9+/]*={0,2}$/;

function maskFields(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      maskName(name),
      DRAWN.has(name) && typeof each === 'string' ? each : maskValue(each),
    ]),
  );
}

/** Names come again with every event. */
const names = new Map<string, string>();

function maskName(name: string): string {
  let masked = names.get(name);
  if (masked === undefined) {
    if (names.size > 1_000) names.clear();
    names.set(name, (masked = maskText(name)));
  }
  return masked;
}

/** As long as it was, with its line ends. Only what the remover leaves is seen in what comes out. */
export function maskText(text: string): string {
  const left = removeSecrets(text);
  if (count(left) <= count(text)) return text;
  let out = '';
  let at = 0;
  const pieces = left.split(REMOVED);
  for (const [i, piece] of pieces.entries()) {
    const last = i === pieces.length - 1;
    const found = last ? text.length - piece.length : text.indexOf(piece, at);
    // The remover also drops control characters: what then can't be found again is covered whole.
    if (found < at || text.slice(found, found + piece.length) !== piece) return out + cover(text.slice(at));
    out += cover(text.slice(at, found)) + piece;
    at = found + piece.length;
  }
  return out;
}

function cover(text: string): string {
  return text.replace(/[^\n]/g, '*');
}

function count(text: string): number {
  return text.split(REMOVED).length;
}

function lineOfFirst(before: string, after: string): number {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  return before.slice(0, at).split('\n').length;
}
