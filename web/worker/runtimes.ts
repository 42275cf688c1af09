/** What programs run in besides the browser's own engine. */
import type { Runtime } from './loads.ts';

/** Of CPython, compressed; a test holds it against the sandbox's own figure, which would bring the sandbox along. */
export const PYTHON_BYTES = 9_900_000;

/** CPython and its library; the realms of a run then take it from memory. */
let pythonReady = false;
const python: Runtime = {
  id: 'python',
  title: 'Python',
  bytes: PYTHON_BYTES,
  needed: ({ sandbox }, languages) => languages.includes('python') && sandbox !== 'pyodide',
  ready: () => pythonReady,
  async load(report, signal) {
    const { pagePython } = await import('../../sandboxes/python/runtime-page.ts');
    await pagePython.load(report, signal);
    pythonReady = true;
  },
};

/** Small, and fetched with the realm that holds it. */
let quickjsReady = false;
const quickjs: Runtime = {
  id: 'quickjs',
  title: 'QuickJS',
  bytes: 230_000,
  needed: ({ sandbox }) => sandbox === 'quickjs',
  ready: () => quickjsReady,
  async load(report) {
    report({ step: 'Downloading QuickJS', loaded: null, total: null });
    const { fetchQuickjs } = await import('../../sandboxes/quickjs/asset-page.ts');
    await fetchQuickjs();
    quickjsReady = true;
  },
};

/** Of Pyodide without packages, compressed; held against the sandbox's own figure too. */
export const PYODIDE_BYTES = 6_700_000;

/** Another CPython, which packages can be had for. */
let pyodideReady = false;
const pyodide: Runtime = {
  id: 'pyodide',
  title: 'Python with packages',
  bytes: PYODIDE_BYTES,
  needed: ({ sandbox }) => sandbox === 'pyodide',
  ready: () => pyodideReady,
  async load(report, signal) {
    const { pagePyodide } = await import('../../sandboxes/pyodide/runtime-page.ts');
    await pagePyodide.load(report, signal);
    pyodideReady = true;
  },
};

/** Longer than a server that is there takes to say how large a file is. */
const SIZES_MS = 5_000;

/** What an experiment's program imports of them; what is here already is not fetched again. */
const packages: Runtime = {
  id: 'python-packages',
  title: 'Python packages',
  bytes: 0,
  needed: ({ sandbox }) => sandbox === 'pyodide',
  ready: () => false,
  async describe({ files }) {
    const { pagePackages } = await import('../../sandboxes/pyodide/packages-page.ts');
    const sizes = await pagePackages.sizes(files, AbortSignal.timeout(SIZES_MS)).catch(() => null);
    if (!sizes) return null;
    const from = { place: sizes.place, terms: 'open source, each package under a licence of its own' };
    return { id: 'python-packages', title: sizes.names.join(', '), bytes: sizes.bytes, from };
  },
  async load(report, signal, { files }) {
    const { pagePackages } = await import('../../sandboxes/pyodide/packages-page.ts');
    const found = await pagePackages.wheels(files, signal, report);
    if (found.type === 'failed') throw new Error(found.reason);
  },
};

/** The page starts it when the first project is opened; here it is only asked for, since it comes from elsewhere. */
const webcontainer: Runtime = {
  id: 'webcontainer',
  title: 'a WebContainer',
  bytes: 0,
  from: {
    place: 'stackblitz.com',
    terms: 'free for personal and open-source use; commercial use needs a licence of StackBlitz',
  },
  needed: ({ sandbox }) => sandbox === 'webcontainer',
  ready: () => false,
  load: () => Promise.resolve(),
};

export const runtimes: readonly Runtime[] = [python, packages, pyodide, quickjs, webcontainer];
