/** Text as compressed bytes and bytes as text of an address. What comes back is as long as it may be, and no longer. */

/** UTF-8 bytes once inflated. */
export const MOST_IN_LINK = 4_000_000;
export const MOST_IN_SHARE = 32_000_000;

export type Unpacked =
  | { readonly type: 'ok'; readonly text: string }
  /** More than `most` bytes: nothing beyond them was inflated. */
  | { readonly type: 'long' }
  | { readonly type: 'damaged' };

/** UTF-8, then deflate without a header (RFC 1951). */
export async function pack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** `most`: bytes of the text at most. */
export async function unpack(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<Unpacked> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { type: 'ok', text: parts.join('') + decoder.decode() };
      length += value.length;
      if (length > most) {
        await reader.cancel().catch(() => {});
        return { type: 'long' };
      }
      parts.push(decoder.decode(value, { stream: true }));
    }
  } catch {
    return { type: 'damaged' };
  }
}

/** RFC 4648 §5, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join('')).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** null where it is none. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}
