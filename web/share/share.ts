/** The bytes of a share, as a relay keeps them under their hash: a version (one byte, 1) and packed content, sealed or not. */
import { readContent, writeContent, type Content, type ContentRead } from './content.ts';
import { MOST_IN_SHARE, pack, unpack } from './pack.ts';
import { canSeal, idOf, seal, unseal } from './seal.ts';

const VERSION = 1;
const NEWER = 'This was shared by a newer version of Genesis. Reload the page.';

export type Written =
  | { readonly type: 'ok'; readonly bytes: Uint8Array<ArrayBuffer>; readonly key: string | null }
  | { readonly type: 'failed'; readonly reason: string };

export async function writeShare(content: Content, sealed: boolean): Promise<Written> {
  const text = writeContent(content);
  if (new Blob([text]).size > MOST_IN_SHARE) return failed('This is larger than 32 MB. Export it as a file instead.');
  const packed = await pack(text);
  const plain = new Uint8Array(1 + packed.length);
  plain[0] = VERSION;
  plain.set(packed, 1);
  return sealed ? { type: 'ok', ...(await seal(plain)) } : { type: 'ok', bytes: plain, key: null };
}

/** Nothing of `bytes` is looked at before it is known that they are what the link names. */
export async function readShare(id: string, bytes: Uint8Array<ArrayBuffer>, key: string | null): Promise<ContentRead> {
  if (!canSeal())
    return failed('A page that comes over plain HTTP can’t check what it opens. Open the link over HTTPS.');
  if ((await idOf(bytes)) !== id) {
    return failed('The relay sent something else than this link names, so it was not opened. Try again later.');
  }
  if (key === null) return readPlain(bytes, 'It may be sealed: a sealed share needs the whole link, with its key.');
  const opened = await unseal(bytes, key);
  switch (opened.type) {
    case 'ok':
      return readPlain(opened.bytes, 'Ask who shared it for another link.');
    case 'wrong-key':
      return failed('The key in this link does not open the share. Copy the whole link, to its last letter.');
    case 'newer':
      return failed(NEWER);
    case 'damaged':
      return failed('This share was not sealed as shares are. Ask who shared it for another link.');
    default:
      return opened satisfies never;
  }
}

async function readPlain(bytes: Uint8Array<ArrayBuffer>, remedy: string): Promise<ContentRead> {
  const unpacked = bytes[0] === VERSION ? await unpack(bytes.slice(1), MOST_IN_SHARE) : ({ type: 'damaged' } as const);
  switch (unpacked.type) {
    case 'ok':
      return readContent(unpacked.text);
    case 'long':
      return failed('This share is larger than 32 MB, which is all a page opens. Ask for a file instead.');
    case 'damaged':
      return failed(`This share can’t be read. ${remedy}`);
    default:
      return unpacked satisfies never;
  }
}

function failed(reason: string): { readonly type: 'failed'; readonly reason: string } {
  return { type: 'failed', reason };
}
