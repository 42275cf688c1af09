/** Foreign source is compiled, never run: asc can be told by a file to load modules of its own. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { assemblyscript } from '../../wasm-toolchains/assemblyscript/index.ts';
import type { Files } from '../../wasm-toolchains/contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'assemblyscript-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = 'export function add(a: i32, b: i32): i32 {\n  return a + b;\n}\n';
const compile = (files: Files) =>
  assemblyscript.compile(
    { language: 'assemblyscript', files, entry: 'main.ts', options: { optimise: 'speed' } },
    new AbortController().signal,
  );

it('takes no settings from a program, so none can have a module run', async () => {
  const ran = join(folder, 'ran');
  const code = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(ran)}, ''); export default class {}`;
  const module = join(folder, 'transform.mjs');
  writeFileSync(module, code);
  const plain = await compile({ 'main.ts': GOOD });
  expect(plain.type).toBe('ok');
  for (const transform of [module, `data:text/javascript,${code}`, './transform.mjs']) {
    for (const settings of [{ options: { transform: [transform] } }, { targets: { release: { transform } } }]) {
      const result = await compile({
        ...{ 'main.ts': GOOD, 'asconfig.json': JSON.stringify(settings), 'transform.mjs': code },
      });
      expect(existsSync(ran)).toBe(false);
      expect(result).toMatchObject({ type: 'ok', wasm: plain.type === 'ok' ? plain.wasm : null });
    }
  }
});

it('reads other files of the program, and none of the machine', async () => {
  const parts = { 'main.ts': `export { twice } from './lib/twice';`, 'lib/twice.ts': GOOD.replace('add', 'twice') };
  expect((await compile(parts)).type).toBe('ok');
  const outside = await compile({ 'main.ts': `export * from '../../../../etc/passwd';` });
  expect(outside).toMatchObject({ type: 'failed', diagnostics: [{ file: 'main.ts', line: 1 }] });
});

it('runs what a program imports from another file of its own', async () => {
  const result = await compile({
    'main.ts': `import { halve } from './lib/halves';\nexport function quarter(x: f64): f64 {\n  return halve(halve(x));\n}\n`,
    'lib/halves.ts': `import { TWO } from './numbers';\nexport function halve(x: f64): f64 {\n  return x / TWO;\n}\n`,
    'lib/numbers.ts': 'export const TWO: f64 = 2;\n',
  });
  if (result.type !== 'ok') throw new Error(result.type);
  const { instance } = await WebAssembly.instantiate(result.wasm, { env: { abort: () => {} } });
  expect((instance.exports['quarter'] as (x: number) => number)(10)).toBe(2.5);
});

it('says which file a fault is in, on which line and in which column, where it is not the first', async () => {
  const main = `import { twice } from './lib/twice';\nexport function add(a: i32, b: i32): i32 {\n  return twice(a) + b;\n}\n`;
  const unknown = await compile({
    'main.ts': main,
    'lib/twice.ts': 'export function twice(a: i32): i32 {\n  let b = 2;\n  return a * c;\n}\n',
  });
  expect(unknown).toMatchObject({
    type: 'failed',
    reason: expect.stringMatching(/^lib\/twice\.ts:3:14: .*'c'/) as string,
    diagnostics: [{ severity: 'error', file: 'lib/twice.ts', line: 3, column: 14 }],
  });
  const both = await compile({
    'main.ts': main.replace('+ b', '+ d'),
    'lib/twice.ts': 'export function twice(a: i32): i32 {\n  return a *;\n}\n',
  });
  if (both.type !== 'failed') throw new Error(both.type);
  expect(both.diagnostics[0]).toMatchObject({ file: 'lib/twice.ts', line: 2, column: 13 });
  const called = await compile({ 'main.ts': main, 'lib/twice.ts': 'export function twice(): i32 {\n  return 2;\n}\n' });
  if (called.type !== 'failed') throw new Error(called.type);
  // Both ends are told: where it is called, and never a file that was not given.
  expect(called.diagnostics[0]).toMatchObject({ file: 'main.ts', line: 3, column: 10 });
  for (const { file } of called.diagnostics) expect(['main.ts', 'lib/twice.ts']).toContain(file);
});

it('takes files that end in .as, and names them so', async () => {
  const request = (text: string) =>
    assemblyscript.compile(
      {
        ...{ language: 'assemblyscript', entry: 'main.as', options: { optimise: 'speed' } },
        files: { 'main.as': `import { one } from './one';\n${text}`, 'one.as': 'export const one: i32 = 1;\n' },
      },
      new AbortController().signal,
    );
  expect(await request('export function f(): i32 {\n  return one;\n}\n')).toMatchObject({ type: 'ok' });
  expect(await request('export function f(): i32 {\n  return two;\n}\n')).toMatchObject({
    type: 'failed',
    diagnostics: [{ file: 'main.as', line: 3 }],
  });
});
