/** Compilers in a real page: they come over the network, compile, and are there without it the second time. */
import { expect, it } from 'vitest';
import { VERSION } from '../../../wasm-toolchains/clang/version.ts';
import { areKept } from '../../../wasm-toolchains/compilers/kept-fetch.ts';
import { openToolchains } from '../../../wasm-toolchains/registry.ts';
import { pageStore } from '../../../wasm-toolchains/page-store.ts';
import { SAMPLES } from '../../wasm-toolchains/programs.ts';

const never = new AbortController().signal;
const toolchains = openToolchains([], pageStore());

for (const { language, entry, good, bad } of SAMPLES.filter((sample) =>
  ['cpp', 'assemblyscript', 'wat'].includes(sample.language),
)) {
  it(`compiles ${language}, and says where a fault is`, async () => {
    const options = { optimise: 'speed' } as const;
    const made = await toolchains.compile({ language, files: { [entry]: good }, entry, options }, never);
    if (made.type !== 'ok') throw new Error(JSON.stringify(made));
    const { instance } = await WebAssembly.instantiate(made.wasm, { env: { abort() {} } });
    expect((instance.exports['add'] as (a: number, b: number) => number)(2, 3)).toBe(5);
    const failed = await toolchains.compile({ language, files: { [entry]: bad }, entry, options }, never);
    expect(failed).toMatchObject({ type: 'failed', reason: expect.stringContaining(`${entry}:2:`) as string });
  }, 120_000);
}

it('names what it loads, and keeps it for the next visit', async () => {
  const clang = toolchains.members.find(({ id }) => id === 'clang');
  const steps: string[] = [];
  expect(await clang?.load(({ step }) => steps.push(step), never)).toMatchObject({ type: 'ready' });
  expect(steps[0]).toContain('C and C++');
  const kept = await Promise.all(
    (await caches.keys()).map(async (name) => [name, (await (await caches.open(name)).keys()).length] as const),
  );
  expect(kept.some(([name, files]) => name.startsWith('genesis-compiler-clang') && files > 0)).toBe(true);
  expect(kept.some(([name, files]) => name.startsWith('genesis-modules') && files > 0)).toBe(true);
  await expect.poll(() => areKept('clang', VERSION), { timeout: 20_000 }).toBe(true);
  expect(await areKept('clang', 'another')).toBe(false);
}, 120_000);

it('runs nothing that a program of AssemblyScript brings along', async () => {
  const channel = new BroadcastChannel('ran');
  let ran = false;
  channel.onmessage = () => (ran = true);
  const code = `new BroadcastChannel('ran').postMessage(1); export default class {}`;
  const files = {
    'main.ts': SAMPLES.find(({ language }) => language === 'assemblyscript')?.good ?? '',
    'asconfig.json': JSON.stringify({ options: { transform: [`data:text/javascript,${encodeURIComponent(code)}`] } }),
  };
  const options = { optimise: 'speed' } as const;
  const result = await toolchains.compile({ language: 'assemblyscript', files, entry: 'main.ts', options }, never);
  // What it would have sent has had its time.
  await new Promise((resolve) => setTimeout(resolve, 200));
  channel.close();
  expect({ type: result.type, ran }).toEqual({ type: 'ok', ran: false });
}, 60_000);
