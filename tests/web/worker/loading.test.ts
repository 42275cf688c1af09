import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import type { Toolchain, Availability } from '../../../wasm-toolchains/contract.ts';
import { PYODIDE_DOWNLOAD_BYTES } from '../../../sandboxes/pyodide/runtime.ts';
import { PYTHON_DOWNLOAD_BYTES } from '../../../sandboxes/python/runtime.ts';
import type { Experiment, Language } from '../../../web/engine/experiment.ts';
import { findCapabilities } from '../../../web/worker/capabilities.ts';
import { findFeatures } from '../../../web/worker/features.ts';
import { createLoads, type Runtime } from '../../../web/worker/loads.ts';
import type { Loading } from '../../../web/worker/protocol.ts';
import { PYODIDE_BYTES, PYTHON_BYTES, runtimes } from '../../../web/worker/runtimes.ts';
import { small, Stage, stored } from './stage.ts';

const python = { id: 'python', title: 'Python', bytes: 14_000_000 };

describe('a run that needs something large', () => {
  it('asks before it fetches, and begins once a person has agreed', async () => {
    const stage = new Stage(await stored());
    stage.downloads = [python];
    const asked = await stage.desk.start({ experiment: small(), seed: 1, paused: false });
    expect(asked).toEqual({ type: 'asks', downloads: [python] });
    expect(stage.sandboxes).toHaveLength(0);
    expect(stage.batches).toHaveLength(0);
    const begun = await stage.desk.start({ experiment: small(), seed: 1, paused: false, agreed: ['python'] });
    expect(begun.type).toBe('ok');
    await stage.until(() => stage.last.activity === 'finished');
  });

  it('does not ask for little, nor for what was agreed to', async () => {
    const stage = new Stage(await stored());
    stage.downloads = [{ id: 'quickjs', title: 'QuickJS', bytes: 300_000 }];
    expect((await stage.desk.start({ experiment: small(), seed: 1, paused: true })).type).toBe('ok');
    stage.downloads = [...stage.downloads, python];
    const again = { experiment: small(), seed: 1, paused: true, agreed: ['python'] };
    expect((await stage.desk.start(again)).type).toBe('ok');
  });

  it('asks for whatever comes from another place, of any size', async () => {
    const stage = new Stage(await stored());
    const from = { place: 'elsewhere.org', terms: 'free' };
    stage.downloads = [{ id: 'node', title: 'a container', bytes: 0, from }];
    expect((await stage.desk.start({ experiment: small(), seed: 1, paused: true })).type).toBe('asks');
    expect((await stage.desk.start({ experiment: small(), seed: 1, paused: true, agreed: ['node'] })).type).toBe('ok');
  });

  it('asks again when a stored run is opened, and leaves its claim free', async () => {
    const stage = new Stage(await stored());
    const runId = await stage.start(small(), true);
    await stage.desk.stop();
    stage.downloads = [python];
    expect((await stage.desk.reopen(runId)).type).toBe('asks');
    expect((await stage.desk.reopen(runId, ['python'])).type).toBe('ok');
  });

  it('tells what it fetches, and when it is through', async () => {
    const stage = new Stage(await stored());
    stage.load = async (report) => {
      report({ step: 'Downloading Python', loaded: 1, total: 10 });
      report({ step: 'Downloading Python', loaded: 2, total: 10 });
      report({ step: 'Starting Python', loaded: null, total: null });
    };
    await stage.start(small(), true);
    expect(stage.loadings.map((each) => each?.step ?? null)).toEqual(['Downloading Python', 'Starting Python', null]);
  });

  it('says why it could not fetch, and may be tried again', async () => {
    const stage = new Stage(await stored());
    stage.load = () => Promise.reject(new Error('The network is gone.'));
    const result = await stage.desk.start({ experiment: small(), seed: 1, paused: false });
    expect(result).toEqual({ type: 'failed', reason: 'The network is gone.' });
    expect(stage.last).toMatchObject({ activity: 'failed', message: 'The network is gone.' });
    stage.load = () => Promise.resolve();
    await stage.start(small(), true);
  });

  it('does not hold up who starts something else', async () => {
    const stage = new Stage(await stored());
    stage.load = (_report, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const first = stage.desk.start({ experiment: small(), seed: 1, paused: false });
    while (stage.batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
    stage.load = () => Promise.resolve();
    const second = await stage.start(small(), true);
    expect((await first).type).toBe('failed');
    expect(second).not.toBe('');
  });

  it('begins paused where it was paused while it fetched', async () => {
    const stage = new Stage(await stored());
    stage.load = () => stage.desk.pause();
    await stage.start(small());
    expect(stage.last.activity).toBe('paused');
  });
});

function toolchain(over: Partial<Toolchain> & { readonly states: Availability[] }): Toolchain {
  const next = (): Promise<Availability> =>
    Promise.resolve((over.states.length > 1 ? over.states.shift() : over.states[0]) as Availability);
  return {
    id: 'clang',
    title: 'Clang',
    languages: ['c', 'cpp'],
    availability: next,
    load: async (progress) => {
      progress({ step: 'Downloading Clang', loaded: 5, total: 10 });
      return next();
    },
    compile: () => Promise.resolve({ type: 'stopped' }),
    ...over,
  };
}

const quick: Runtime = {
  id: 'python',
  title: 'Python',
  bytes: 14_000_000,
  needed: (_experiment, languages) => languages.includes('python'),
  ready: () => false,
  load: async (report) => report({ step: 'Downloading Python', loaded: 1, total: 2 }),
};

describe('createLoads', () => {
  const mixed = { ...small(), language: 'python' as const, files: { 'main.py': '', 'kernel.c': '', 'data.txt': '' } };

  it('finds compilers and runtimes for every language of a program', async () => {
    const loadable = { type: 'loadable', bytes: 27 } as const;
    const members = [toolchain({ states: [loadable, loadable, { type: 'ready', version: '22' }] })];
    const loads = createLoads({
      runtimes: [quick],
      toolchains: async () => ({ members, compile: () => Promise.resolve({ type: 'stopped' }) }),
    });
    expect((await loads.downloads(mixed)).map(({ id, bytes }) => [id, bytes])).toEqual([
      ['python', 14_000_000],
      ['clang', 27],
    ]);
    const steps: Loading[] = [];
    await loads.load(mixed, (loading) => steps.push(loading), new AbortController().signal);
    expect(steps.map(({ step }) => step)).toEqual(['Downloading Python', 'Downloading Clang']);
    steps.length = 0;
    await loads.load({ ...mixed, language: 'c' }, (loading) => steps.push(loading), new AbortController().signal);
    expect(
      steps.map(({ step }) => step),
      'what is ready is not loaded again',
    ).not.toContain('Downloading Clang');
  });

  it('asks no toolchain for a program that needs none', async () => {
    const loads = createLoads({ runtimes: [quick], toolchains: () => Promise.reject(new Error('asked')) });
    expect(await loads.downloads(small())).toEqual([]);
  });

  it('says what to do where a compiler can’t be had', async () => {
    const members = [toolchain({ states: [{ type: 'missing', reason: 'No Rust here', remedy: 'Install it' }] })];
    const loads = createLoads({
      runtimes: [],
      toolchains: async () => ({ members, compile: () => Promise.resolve({ type: 'stopped' }) }),
    });
    const loading = loads.load({ ...mixed, language: 'c' }, () => {}, new AbortController().signal);
    await expect(loading).rejects.toThrow('No Rust here. Install it.');
  });
});

describe('findCapabilities', () => {
  const features = findFeatures({ WebAssembly, crossOriginIsolated: false });

  it('knows the features of where it runs', () => {
    const found = new Map(features.map(({ id, present }) => [id, present]));
    expect(found.get('simd')).toBe(true);
    expect(found.get('isolation')).toBe(false);
    expect(findFeatures({}).every(({ present }) => !present)).toBe(true);
  });

  it('has a standing, and for what is missing a remedy, for every language', async () => {
    const missing = toolchain({
      languages: ['rust'],
      states: [{ type: 'missing', reason: 'No rustc', remedy: 'Install it' }],
    });
    const clang = toolchain({ states: [{ type: 'loadable', bytes: 27_000_000 }] });
    const { languages } = await findCapabilities({ features, toolchains: [missing, clang], runtimes: [quick] });
    const of = (id: string) => languages.find((each) => each.id === id);
    expect(languages).toHaveLength(13);
    expect(of('rust')?.compiles).toEqual({ type: 'missing', reason: 'No rustc', remedy: 'Install it' });
    expect(of('cpp')?.compiles).toMatchObject({ type: 'loadable', bytes: 27_000_000 });
    expect(of('zig')?.compiles?.type).toBe('missing');
    expect(of('python')?.runs).toMatchObject({ type: 'loadable', bytes: 14_000_000 });
    expect(of('node')?.runs.type).toBe('missing');
    for (const { runs, compiles } of languages) {
      for (const standing of [runs, compiles]) {
        if (standing?.type === 'missing') expect(standing.remedy).not.toBe('');
      }
    }
  });

  it('says beside a language what its compiler does: whether Rust may have crates', async () => {
    const note = 'With crates from crates.io.';
    const rust = toolchain({ languages: ['rust'], states: [{ type: 'ready', version: '1', note }] });
    const { languages } = await findCapabilities({ features, toolchains: [rust], runtimes: [] });
    expect(languages.find(({ id }) => id === 'rust')?.note).toBe(note);
    expect(languages.find(({ id }) => id === 'go')?.note).toBe('');
  });

  it('runs nothing that is compiled where there is no WebAssembly', async () => {
    const { languages } = await findCapabilities({ features: findFeatures({}), toolchains: [], runtimes: [] });
    const ready = languages.filter(({ runs }) => runs.type !== 'missing').map(({ id }) => id);
    expect(ready).toEqual(['javascript', 'typescript']);
  });
});

describe('runtimes', () => {
  it('are as large as they say, and needed by the programs that run in them', async () => {
    expect(PYTHON_BYTES).toBe(PYTHON_DOWNLOAD_BYTES);
    expect(PYODIDE_BYTES).toBe(PYODIDE_DOWNLOAD_BYTES);
    const needed = (experiment: Experiment, language: Language) =>
      runtimes.filter((runtime) => runtime.needed(experiment, [language])).map(({ id }) => id);
    expect(needed(small(), 'javascript')).toEqual([]);
    expect(needed(small(), 'python')).toEqual(['python']);
    expect(needed({ ...small(), sandbox: 'pyodide' }, 'python')).toEqual(['python-packages', 'pyodide']);
    expect(needed({ ...small(), sandbox: 'quickjs' }, 'javascript')).toEqual(['quickjs']);
    expect(needed({ ...small(), sandbox: 'webcontainer' }, 'javascript')).toEqual(['webcontainer']);
  });
});
