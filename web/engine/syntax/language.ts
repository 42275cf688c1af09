/** The tables by language, and which of them a file is read with. */
import type { Experiment, Language } from '../experiment.ts';
import { assemblyscript } from './languages/assemblyscript.ts';
import { c } from './languages/c.ts';
import { cpp } from './languages/cpp.ts';
import { go } from './languages/go.ts';
import { javascript } from './languages/javascript.ts';
import { python } from './languages/python.ts';
import { rust } from './languages/rust.ts';
import { typescript } from './languages/typescript.ts';
import { wat } from './languages/wat.ts';
import { zig } from './languages/zig.ts';
import type { LanguageTable } from './table.ts';

const TABLES: Readonly<Record<Language, LanguageTable>> = {
  ...{ javascript, typescript, python, c, cpp },
  ...{ rust, go, zig, assemblyscript, wat },
};

export function languageTable(language: Language): LanguageTable {
  return TABLES[language];
}

/** The table a file of a program in that language is read with, by its ending; null for files that hold no code. */
export function tableOf(language: Language, path: string): LanguageTable | null {
  const table = TABLES[language];
  if (holdsCode(table, path)) return table;
  for (const partner of table.partners) if (holdsCode(TABLES[partner], path)) return TABLES[partner];
  return null;
}

/** Whether the file holds code of the language, by its name. */
export function holdsCode(table: LanguageTable, path: string): boolean {
  return table.extensions.some((extension) => path.endsWith(extension));
}

/** Languages whose grammars a program needs, its own first. */
export function languagesOf({ language, files }: Pick<Experiment, 'language' | 'files'>): Language[] {
  const found = new Set<Language>([language]);
  for (const path of Object.keys(files)) {
    const table = tableOf(language, path);
    if (table) found.add(table.id);
  }
  return [...found];
}
