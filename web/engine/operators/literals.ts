/** Numbers as they are written: rounded to so many digits, and short. */
import { BINDING } from '../syntax/language.ts';
import type { Phrase } from './placing.ts';

/** The double nearest to the value's decimal form of so many significant digits. */
export function rounded(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return 0;
  return Number(value.toPrecision(digits));
}

/** Reads back as exactly the same number. */
export function literal(value: number): Phrase {
  return value < 0
    ? { text: `-${String(-value)}`, binding: BINDING.unary }
    : { text: String(Math.abs(value)), binding: BINDING.primary };
}

/** Significant digits of a literal's text. */
export function digitsOf(text: string): number {
  const mantissa = text.toLowerCase().split('e', 1)[0] as string;
  return mantissa.replace(/[^\d]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;
}
