/**
 * Keys at rest: kept in this browser's storage under a passphrase, and readable by nobody without it. PBKDF2-SHA-256 makes each guess
 * at the passphrase dear (OWASP's Password Storage Cheat Sheet asks for 600,000 rounds), AES-GCM hides the keys and shows any change.
 */
import { read, write } from './preferences.ts';

/** What a passphrase opens: text by a name of the caller's. */
export type Kept = Readonly<Record<string, string>>;

export type OpenedBox =
  | { readonly type: 'ok'; readonly kept: Kept }
  | { readonly type: 'wrong' }
  /** Nothing there, or nothing this page can read. */
  | { readonly type: 'unreadable'; readonly reason: string };

export type SealedBox =
  { readonly type: 'ok'; readonly text: string } | { readonly type: 'failed'; readonly reason: string };

interface Box {
  readonly v: 1;
  readonly kdf: 'PBKDF2-SHA-256';
  readonly iterations: number;
  readonly salt: string;
  readonly iv: string;
  readonly data: string;
}

export const ITERATIONS = 600_000;
/** A box with more would keep a page busy for minutes. */
const MOST_ITERATIONS = 10_000_000;
export const SHORTEST_PASSPHRASE = 8;
const PLACE = 'genesis:keys';
const NO_CRYPTO = 'This page is not served over https or from this machine, so the browser gives it no encryption.';

export async function seal(kept: Kept, passphrase: string, iterations = ITERATIONS): Promise<SealedBox> {
  if (passphrase.length < SHORTEST_PASSPHRASE)
    return { type: 'failed', reason: `The passphrase needs at least ${SHORTEST_PASSPHRASE} characters.` };
  if (!hasCrypto()) return { type: 'failed', reason: NO_CRYPTO };
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const head = { v: 1, kdf: 'PBKDF2-SHA-256', iterations, salt: toBase64(salt), iv: toBase64(iv) } as const;
  const key = await keyOf(passphrase, salt, iterations, 'encrypt');
  const additionalData = new TextEncoder().encode(JSON.stringify(head));
  const plain = new TextEncoder().encode(JSON.stringify(kept));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain);
  return { type: 'ok', text: JSON.stringify({ ...head, data: toBase64(new Uint8Array(data)) } satisfies Box) };
}

export async function unseal(text: string, passphrase: string): Promise<OpenedBox> {
  const box = parseBox(text);
  if (box === null)
    return { type: 'unreadable', reason: 'What is kept here is not a box of keys that this page knows.' };
  if (!hasCrypto()) return { type: 'unreadable', reason: NO_CRYPTO };
  const { data, ...head } = box;
  try {
    const key = await keyOf(passphrase, fromBase64(box.salt), box.iterations, 'decrypt');
    const additionalData = new TextEncoder().encode(JSON.stringify(head));
    const algorithm = { name: 'AES-GCM', iv: fromBase64(box.iv), additionalData };
    const plain = await crypto.subtle.decrypt(algorithm, key, fromBase64(data));
    const kept = parseKept(new TextDecoder().decode(plain));
    return kept === null ? { type: 'unreadable', reason: 'The box holds no keys.' } : { type: 'ok', kept };
  } catch {
    // A wrong passphrase and a changed box look the same, by design.
    return { type: 'wrong' };
  }
}

/** Whether keys are kept in this browser. */
export function isKept(): boolean {
  return read('local', PLACE) !== null;
}

/** Resolves with why they could not be kept; empty where they are. */
export async function keep(kept: Kept, passphrase: string): Promise<string> {
  const sealed = await seal(kept, passphrase);
  if (sealed.type === 'failed') return sealed.reason;
  return write('local', PLACE, sealed.text) ? '' : 'The browser does not let this page keep anything.';
}

export async function takeOut(passphrase: string): Promise<OpenedBox> {
  const text = read('local', PLACE);
  return text === null ? { type: 'unreadable', reason: 'No keys are kept here.' } : unseal(text, passphrase);
}

export function forget(): void {
  write('local', PLACE, null);
}

function hasCrypto(): boolean {
  return typeof crypto === 'object' && (crypto.subtle as SubtleCrypto | undefined) !== undefined;
}

async function keyOf(
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  // Two keyboards may write the same letters in two ways.
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(algorithm, material, { name: 'AES-GCM', length: 256 }, false, [use]);
}

function parseBox(text: string): Box | null {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof Box, unknown>> | null;
    if (typeof value !== 'object' || value === null || value.v !== 1 || value.kdf !== 'PBKDF2-SHA-256') return null;
    const { iterations, salt, iv, data } = value;
    if (typeof iterations !== 'number' || !Number.isInteger(iterations)) return null;
    if (iterations < 1 || iterations > MOST_ITERATIONS) return null;
    if (typeof salt !== 'string' || typeof iv !== 'string' || typeof data !== 'string') return null;
    return { v: 1, kdf: 'PBKDF2-SHA-256', iterations, salt, iv, data };
  } catch {
    return null;
  }
}

function parseKept(text: string): Kept | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.values(value).every((each) => typeof each === 'string') ? (value as Kept) : null;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
