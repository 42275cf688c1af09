import type { Language } from '../engine/experiment.ts';

/** What has to be read before anything can be parsed: the parser itself, or one grammar. */
export type SyntaxAsset = 'parser' | Extract<Language, 'javascript' | 'typescript'>;

/** Gives the bytes of an asset, from disk (node.ts) or over the network (browser.ts). */
export type ReadSyntaxAsset = (asset: SyntaxAsset) => Promise<Uint8Array>;
