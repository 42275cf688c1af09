/** What may stand behind `#` in an address: a whole experiment, or the name of a share at the relay the page comes from. */
import { readContent, writeContent, type Content, type ContentRead } from './content.ts';
import { fromBase64url, MOST_IN_LINK, pack, toBase64url, unpack } from './pack.ts';

/** Characters of a link that is offered: mail and chat cut longer ones. */
export const LONGEST_LINK = 12_000;
/** Characters of a link that is read. */
const LONGEST_READ = 4_000_000;
const VERSION = 1;

export type Fragment =
  /** Not one of ours. */
  | { readonly type: 'none' }
  | { readonly type: 'inline'; readonly body: string }
  /** `key`: null where the share is readable. */
  | { readonly type: 'share'; readonly id: string; readonly key: string | null }
  /** One of ours that can't be read: what, where, and what to do. */
  | { readonly type: 'bad'; readonly words: string };

const CUT = 'Some programs cut long links: ask for it again, or copy the whole of it.';

/** `fragment` with or without `#`. What follows `&` is for views and is let pass. */
export function readFragment(fragment: string): Fragment {
  const text = fragment.replace(/^#/, '');
  const form = /^([xs])=/.exec(text)?.[1];
  if (form === undefined) return { type: 'none' };
  if (text.length > LONGEST_READ) return bad('The link is longer than 4 million characters. Ask for a file instead.');
  const value = text.slice(2).split('&', 1)[0] as string;
  if (form === 's') {
    const found = /^([\w-]{43})(?:\.([\w-]{43}))?$/.exec(value);
    if (found) return { type: 'share', id: found[1] as string, key: found[2] ?? null };
    return bad(`After “#s=” this link should name a share with 43 letters, and for a sealed one its key. ${CUT}`);
  }
  const found = /^(\d{1,6})\.(.*)$/s.exec(value);
  if (!found) return bad(`After “#x=” this link should have a version and the experiment. ${CUT}`);
  const version = Number(found[1]);
  if (version > VERSION) {
    return bad(`This link was made by a newer version of Genesis (${version}; this page reads ${VERSION}). Reload it.`);
  }
  if (version < 1) return bad(`There is no version ${version} of links. ${CUT}`);
  const body = found[2] as string;
  if (body === '' || !/^[\w-]+$/.test(body)) return bad(`The experiment in this link has signs no link has. ${CUT}`);
  return { type: 'inline', body };
}

export async function readInline(body: string): Promise<ContentRead> {
  const bytes = fromBase64url(body);
  const unpacked = bytes === null ? ({ type: 'damaged' } as const) : await unpack(bytes, MOST_IN_LINK);
  switch (unpacked.type) {
    case 'ok':
      return readContent(unpacked.text);
    case 'long':
      return { type: 'failed', reason: 'The experiment in this link is larger than 4 MB. Ask for a file instead.' };
    case 'damaged':
      return { type: 'failed', reason: `The experiment in this link is cut or changed. ${CUT}` };
    default:
      return unpacked satisfies never;
  }
}

/** With `#`. As long as it comes: who offers it looks at `LONGEST_LINK`. */
export async function writeInline(content: Content): Promise<string> {
  return `#x=${VERSION}.${toBase64url(await pack(writeContent(content)))}`;
}

export function shareFragment(id: string, key: string | null): string {
  return `#s=${id}${key === null ? '' : `.${key}`}`;
}

function bad(words: string): Fragment {
  return { type: 'bad', words };
}
