/** What the relay itself does with folders in which programs of others were at work: it follows no link and takes over no right. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createShared } from '../../../relay/compile/cargo/shared.ts';
import { copyTree, openCrateStore } from '../../../relay/compile/cargo/store.ts';
import { needsShim, shimFor } from '../../../relay/compile/cargo/tool.ts';
import { readModule } from '../../../relay/compile/output.ts';

const root = mkdtempSync(join(tmpdir(), 'genesis-folders-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
});

describe('a module', () => {
  it('is read where it is a plain file', async () => {
    writeFileSync(join(folder, 'a/b/out.wasm'), 'abc');
    expect(await readModule(folder, 'a/b/out.wasm')).toEqual(new Uint8Array([97, 98, 99]));
  });

  it('is none where it is a link, lies behind one, or is no file', async () => {
    const secret = join(root, 'secret');
    mkdirSync(join(secret, 'b'), { recursive: true });
    writeFileSync(join(secret, 'b/out.wasm'), 'sesame');
    symlinkSync(join(secret, 'b/out.wasm'), join(folder, 'a/b/link.wasm'));
    symlinkSync(secret, join(folder, 'way'));
    mkdirSync(join(folder, 'a/b/folder.wasm'));
    spawnSync('mkfifo', [join(folder, 'a/b/pipe.wasm')]);
    writeFileSync(join(folder, 'a/b/empty.wasm'), '');
    for (const path of ['a/b/link.wasm', 'way/b/out.wasm', 'a/b/folder.wasm', 'a/b/pipe.wasm', 'a/b/empty.wasm', 'no'])
      expect(await readModule(folder, path), path).toBe('the compiler wrote no module');
  });
});

describe('what crates made', () => {
  it('is copied with its times, without links and rights', async () => {
    const from = join(folder, 'a');
    writeFileSync(join(from, 'b/plain'), 'x');
    utimesSync(join(from, 'b/plain'), 1_000, 2_000);
    writeFileSync(join(from, 'script'), '#!/bin/sh');
    chmodSync(join(from, 'script'), 0o4777);
    symlinkSync('/etc', join(from, 'out'));
    await copyTree(from, join(folder, 'copy'));
    expect(readdirSync(join(folder, 'copy')).sort()).toEqual(['b', 'script']);
    expect(lstatSync(join(folder, 'copy/script')).mode & 0o7777).toBe(0o755);
    expect(lstatSync(join(folder, 'copy/b/plain')).mtimeMs).toBe(2_000_000);
  });

  it('is found when it is whole, and kept once where two were as fast', async () => {
    const store = await openCrateStore(join(folder, 'relay/crates'));
    if (typeof store === 'string') throw new Error(store);
    expect(await store.find('k')).toBeNull();
    const [one, two] = [await store.begin(), await store.begin()];
    if (one === null || two === null) throw new Error('full');
    writeFileSync(join(one, 'x'), '1');
    writeFileSync(join(two, 'x'), '2');
    expect(await store.find('k')).toBeNull();
    const path = await store.finish(one, 'k');
    expect(await store.finish(two, 'k')).toBe(path);
    expect(await store.find('k')).toBe(path);
    expect(readdirSync(join(folder, 'relay/crates'))).toEqual(['k']);
    expect(lstatSync(join(folder, 'relay/crates')).mode & 0o077).toBe(0);
  });

  it('goes when it is old and there is much of it, and what is in use stays', async () => {
    const place = join(folder, 'relay/crates');
    const store = await openCrateStore(place);
    if (typeof store === 'string') throw new Error(store);
    for (let i = 0; i < 60; i++) {
      mkdirSync(join(place, `old${i}`));
      utimesSync(join(place, `old${i}`), 1_000 + i, 1_000 + i);
    }
    mkdirSync(join(place, 'used'));
    utimesSync(join(place, 'used'), 1, 1);
    await store.find('used');
    await store.begin();
    expect(existsSync(join(place, 'used'))).toBe(true);
    expect(existsSync(join(place, 'old0'))).toBe(false);
    expect(existsSync(join(place, 'old59'))).toBe(true);
  });

  it('is not kept in a folder of somebody else, nor in one that others may write', async () => {
    const link = join(folder, 'link');
    symlinkSync('/tmp', link);
    expect(await openCrateStore(join(link))).toContain('somebody else');
    const open = join(folder, 'open');
    mkdirSync(join(open, 'crates'), { recursive: true });
    chmodSync(open, 0o777);
    await openCrateStore(join(open, 'crates'));
    expect(lstatSync(open).mode & 0o022).toBe(0);
  });
});

describe('work that several wait for', () => {
  type Result = { readonly type: 'ok' } | { readonly type: 'failed' } | { readonly type: 'unavailable' };
  const later = <T>() => Promise.withResolvers<T>();

  it('is done once, goes on while one of them waits, and ends with the last', async () => {
    const shared = createShared<Result>();
    const gate = later<Result>();
    let begun = 0;
    let inner: AbortSignal | null = null;
    const work = (signal: AbortSignal) => {
      begun++;
      inner = signal;
      return gate.promise;
    };
    const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
    const first = shared('k', work, one.signal);
    const second = shared('k', work, two.signal);
    one.abort();
    expect(await first).toEqual({ type: 'stopped' });
    expect((inner as AbortSignal | null)?.aborted).toBe(false);
    gate.resolve({ type: 'ok' });
    expect(await second).toEqual({ type: 'ok' });
    expect(begun).toBe(1);
    const never = later<Result>();
    let last: AbortSignal | null = null;
    const third = shared('k', (signal) => ((last = signal), never.promise), three.signal);
    three.abort();
    expect(await third).toEqual({ type: 'stopped' });
    expect((last as AbortSignal | null)?.aborted).toBe(true);
  });

  it('is not tried again at once where it failed, and is where it could not be had', async () => {
    const shared = createShared<Result>();
    let tries = 0;
    const signal = new AbortController().signal;
    const ends = (result: Result) => () => (tries++, Promise.resolve(result));
    await shared('bad', ends({ type: 'failed' }), signal);
    expect(await shared('bad', ends({ type: 'ok' }), signal)).toEqual({ type: 'failed' });
    expect(tries).toBe(1);
    await shared('away', ends({ type: 'unavailable' }), signal);
    expect(await shared('away', ends({ type: 'ok' }), signal)).toEqual({ type: 'ok' });
    expect(tries).toBe(3);
  });
});

describe('a compiler that is older than Cargo', () => {
  it('is not told what it does not know, and all else as it was', () => {
    const script = join(folder, 'rustc');
    const echo = join(folder, "it's echo");
    writeFileSync(echo, '#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n', { mode: 0o755 });
    writeFileSync(script, shimFor(echo), { mode: 0o755 });
    const given = [
      '-',
      '--check-cfg',
      'cfg(a)',
      '--print=split-debuginfo',
      '--print=cfg',
      'two words',
      '--check-cfg=x',
      "'",
    ];
    const { stdout, status } = spawnSync(script, given, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, "-\n--print=cfg\ntwo words\n'\n"]);
    expect([needsShim('rustc 1.63.0'), needsShim('rustc 1.85.0 (abc 2025-02-17)')]).toEqual([true, false]);
  });
});
