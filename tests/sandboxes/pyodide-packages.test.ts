import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importsOf } from '../../sandboxes/pyodide/import-names.ts';
import { nodePackages } from '../../sandboxes/pyodide/packages-node.ts';
import {
  createPackages,
  type Lock,
  type Packages,
  type PackagesOptions,
  resolve,
} from '../../sandboxes/pyodide/packages.ts';
import { preparePyodide, sharedPackages } from '../../sandboxes/pyodide/prepare.ts';
import { lockOf, wheel } from './wheel.ts';

const main = (text: string) => ({ 'main.py': text });

describe('what a program imports', () => {
  it.each([
    ['import numpy as np, scipy.linalg', ['numpy', 'scipy']],
    ['from sklearn.svm import SVC\nif 1:\n    import pandas', ['sklearn', 'pandas']],
    ['from . import own\nx = "import six"\n# import yaml', []],
    ['import math # import yaml', ['math']],
  ])('%j', (text, names) => {
    expect([...importsOf(main(text))]).toEqual(names);
  });

  it('is not what its own files are called', () => {
    const files = { 'main.py': 'import numpy, six, kit.numbers', 'numpy.py': '', 'kit/numbers.py': '' };
    expect([...importsOf(files)]).toEqual(['six']);
  });
});

describe('packages', () => {
  const two = wheel({ 'two/__init__.py': 'import one\nVALUE = one.VALUE + 1\n' });
  const one = wheel({ 'one.py': 'VALUE = 1\n' });
  let lock: Lock;
  let server: Server;
  let base = '';
  let asked: string[] = [];
  beforeAll(async () => {
    lock = await lockOf({ two: [two, ['one']], one: [one, []], other: [one, []] });
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const bytes = { '/full/two-1.0-py3-none-any.whl': two, '/full/one-1.0-py3-none-any.whl': one }[request.url ?? ''];
      response.writeHead(bytes ? 200 : 404, bytes ? { 'content-length': bytes.length } : {});
      response.end(request.method === 'HEAD' ? undefined : bytes);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/full/`;
  });
  afterAll(() => void server.close());

  function open(options: Partial<PackagesOptions> = {}): Packages {
    asked = [];
    const place = { lock: () => Promise.resolve(lock), base: () => Promise.resolve(base) };
    return createPackages({ ...place, fetch, shelf: null, ...options });
  }

  it('come with what they need, which comes first', () => {
    expect(resolve(lock, new Set(['two'])).map(({ name, asked }) => [name, asked])).toEqual([
      ['one', []],
      ['two', ['two']],
    ]);
  });

  it('are fetched once, their size told before', async () => {
    const packages = open();
    const sizes = await packages.sizes(main('import two'));
    expect(sizes).toEqual({ names: ['one 1.0', 'two 1.0'], bytes: one.length + two.length, place: new URL(base).host });
    const steps: string[] = [];
    const first = await packages.wheels(main('import two'), undefined, ({ step }) => void steps.push(step));
    expect(first).toMatchObject({ type: 'ok', wheels: [{ name: 'one', kind: 'package' }, { name: 'two' }] });
    expect(steps).toEqual(['Downloading one 1.0', 'Downloading two 1.0']);
    await packages.wheels(main('import two, one'));
    expect(asked.filter((line) => line.startsWith('GET'))).toHaveLength(2);
    expect(await packages.sizes(main('import two'))).toBeNull();
  });

  it('are taken from the shelf at the next visit, unless it holds something else', async () => {
    const kept = new Map<string, Uint8Array<ArrayBuffer>>();
    const shelf: PackagesOptions['shelf'] = {
      get: (address) => Promise.resolve(kept.get(address) ?? null),
      put: (address, bytes) => Promise.resolve(void kept.set(address, bytes)),
    };
    await open({ shelf }).wheels(main('import one'));
    expect([...kept.keys()]).toEqual([`${base}one-1.0-py3-none-any.whl`]);
    expect(await open({ shelf }).wheels(main('import one'))).toMatchObject({ type: 'ok' });
    expect(asked).toEqual([]);
    kept.set(`${base}one-1.0-py3-none-any.whl`, two);
    expect(await open({ shelf }).wheels(main('import one'))).toMatchObject({ type: 'ok' });
    expect(asked).toEqual(['GET /full/one-1.0-py3-none-any.whl']);
  });

  it.each<[string, string, Partial<PackagesOptions>, RegExp]>([
    ['another file', 'import one', { lock: () => lockOf({ one: [one, [], 'f'.repeat(64)] }) }, /not the file/],
    [
      'none',
      'import other',
      {},
      /^other 1\.0 could not be fetched from http:.*\/full\/: it answered 404\. Do without it, with the standard library/,
    ],
    [
      'no server',
      'import one',
      { fetch: () => Promise.reject(new TypeError('x')) },
      /can not be reached from here.*GENESIS_PYTHON_PACKAGES=1/,
    ],
    ['no permission', 'import one', { base: () => Promise.resolve(null) }, /one 1\.0: packages are switched off here/],
    [
      'no list',
      'import one',
      { lock: () => Promise.reject(new Error('gone')) },
      /list of packages could not be read: gone/,
    ],
  ])('say what, where from and what to do where there is %s', async (_what, text, options, reason) => {
    const found = await open(options).wheels(main(text));
    expect(found).toEqual({ type: 'failed', reason: expect.stringMatching(reason) as string });
    const prepared = await preparePyodide(
      { language: 'python', files: main(text), entry: 'main.py' },
      sharedPackages(open(options), main(text)),
    );
    expect(prepared).toEqual({ type: 'build-failed', reason: expect.stringMatching(reason) as string });
  });

  it('are none where only the library is imported', async () => {
    expect(await open().wheels(main('import math, json'))).toEqual({ type: 'ok', wheels: [] });
    expect(await nodePackages.wheels(main('import math'))).toEqual({ type: 'ok', wheels: [] });
    expect(asked).toEqual([]);
  });

  it('are those of the experiment’s own program, and no others for those that come after it', async () => {
    const shared = sharedPackages(open(), main('import one'));
    const prepare = (text: string) =>
      preparePyodide({ language: 'python', files: main(text), entry: 'main.py' }, shared);
    for (const text of ['import one', '1'])
      expect(await prepare(text)).toMatchObject({ type: 'ok', program: { wheels: [{ name: 'one' }] } });
    expect(await prepare('import one, two')).toEqual({
      type: 'build-failed',
      reason: expect.stringMatching(/^two 1\.0: not available here; .* are fetched \(one\)$/) as string,
    });
    expect(asked).toEqual(['GET /full/one-1.0-py3-none-any.whl']);
  });

  it('of languages beside Python there are none', async () => {
    const files = { 'main.py': 'import fast', 'fast.c': 'int f(void) { return 1; }' };
    expect(await preparePyodide({ language: 'python', files, entry: 'main.py' }, null)).toMatchObject({
      reason: expect.stringMatching(/^fast\.c: .* "python"/) as string,
    });
  });
});
