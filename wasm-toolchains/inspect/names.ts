/** What functions are called: by the name section, else by their export, else by number. */
import { Cursor, Malformed } from './bytes.ts';
import { type Outline, Section } from './decode.ts';

const FUNCTION_NAMES = 1;

/** Gives the name of a function by its number, imported ones counted. A name section that is damaged is passed over. */
export function namesOf(outline: Outline): (index: number) => string {
  const names = new Map<number, string>();
  for (const { name, kind, index } of outline.exports) if (kind === 'function') names.set(index, name);
  for (const { id, name, from, to } of outline.sections) {
    if (id !== Section.custom || name !== 'name') continue;
    try {
      readNames(new Cursor(outline.bytes, from, to), names);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }
  return (index) => names.get(index) ?? `function ${index}`;
}

function readNames(cursor: Cursor, names: Map<number, string>): void {
  cursor.text();
  while (cursor.at < cursor.end) {
    const kind = cursor.byte();
    const size = cursor.unsigned();
    if (kind !== FUNCTION_NAMES) {
      cursor.skip(size);
      continue;
    }
    for (let left = cursor.count(); left > 0; left--) {
      const index = cursor.unsigned();
      names.set(index, cursor.text());
    }
    return;
  }
}
