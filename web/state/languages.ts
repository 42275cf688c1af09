/** Languages as an author meets them: names and file endings. */
import type { Language } from '../engine/experiment.ts';
import { LANGUAGE_TITLES } from '../engine/language-titles.ts';

/** Of a new file. */
const ENDINGS: Readonly<Record<Language, string>> = {
  javascript: 'js',
  typescript: 'ts',
  python: 'py',
  c: 'c',
  cpp: 'cpp',
  assemblyscript: 'ts',
  wat: 'wat',
  rust: 'rs',
  go: 'go',
  zig: 'zig',
};

export function languageTitle(id: Language): string {
  return LANGUAGE_TITLES[id];
}

export function endingOf(id: Language): string {
  return ENDINGS[id];
}
