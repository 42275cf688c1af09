/** What a link or a share holds: an experiment's folder, or a run with its history. It comes from anybody. */
import type { Files } from '../engine/program.ts';
import { isFields } from './json.ts';

interface Words {
  readonly title: string;
  /** Of the person who shares it; may be empty. */
  readonly note: string;
}

export type Content =
  | (Words & { readonly kind: 'experiment'; readonly folder: Files })
  /** `log`: the run as JSONL, as an export has it (web/engine/log.ts). */
  | (Words & { readonly kind: 'run'; readonly log: string });

export type ContentRead =
  | { readonly type: 'ok'; readonly content: Content }
  /** For people: what is wrong, and what to do. */
  | { readonly type: 'failed'; readonly reason: string };

export const LONGEST_NOTE = 2_000;
const LONGEST_TITLE = 200;
const MOST_FILES = 1_000;
const VERSION = 1;

export function writeContent(content: Content): string {
  return JSON.stringify({ v: VERSION, ...content });
}

export function readContent(text: string): ContentRead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed('What is shared is not JSON');
  }
  if (!isFields(value)) return failed('What is shared is no object');
  const own = (name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);
  const version = own('v');
  if (typeof version === 'number' && version > VERSION) {
    const reason = `This was shared by a newer version of Genesis (${version}; this page reads ${VERSION}). Reload the page.`;
    return { type: 'failed', reason };
  }
  if (version !== VERSION) return failed('What is shared has no version that this page knows');
  const words = { title: plain(own('title'), LONGEST_TITLE), note: plain(own('note'), LONGEST_NOTE) };
  switch (own('kind')) {
    case 'run': {
      const log = own('log');
      return typeof log === 'string'
        ? { type: 'ok', content: { kind: 'run', ...words, log } }
        : failed('The shared run has no log');
    }
    case 'experiment': {
      const folder = own('folder');
      if (!isFields(folder)) return failed('The shared experiment has no folder');
      const entries = Object.entries(folder);
      if (entries.length > MOST_FILES) return failed(`The shared experiment has more than ${MOST_FILES} files`);
      for (const [path, file] of entries) {
        if (!isPath(path)) return failed(`The shared experiment names a file “${plain(path, 60)}”, which is no path`);
        if (typeof file !== 'string') return failed(`The file ${path} of the shared experiment is no text`);
      }
      return { type: 'ok', content: { kind: 'experiment', ...words, folder: folder as Files } };
    }
    default:
      return failed('What is shared is neither an experiment nor a run');
  }
}

/** Of a file inside its folder, without a way out of it or into an object's insides. */
function isPath(path: string): boolean {
  if (path.length > 200 || !/^[\w@-][\w@. -]*(?:\/[\w@-][\w@. -]*)*$/.test(path)) return false;
  return path.split('/').every((part) => part !== '__proto__' && part !== 'constructor' && part !== 'prototype');
}

/** Without control characters and signs that turn the direction of text. */
function plain(value: unknown, longest: number): string {
  if (typeof value !== 'string') return '';
  return value
    .slice(0, longest)
    .replace(/(?!\n)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
}

function failed(what: string): ContentRead {
  return { type: 'failed', reason: `${what}. Ask who shared it for another link.` };
}
