/**
 * Bytes that only who has the link can read. AES-GCM with a key of 256 bits that is drawn for each share and never used again:
 * version (one byte, 1), nonce (12 bytes), ciphertext with its tag. The version is authenticated too.
 */
import { fromBase64url, toBase64url } from './pack.ts';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

export interface Sealed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** 32 bytes as base64url: 43 characters. */
  readonly key: string;
}

export type Opened =
  | { readonly type: 'ok'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Another key, or bytes that were changed: nobody can tell which. */
  | { readonly type: 'wrong-key' }
  /** Sealed by a newer version of the page. */
  | { readonly type: 'newer' }
  | { readonly type: 'damaged' };

/** Browsers give no cryptography to pages that come over plain HTTP from another machine. */
export function canSeal(): boolean {
  return typeof crypto === 'object' && (crypto.subtle as SubtleCrypto | undefined) !== undefined;
}

export async function seal(plain: Uint8Array<ArrayBuffer>): Promise<Sealed> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
  const additionalData = Uint8Array.of(VERSION);
  const body = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain));
  const bytes = new Uint8Array(1 + NONCE + body.length);
  bytes.set(additionalData);
  bytes.set(iv, 1);
  bytes.set(body, 1 + NONCE);
  return { bytes, key: toBase64url(raw) };
}

export async function unseal(bytes: Uint8Array<ArrayBuffer>, key: string): Promise<Opened> {
  const version = bytes[0];
  if (version !== undefined && version > VERSION) return { type: 'newer' };
  if (version !== VERSION || bytes.length < 1 + NONCE + TAG) return { type: 'damaged' };
  const raw = fromBase64url(key);
  if (raw?.length !== 32) return { type: 'wrong-key' };
  const secret = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
  const algorithm = { name: 'AES-GCM', iv: bytes.slice(1, 1 + NONCE), additionalData: bytes.slice(0, 1) };
  try {
    const plain = await crypto.subtle.decrypt(algorithm, secret, bytes.slice(1 + NONCE));
    return { type: 'ok', bytes: new Uint8Array(plain) };
  } catch {
    return { type: 'wrong-key' };
  }
}

/** Name of bytes at a relay: SHA-256 as base64url, 43 characters. */
export async function idOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
