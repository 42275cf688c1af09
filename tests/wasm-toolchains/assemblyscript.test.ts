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
