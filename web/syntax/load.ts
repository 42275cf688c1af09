import { Language as Grammar, Parser } from 'web-tree-sitter';
import type { Language } from '../engine/experiment.ts';
import type { Syntax, SyntaxTree } from '../engine/syntax/tree.ts';
import { grammarOf } from './asset.ts';
import type { ReadSyntaxAsset, SyntaxAsset } from './asset.ts';
import { EditedParser } from './edited.ts';
import { parseWat } from './wat.ts';

let started: Promise<void> | null = null;
const grammars = new Map<SyntaxAsset, Promise<Grammar>>();

/**
 * Loads the parser once and the grammars asked for, and no others. A load that failed (network) may be tried again.
 * Without `read` the assets come from where this environment keeps them.
 */
export async function loadSyntax(languages: readonly Language[], read?: ReadSyntaxAsset): Promise<Syntax> {
  const source = read ?? (await reader());
  started ??= retried(start(source), () => (started = null));
  await started;
  const asked: ReadonlySet<Language> = new Set(languages);
  const parsers = new Map<Language, EditedParser>();
  for (const language of asked) {
    const asset = grammarOf(language);
    if (asset === null) continue;
    let grammar = grammars.get(asset);
    if (!grammar) {
      grammar = retried(loadGrammar(asset, source), () => grammars.delete(asset));
      grammars.set(asset, grammar);
    }
    const parser = new Parser();
    parser.setLanguage(await grammar);
    parsers.set(language, new EditedParser(parser));
  }
  return {
    parse(language: Language, text: string, near?: string): SyntaxTree {
      if (language === 'wat' && asked.has(language)) return parseWat(text);
      const parser = parsers.get(language);
      if (!parser) throw new Error(`The ${language} grammar has not been loaded`);
      return parser.parse(text, near);
    },
  };
}

async function start(read: ReadSyntaxAsset): Promise<void> {
  // Emscripten takes the bytes as they are where they are given, and then looks for no file of its own.
  await Parser.init({ wasmBinary: exactBuffer(await read('parser')) });
}

async function loadGrammar(asset: SyntaxAsset, read: ReadSyntaxAsset): Promise<Grammar> {
  return Grammar.load(await read(asset));
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

async function retried<T>(attempt: Promise<T>, forget: () => void): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    forget();
    throw error;
  }
}

async function reader(): Promise<ReadSyntaxAsset> {
  const inNode = typeof process !== 'undefined' && typeof process.versions?.node === 'string';
  if (inNode) {
    // Kept from the page's bundler: it leads to node:fs.
    const module = './node.ts';
    return ((await import(/* @vite-ignore */ module)) as typeof import('./node.ts')).readSyntaxAsset;
  }
  return (await import('./browser.ts')).readSyntaxAsset;
}
