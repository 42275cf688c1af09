/** Which languages an experiment's files are written in, by their endings. */
import type { Experiment, Language } from '../engine/experiment.ts';

const ENDINGS: Readonly<Record<string, Language>> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  py: 'python',
  c: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  rs: 'rust',
  go: 'go',
  zig: 'zig',
  as: 'assemblyscript',
  wat: 'wat',
};

/** The experiment's own language comes first. Files that hold no code count for nothing. */
export function languagesOf({ language, files }: Pick<Experiment, 'language' | 'files'>): Language[] {
  const found = new Set<Language>([language]);
  for (const path of Object.keys(files)) {
    const other = ENDINGS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
    // AssemblyScript is written in files that end like TypeScript's.
    if (other !== undefined && !(other === 'typescript' && language === 'assemblyscript')) found.add(other);
  }
  return [...found];
}
