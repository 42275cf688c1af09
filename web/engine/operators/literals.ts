/** Numbers as they are written: rounded to so many digits, and short. */
import { BINDING } from '../syntax/table.ts';
import type { Node } from '../syntax/node.ts';
import type { Ground } from './ground.ts';
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

/** As the language writes a number of the sort; null where it has no such value. */
export function literalIn(value: number, sort: string, { numbers, file }: Ground): Phrase | null {
  const { writing, typing } = file.table;
  if (!typing) return literal(value);
  if (value < 0 && numbers.isUnsigned(sort)) return null;
  if (writing.prefix) {
    const text = writing.literal(value, sort);
    return text === null ? null : { text, binding: BINDING.primary };
  }
  const text = writing.literal(Math.abs(value), sort);
  if (text === null) return null;
  return value < 0 ? { text: `-${text}`, binding: BINDING.unary } : { text, binding: BINDING.primary };
}

/** In the place of a literal that is there: a whole one stays whole where it has to be. Null where it can't be written so. */
export function literalAt(value: number, node: Node, ground: Ground): Phrase | null {
  const { table, text } = ground.file;
  if (!table.typing) return literal(value);
  const was = text.slice(node.start, node.end);
  const isWhole = /^[-+]?\s*[\d_]+$/.test(was);
  if (table.writing.prefix) {
    return isWhole && !Number.isInteger(value) ? null : { text: String(value), binding: BINDING.primary };
  }
  const asked = ground.numbers.sort(node) ?? (isWhole ? table.typing.whole : table.typing.real);
  return literalIn(value, asked, ground);
}

/** Significant digits of a literal's text. */
export function digitsOf(text: string): number {
  const mantissa = text.toLowerCase().split('e', 1)[0] as string;
  return mantissa.replace(/[^\d]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;
}
