/** Shares at a relay: put there, listed, fetched by anybody who has the link, taken back by who made them. */
import type { Said } from './relay-access.ts';
import { placeOf } from './relay-access.ts';

export interface KeptShare {
  readonly id: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly sealed: boolean;
}

/** Of bytes that are fetched: 32 MB inflated are never more than this packed. */
const MOST = 34_000_000;
/** Milliseconds. */
const LIMIT = 60_000;

export async function putShare(
  base: string,
  token: string,
  bytes: Uint8Array<ArrayBuffer>,
  sealed: boolean,
): Promise<Said<string>> {
  const headers = { ...bearer(token), 'content-type': 'application/octet-stream', 'x-sealed': sealed ? '1' : '0' };
  const said = await json(base, '/shares', { method: 'POST', headers, body: bytes });
  if (said.type !== 'ok') return said;
  const { id } = said.value;
  return typeof id === 'string' ? { type: 'ok', value: id } : strange(base);
}

export async function listShares(base: string, token: string): Promise<Said<readonly KeptShare[]>> {
  const said = await json(base, '/shares', { headers: bearer(token) });
  if (said.type !== 'ok') return said;
  const { shares } = said.value;
  return Array.isArray(shares) ? { type: 'ok', value: shares.flatMap(keptOf) } : strange(base);
}

export async function removeShare(base: string, token: string, id: string): Promise<Said<true>> {
  const said = await json(base, `/shares/${id}`, { method: 'DELETE', headers: bearer(token) });
  return said.type === 'ok' ? { type: 'ok', value: true } : said;
}

/** Without a token: the link is all it takes. */
export async function fetchShare(base: string, id: string): Promise<Said<Uint8Array<ArrayBuffer>>> {
  try {
    const response = await send(base, `/shares/${id}`, {});
    if (!response.ok) return await refusalOf(base, response);
    const reader = response.body?.getReader();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) break;
      length += next.value.length;
      if (length > MOST) {
        await reader?.cancel().catch(() => {});
        return { type: 'refused', code: 'too-large', words: 'This share is larger than a page opens.' };
      }
      parts.push(next.value);
    }
    return { type: 'ok', value: new Uint8Array(await new Blob(parts).arrayBuffer()) };
  } catch {
    return unreachable(base);
  }
}

async function json(
  base: string,
  path: string,
  options: RequestInit,
): Promise<Said<Readonly<Record<string, unknown>>>> {
  try {
    const response = await send(base, path, options);
    if (!response.ok) return await refusalOf(base, response);
    const value: unknown = await response.json().catch(() => null);
    return isFields(value) ? { type: 'ok', value } : strange(base);
  } catch {
    return unreachable(base);
  }
}

function send(base: string, path: string, options: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(LIMIT);
  return fetch(`${base}${path}`, { ...options, signal, redirect: 'error', credentials: 'omit', cache: 'no-store' });
}

async function refusalOf(base: string, response: Response): Promise<Said<never>> {
  const body: unknown = await response.json().catch(() => null);
  if (!isFields(body) || typeof body['error'] !== 'string') return strange(base);
  const { error, code, remedy } = body;
  const words = `${error}${typeof remedy === 'string' ? ` ${remedy}` : ''}`.slice(0, 500);
  return { type: 'refused', code: typeof code === 'string' ? code : '', words };
}

function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

function keptOf(value: unknown): KeptShare[] {
  if (!isFields(value)) return [];
  const { id, bytes, created, sealed } = value;
  if (typeof id !== 'string' || typeof bytes !== 'number' || typeof created !== 'number') return [];
  return [{ id, bytes, created, sealed: sealed === true }];
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strange(base: string): Said<never> {
  return { type: 'unreachable', words: `What answers at ${placeOf(base)} keeps no shares.` };
}

function unreachable(base: string): Said<never> {
  return { type: 'unreachable', words: `The relay at ${placeOf(base)} can’t be reached. Try again later.` };
}
