/** Getting in at a relay and out again: a token from the relay on this machine, or from a code; what is left to spend there. */
import type { Spent } from '../models/relay.ts';
import { PLACE } from './joined.ts';
import { keysIn, read, write } from './preferences.ts';

export interface Member {
  readonly id: string;
  readonly role: 'owner' | 'member';
  readonly name: string;
  /** Models it may use; null: all. */
  readonly models: readonly string[] | null;
  /** Milliseconds since 1970; null: never. */
  readonly expires: number | null;
}

/** Who one is at a relay, and what may still be spent: alone, and together with all who joined by the same code. */
export interface Standing {
  readonly member: Member;
  readonly own: Spent | null;
  readonly shared: Spent | null;
}

export interface Entry {
  readonly token: string;
  readonly member: Member;
}

export type Said<T> =
  | { readonly type: 'ok'; readonly value: T }
  /** In the relay's own words. */
  | { readonly type: 'refused'; readonly code: string; readonly words: string }
  | { readonly type: 'unreachable'; readonly words: string };

const LIMIT = 10_000;
const SESSION = 'genesis:relay-session ';

/** The API of the relay at an address as a person writes it, with or without scheme; null where it is no address. */
export function baseOf(address: string): string | null {
  const text = address.trim();
  if (text === '') return null;
  const plain = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${isNear(text) ? 'http' : 'https'}://${text}`;
  try {
    const { protocol, origin, username, password } = new URL(plain);
    if ((protocol !== 'http:' && protocol !== 'https:') || username !== '' || password !== '') return null;
    return `${origin}/api/v1`;
  } catch {
    return null;
  }
}

/** Names of this machine and numbers of a room's network: there, nobody has a certificate. */
function isNear(address: string): boolean {
  return /^(localhost|\[|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|[^/:]+\.local(?![^/:]))/i.test(address);
}

export function placeOf(base: string): string {
  return new URL(base).host;
}

/** A token without being asked for anything: a relay gives one to a page of its own on its own machine. */
export async function enter(base: string, ask: typeof fetch = fetch): Promise<Said<Entry>> {
  const said = await send(base, '/session', { method: 'POST', headers: { 'x-genesis': '1' } }, ask);
  return said.type === 'ok' ? entryOf(said.value) : said;
}

export async function join(base: string, code: string, name: string, ask: typeof fetch = fetch): Promise<Said<Entry>> {
  const body = JSON.stringify({ code: code.trim(), name: name.trim() });
  const headers = { 'content-type': 'application/json' };
  const said = await send(base, '/join', { method: 'POST', headers, body }, ask);
  return said.type === 'ok' ? entryOf(said.value) : said;
}

export async function standing(base: string, token: string, ask: typeof fetch = fetch): Promise<Said<Standing>> {
  const said = await send(base, '/me', { headers: { authorization: `Bearer ${token}` } }, ask);
  if (said.type !== 'ok') return said;
  const member = memberOf(said.value['client']);
  if (member === null) return strange(base);
  return { type: 'ok', value: { member, own: spentOf(said.value['own']), shared: spentOf(said.value['shared']) } };
}

/** Ends a membership: the token is good for nothing from then on. */
export async function leave(base: string, token: string, ask: typeof fetch = fetch): Promise<Said<true>> {
  const said = await send(base, '/me', { method: 'DELETE', headers: { authorization: `Bearer ${token}` } }, ask);
  return said.type === 'ok' ? { type: 'ok', value: true } : said;
}

/** Tokens of relays that were joined by a code, kept in this browser under the relay's address. */
export function joinedRelays(): { readonly base: string; readonly token: string }[] {
  return keysIn('local').flatMap((key) => {
    const token = key.startsWith(PLACE) ? read('local', key) : null;
    return token === null ? [] : [{ base: key.slice(PLACE.length), token }];
  });
}

/** null forgets it. False where the browser keeps nothing. */
export function keepToken(base: string, token: string | null): boolean {
  return write('local', `${PLACE}${base}`, token);
}

/** The token that the relay of this machine gave this browser: its tabs, also later ones, are one and the same to the relay. */
export function ownToken(base: string): string | null {
  return read('local', `${SESSION}${base}`);
}

export function keepOwnToken(base: string, token: string | null): void {
  write('local', `${SESSION}${base}`, token);
}

async function send(
  base: string,
  path: string,
  options: RequestInit,
  ask: typeof fetch,
): Promise<Said<Readonly<Record<string, unknown>>>> {
  let response: Response;
  let body: Readonly<Record<string, unknown>> | null;
  let barred = false;
  const hear = ({ blockedURI }: SecurityPolicyViolationEvent): void => {
    barred ||= base.startsWith(blockedURI) || blockedURI.startsWith(base);
  };
  globalThis.document?.addEventListener('securitypolicyviolation', hear);
  try {
    const signal = AbortSignal.timeout(LIMIT);
    // A token goes nowhere else, and cookies go nowhere at all.
    response = await ask(`${base}${path}`, {
      ...{ ...options, signal, redirect: 'error', credentials: 'omit', cache: 'no-store' },
    });
    body = recordOf(await response.json().catch(() => null));
  } catch {
    // The browser tells of a barred way in a turn of its own.
    await new Promise((resolve) => setTimeout(resolve));
    return { type: 'unreachable', words: unreachableWords(base, barred) };
  } finally {
    globalThis.document?.removeEventListener('securitypolicyviolation', hear);
  }
  if (response.ok && body !== null) return { type: 'ok', value: body };
  if (body === null || typeof body['error'] !== 'string') return strange(base);
  const remedy = typeof body['remedy'] === 'string' ? ` ${body['remedy']}` : '';
  const code = typeof body['code'] === 'string' ? body['code'] : '';
  return { type: 'refused', code, words: `${body['error']}${remedy}`.slice(0, 500) };
}

function unreachableWords(base: string, barred: boolean): string {
  const place = placeOf(base);
  if (barred) return `This page may not reach ${place}: its own relay has to name it under directModels.`;
  const origin = globalThis.location?.origin;
  const foreign = origin !== undefined && !base.startsWith(`${origin}/`);
  return `The relay at ${place} can’t be reached${foreign ? `, or was not started with --origin ${origin}` : ''}.`;
}

function strange(base: string): { readonly type: 'unreachable'; readonly words: string } {
  return { type: 'unreachable', words: `What answers at ${placeOf(base)} is not a relay.` };
}

function entryOf(body: Readonly<Record<string, unknown>>): Said<Entry> {
  const { token, client } = body;
  const member = memberOf(client);
  if (typeof token === 'string' && member !== null) return { type: 'ok', value: { token, member } };
  return { type: 'unreachable', words: 'The relay gave no token.' };
}

function memberOf(value: unknown): Member | null {
  const client = recordOf(value);
  if (client === null) return null;
  const { id, role, name, models, expires } = client;
  if (typeof id !== 'string' || typeof name !== 'string' || (role !== 'owner' && role !== 'member')) return null;
  const named = Array.isArray(models) ? models.filter((model) => typeof model === 'string') : null;
  return { id, role, name, models: named, expires: typeof expires === 'number' ? expires : null };
}

function spentOf(value: unknown): Spent | null {
  const account = recordOf(value);
  const caps = recordOf(account?.['caps']);
  const spent = recordOf(account?.['spent']);
  if (caps === null || spent === null) return null;
  const cap = (key: string): number | null => (typeof caps[key] === 'number' ? caps[key] : null);
  const sum = (key: string): number => (typeof spent[key] === 'number' ? spent[key] : 0);
  return {
    caps: { dollars: cap('dollars'), tokens: cap('tokens'), calls: cap('calls') },
    spent: { dollars: sum('dollars'), tokens: sum('tokens'), calls: sum('calls') },
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
