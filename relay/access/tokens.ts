/** Secrets the relay hands out: tokens for clients, codes for joining. Only their hashes are kept. */
import { hash, randomBytes, randomInt } from 'node:crypto';

/** 256 bits, recognisable in a log that should not hold it. */
export function newToken(): string {
  return `genesis_${randomBytes(32).toString('base64url')}`;
}

export function isToken(text: string): boolean {
  return /^genesis_[\w-]{43}$/.test(text);
}

/** Without letters and digits that look alike. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const GROUPS = 3;
const LETTERS = 4;

/** `ABCD-EFGH-JKMN`: 59 bits, short enough to be read from a blackboard. Guessing is limited where it is redeemed. */
export function newCode(): string {
  const group = (): string => Array.from({ length: LETTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** As people type it: any case, any spaces or dashes. null where it can't be one. */
export function readCode(typed: string): string | null {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '');
  if (letters.length !== GROUPS * LETTERS || [...letters].some((letter) => !ALPHABET.includes(letter))) return null;
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

/** SHA-256, base64url. Secrets here are long and random, so they need no salt and no slow hash. */
export function hashOf(secret: string | Uint8Array): string {
  return hash('sha256', secret, 'base64url');
}

export function newId(): string {
  return randomBytes(9).toString('base64url');
}
