import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadSyntaxAsset, SyntaxAsset } from '../../../web/syntax/asset.ts';
import { readSyntaxAsset } from '../../../web/syntax/node.ts';

/** A loader that has loaded nothing yet, and a record of what it reads. */
async function fresh(read: ReadSyntaxAsset = readSyntaxAsset) {
  vi.resetModules();
  const { loadSyntax } = await import('../../../web/syntax/load.ts');
  const asked: SyntaxAsset[] = [];
  return {
    asked,
    load: (...languages: ('javascript' | 'typescript')[]) =>
      loadSyntax(languages, (asset) => {
        asked.push(asset);
        return read(asset);
      }),
  };
}

beforeEach(() => vi.restoreAllMocks());

describe('loadSyntax', () => {
  it('reads the parser and the grammar asked for, once each, and no other', async () => {
    const { load, asked } = await fresh();
    await Promise.all([load('typescript'), load('typescript', 'typescript')]);
    expect(asked).toEqual(['parser', 'typescript']);
    await load('javascript');
    expect(asked).toEqual(['parser', 'typescript', 'javascript']);
  });

  it('parses what was loaded and refuses the rest', async () => {
    const { load } = await fresh();
    const syntax = await load('typescript');
    const tree = syntax.parse('typescript', 'const a: number = 1;');
    expect(tree.rootNode.hasError).toBe(false);
    expect(tree.rootNode.children[0]?.type).toBe('lexical_declaration');
    tree.delete();
    expect(() => syntax.parse('javascript', 'a')).toThrow(/not been loaded/);
  });

  it('counts offsets in UTF-16 code units', async () => {
    const { load } = await fresh();
    const text = "const s = '😀é'; f(1);";
    const tree = (await load('javascript')).parse('javascript', text);
    expect(text.slice(tree.rootNode.children[1]?.startIndex)).toBe('f(1);');
    tree.delete();
  });

  it('can be tried again after a failure', async () => {
    let broken = true;
    const { load } = await fresh(async (asset) => {
      if (broken && asset === 'javascript') throw new Error('offline');
      return readSyntaxAsset(asset);
    });
    await expect(load('javascript')).rejects.toThrow('offline');
    broken = false;
    const syntax = await load('javascript');
    syntax.parse('javascript', 'a').delete();
  });

  it('finds its files by itself in Node', async () => {
    const { loadSyntax } = await import('../../../web/syntax/load.ts');
    (await loadSyntax(['javascript'])).parse('javascript', 'a').delete();
  });
});
