/** JSON as Python writes it, from anywhere. */
import type { Json } from '../engine/program.ts';

export type JsonRead =
  | {
      readonly type: 'ok';
      readonly value: Json;
      /** NaN and infinities that became null. */ readonly nonFinite: number;
    }
  | { readonly type: 'failed'; readonly reason: string };

const DEEPEST = 100;

/** `NaN`, `Infinity` and `-Infinity` become null, and are counted; nesting beyond 100 levels is refused before anything is built. */
export function readJson(text: string): JsonRead {
  let depth = 0;
  let inText = false;
  let nonFinite = 0;
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inText) {
      if (unit === 92) i++;
      else if (unit === 34) inText = false;
    } else if (unit === 34) {
      inText = true;
    } else if (unit === 91 || unit === 123) {
      if (++depth > DEEPEST) return { type: 'failed', reason: `is nested more than ${DEEPEST} levels deep` };
    } else if (unit === 93 || unit === 125) {
      depth--;
    } else if (unit === 78 || unit === 73 || (unit === 45 && text.charCodeAt(i + 1) === 73)) {
      const word = ['NaN', 'Infinity', '-Infinity'].find((each) => text.startsWith(each, i));
      if (word === undefined) continue;
      parts.push(text.slice(from, i), 'null');
      i += word.length - 1;
      from = i + 1;
      nonFinite++;
    }
  }
  parts.push(text.slice(from));
  try {
    return { type: 'ok', value: JSON.parse(parts.join('')) as Json, nonFinite };
  } catch (error) {
    return { type: 'failed', reason: `is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own field, never one of the prototype. */
export function field(from: Fields, key: string): unknown {
  return Object.hasOwn(from, key) ? from[key] : undefined;
}

export function textOf(from: Fields, key: string): string {
  const value = field(from, key);
  return typeof value === 'string' ? value : '';
}

/** Finite numbers only. */
export function numberOf(from: Fields, key: string): number | null {
  const value = field(from, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** The finite numbers among the fields, and the rest. */
export function sortMetrics(from: Fields): { numbers: Record<string, number>; rest: Record<string, Json> } {
  const numbers: Record<string, number> = {};
  const rest: Record<string, Json> = {};
  for (const [key, value] of Object.entries(from)) {
    if (key === '__proto__') continue;
    if (typeof value === 'number' && Number.isFinite(value)) numbers[key] = value;
    else if (value !== null && value !== undefined) rest[key] = value as Json;
  }
  return { numbers, rest };
}
