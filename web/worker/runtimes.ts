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
  needed: (_experiment, languages) => languages.includes('python'),
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

export const runtimes: readonly Runtime[] = [python, quickjs, webcontainer];
