import type { Language } from '../engine/experiment.ts';

/** What has to be read before anything can be parsed: the parser itself, or one grammar. */
export type SyntaxAsset = 'parser' | Exclude<Language, 'assemblyscript' | 'wat'>;

/** The grammar a language is read with: AssemblyScript is written in TypeScript's; none for WAT, which has a reader of its own. */
export function grammarOf(language: Language): Exclude<SyntaxAsset, 'parser'> | null {
  if (language === 'wat') return null;
  return language === 'assemblyscript' ? 'typescript' : language;
}

/** Gives the bytes of an asset, from disk (node.ts) or over the network (browser.ts). */
export type ReadSyntaxAsset = (asset: SyntaxAsset) => Promise<Uint8Array>;
