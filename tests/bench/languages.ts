/** Each language in Chromium, built as the page is: what has to be fetched, how long it takes, how fast its programs are. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { build } from 'vite';
import { createCompileService } from '../../relay/compile/index.ts';
import type { CompileRequest } from '../../wasm-toolchains/contract.ts';
import { rounded, type Figure, type Group } from './figure.ts';
import { KERNELS, NATIVE_C } from './languages-page/kernels.ts';
import { served } from './served.ts';

const folder = fileURLToPath(new URL('../../.cache/languages-bench', import.meta.url));
const LEAKS = 10_000;

const AIMS: Readonly<Record<string, string>> = {
  'language.python.fresh_ms': '≤ 5 perceived',
  'language.cpp.vs_native': '≥ 0.7',
  'language.javascript.vs_js': '≥ 0.95',
};

const KINDS = [
  'download_gzip_mb',
  'cold_ms',
  'fresh_ms',
  'calls_per_s',
  'vs_js',
  'vs_native',
  'compile_ms',
  'limit_overshoot_ms',
  'memory_mb',
] as const;

const compiled = (id: string): boolean => KERNELS.some((kernel) => kernel.id === id && kernel.sandbox === 'wasi');

export const languages: Group = {
  figures: [
    ...KERNELS.flatMap(({ id }) =>
      KINDS.filter((kind) => kind !== 'compile_ms' || compiled(id)).map((kind) => {
        const name = `language.${id}.${kind}`;
        return { name, aim: AIMS[name] ?? (kind === 'limit_overshoot_ms' ? '≤ 20' : 'stated') };
      }),
    ),
    { name: 'language.javascript.realms_after_10000', aim: 'no more than at the start' },
    { name: 'language.wat.realms_after_10000', aim: 'no more than at the start' },
    { name: 'language.python.realms_after_10000', aim: 'no more than at the start' },
  ],
  needsBrowser: true,
  async *measure(wanted) {
    await build({
      configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
      root: fileURLToPath(new URL('languages-page', import.meta.url)),
      logLevel: 'error',
      build: { outDir: folder },
    });
    try {
      const native = await nativeQueens();
      for (const { id } of KERNELS) {
        const asked = [...wanted].filter((name) => name.startsWith(`language.${id}.`));
        if (asked.length === 0) continue;
        // A browser of its own, so that nothing comes out of another's cache or memory.
        try {
          yield* await served(folder, async ({ browser, url }) => {
            const plain = await plainQueens(await browser.newPage());
            return (await figuresOf(id, await browser.newPage(), url, plain, native, wanted)).filter(({ name }) =>
              wanted.has(name),
            );
          });
        } catch (error) {
          console.error(`${id}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function figuresOf(
  id: string,
  page: Page,
  url: string,
  plain: number,
  native: number | null,
  wanted: ReadonlySet<string>,
): Promise<Figure[]> {
  const fetched = new Map<string, number>();
  page.context().on('response', (response) => void weigh(response, fetched));
  await expose(page);
  await page.goto(url);
  await page.waitForFunction(() => typeof window.measureLanguage === 'function');
  const before = new Set(fetched.keys());
  const measured = await page.evaluate((name) => window.measureLanguage(name), id);
  const memory = await megabytesOf();
  const bytes = [...fetched].filter(([address]) => !before.has(address)).reduce((sum, [, size]) => sum + size, 0);
  const values: Readonly<Record<(typeof KINDS)[number], readonly [number | null, string]>> = {
    download_gzip_mb: [bytes / 1e6, 'MB'],
    cold_ms: [measured.coldMs, 'ms'],
    fresh_ms: [measured.freshMs, 'ms'],
    calls_per_s: [measured.callsPerS, 'calls/s'],
    vs_js: [plain / measured.queensMs, '× plain JS'],
    vs_native: [native === null ? null : native / measured.queensMs, '× gcc -O2'],
    compile_ms: [measured.compileMs, 'ms'],
    limit_overshoot_ms: [measured.overshootMs, 'ms'],
    memory_mb: [memory, 'MB'],
  };
  const found = Object.entries(values).flatMap(([kind, [value, unit]]) =>
    value === null ? [] : [{ name: `language.${id}.${kind}`, value: rounded(value), unit }],
  );
  const leaks = `language.${id}.realms_after_10000`;
  if (wanted.has(leaks)) {
    const { before, alive } = await page.evaluate(([name, count]) => window.leakCheck(name, count), [
      id,
      LEAKS,
    ] as const);
    found.push({ name: leaks, value: alive, unit: `realms, ${before} at the start` });
  }
  return found;
}

async function weigh(response: Awaited<ReturnType<Page['waitForResponse']>>, into: Map<string, number>): Promise<void> {
  if (!response.ok() || into.has(response.url())) return;
  into.set(response.url(), 0);
  const path = join(folder, decodeURIComponent(new URL(response.url()).pathname));
  const body = await readFile(path).catch(() => null);
  if (body) into.set(response.url(), gzipSync(body).length);
}

async function expose(page: Page): Promise<void> {
  const service = createCompileService({ slots: 1, cache: join(tmpdir(), 'genesis-compilers') });
  await page.exposeFunction('compileNatively', async (text: string) => {
    const result = await service.compile(JSON.parse(text) as CompileRequest, new AbortController().signal);
    if (result.type === 'ok') return `wasm:${Buffer.from(result.wasm).toString('base64')}`;
    return 'reason' in result ? result.reason : result.type;
  });
}

/** The kernel in a worker of a plain page: the shortest of some rounds, in milliseconds. */
async function plainQueens(page: Page): Promise<number> {
  const text = (KERNELS[0] as (typeof KERNELS)[number]).text(0).replaceAll('export ', '');
  const milliseconds = await page.evaluate(
    (source) =>
      new Promise<number>((resolve) => {
        const script = `${source}; let best = Infinity; for (let i = 0; i < 15; i++) { const t = performance.now(); queens(11); best = Math.min(best, performance.now() - t); } postMessage(best);`;
        const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
        worker.onmessage = ({ data }) => resolve(data as number);
      }),
    text,
  );
  await page.close();
  return milliseconds;
}

/** The same by the machine's C compiler; null where there is none. */
async function nativeQueens(): Promise<number | null> {
  const place = await mkdtemp(join(tmpdir(), 'genesis-native-'));
  const timing = `#include <stdio.h>\n#include <time.h>\nint main(void) { double best = 1e9; for (int i = 0; i < 25; i++) { struct timespec a, b; clock_gettime(CLOCK_MONOTONIC, &a); volatile int n = queens(11); clock_gettime(CLOCK_MONOTONIC, &b); (void)n; double ms = (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6; if (ms < best) best = ms; } printf("%f", best); }\n`;
  try {
    await writeFile(join(place, 'k.c'), `${NATIVE_C}\n${timing}`);
    if (spawnSync('cc', ['-O2', 'k.c', '-o', 'k'], { cwd: place, stdio: 'ignore' }).status !== 0) return null;
    return Number(spawnSync(join(place, 'k'), [], { encoding: 'utf8' }).stdout);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Memory of the browser's largest renderer, shared parts counted in part. */
async function megabytesOf(): Promise<number> {
  let most = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (!command.includes('--type=renderer')) continue;
    const rollup = await readFile(`/proc/${name}/smaps_rollup`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024);
  }
  return most;
}
