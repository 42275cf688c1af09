/** Languages as an author meets them: names and file endings. */
import type { Language } from '../engine/experiment.ts';

export interface AuthorLanguage {
  readonly id: Language;
  readonly title: string;
  /** Of a new file. */
  readonly ending: string;
}

export const AUTHOR_LANGUAGES: readonly AuthorLanguage[] = [
  { id: 'javascript', title: 'JavaScript', ending: 'js' },
  { id: 'typescript', title: 'TypeScript', ending: 'ts' },
  { id: 'python', title: 'Python', ending: 'py' },
  { id: 'c', title: 'C', ending: 'c' },
  { id: 'cpp', title: 'C++', ending: 'cpp' },
  { id: 'assemblyscript', title: 'AssemblyScript', ending: 'ts' },
  { id: 'wat', title: 'WebAssembly text', ending: 'wat' },
  { id: 'rust', title: 'Rust', ending: 'rs' },
  { id: 'go', title: 'Go', ending: 'go' },
  { id: 'zig', title: 'Zig', ending: 'zig' },
];

export function languageTitle(id: Language): string {
  return AUTHOR_LANGUAGES.find((language) => language.id === id)?.title ?? id;
}

export function endingOf(id: Language): string {
  return AUTHOR_LANGUAGES.find((language) => language.id === id)?.ending ?? 'js';
}
