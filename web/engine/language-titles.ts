import type { Language } from './experiment.ts';

/** Languages as people and models read their names. */
export const LANGUAGE_TITLES: Readonly<Record<Language, string>> = {
  javascript: 'JavaScript',
  typescript: 'TypeScript',
  python: 'Python',
  c: 'C',
  cpp: 'C++',
  assemblyscript: 'AssemblyScript',
  wat: 'WebAssembly text',
  rust: 'Rust',
  go: 'Go',
  zig: 'Zig',
};
