import { describe, expect, it } from 'vitest';
import { impurities } from './purity.ts';
import { readSource, sourcesBelow } from './sources.ts';

describe('engine purity', () => {
  it('holds in every file', () => {
    const found = sourcesBelow('web/engine').flatMap((path) => impurities(path, readSource(path)));
    expect(found).toEqual([]);
  });

  it.each([
    'const x = Math.random();',
    'const { random } = Math;',
    'const x = Math.exp(1);',
    'const x = 2 ** 0.5;',
    'const now = Date.now();',
    'const now = performance.now();',
    'await fetch(url);',
    'const { origin } = globalThis;',
    'setTimeout(() => {}, 1);',
    'localStorage.setItem("a", "b");',
    'document.title = "";',
    'process.env.HOME;',
    'crypto.getRandomValues(words);',
    'names.sort((a, b) => a.localeCompare(b));',
    'const signal = AbortSignal.timeout(5);',
    'const list = { Date };',
    'new Function("return 1")();',
  ])('sees %s', (text) => {
    expect(impurities('web/engine/a.ts', text).length).toBeGreaterThan(0);
  });

  it.each([
    '/** Math.random and Date are not for the engine: 2 ** 3. */\nexport const a = Math.sqrt(2);',
    'const clock = { now: () => 0 };\nclock.now();',
    'export interface Port { fetch(url: Date): Promise<Window>; }',
    "const text = 'Date.now() ** 2';",
    'function scale(process: number, window: number) { return process * window; }',
    'const describe = (name: string) => `Math.random ${name}`;',
    'const first = <T>(list: T[]): T | undefined => list[0];',
  ])('lets %s pass', (text) => {
    expect(impurities('web/engine/a.ts', text)).toEqual([]);
  });
});
