/** What runs and compiles here, language by language, from what toolchains and runtimes say of themselves. */
import type { CompiledLanguage, Toolchain } from '../../wasm-toolchains/contract.ts';
import { LANGUAGE_TITLES } from '../engine/language-titles.ts';
import type { Runtime } from './loads.ts';
import type { Capabilities, Capability, Feature, Standing } from './protocol.ts';

export interface CapabilityFacts {
  readonly features: readonly Feature[];
  readonly toolchains: readonly Toolchain[];
  readonly runtimes: readonly Runtime[];
}

/** What is to be known of each beside its title, in the order they are shown. */
const COMPILED: Readonly<Record<CompiledLanguage, string>> = {
  c: '',
  cpp: 'Without exceptions.',
  assemblyscript: 'TypeScript’s syntax, compiled ahead of time.',
  wat: '',
  rust: '',
  go: '',
  zig: '',
};

const SCRIPT: Standing = { type: 'ready', words: 'In the browser’s own engine' };
const NO_WASM: Standing = {
  type: 'missing',
  reason: 'This browser has no WebAssembly, or it has been switched off',
  remedy: 'Use a current browser, without a lockdown mode',
};
const LICENCE =
  'WebContainers are a service of StackBlitz: free for personal and open-source use, commercial use needs a licence of theirs.';

export async function findCapabilities(facts: CapabilityFacts): Promise<Capabilities> {
  const has = (id: string): boolean => facts.features.some((feature) => feature.id === id && feature.present);
  const wasm: Standing = has('wasm') ? { type: 'ready', words: 'In a WASI sandbox' } : NO_WASM;
  const compiled = await Promise.all(
    (Object.keys(COMPILED) as CompiledLanguage[]).map(async (id): Promise<Capability> => {
      const title = LANGUAGE_TITLES[id];
      const note = [COMPILED[id], await noteOf(id, facts.toolchains)].filter((part) => part !== '').join(' ');
      return { id, title, runs: wasm, compiles: await compiles(id, facts.toolchains), note };
    }),
  );
  const runtime = (id: string, words: string): Standing => {
    const found = facts.runtimes.find((each) => each.id === id);
    if (!has('wasm')) return NO_WASM;
    if (!found || found.ready()) return { type: 'ready', words };
    return { type: 'loadable', words, bytes: found.bytes };
  };
  const languages: Capability[] = [
    { id: 'javascript', title: LANGUAGE_TITLES.javascript, runs: SCRIPT, compiles: null, note: '' },
    {
      id: 'typescript',
      title: LANGUAGE_TITLES.typescript,
      runs: SCRIPT,
      compiles: null,
      note: 'Types are stripped, not checked.',
    },
    {
      id: 'quickjs',
      title: 'JavaScript, step by step',
      runs: runtime('quickjs', 'In QuickJS'),
      compiles: null,
      note: 'Some 40 to 110 times slower, but counts every step.',
    },
    {
      id: 'python',
      title: LANGUAGE_TITLES.python,
      runs: runtime('python', 'In CPython 3.11 for WASI'),
      compiles: null,
      note: 'With its standard library; no NumPy.',
    },
    {
      id: 'pyodide',
      title: 'Python with packages',
      runs: runtime('pyodide', 'In CPython 3.14 of Pyodide'),
      compiles: null,
      note: 'NumPy and others, where the network allows them.',
    },
    ...compiled,
    { id: 'node', title: 'Node projects', runs: containers(has('isolation')), compiles: null, note: LICENCE },
  ];
  return { languages, features: facts.features };
}

/** What its compiler says of itself, beside that it is there. */
async function noteOf(language: CompiledLanguage, toolchains: readonly Toolchain[]): Promise<string> {
  for (const toolchain of toolchains) {
    const state = toolchain.languages.includes(language) ? await toolchain.availability() : null;
    if (state?.type === 'ready') return state.note ?? '';
  }
  return '';
}

/** What can be loaded is better than what is missing, and what is ready is best. */
async function compiles(language: CompiledLanguage, toolchains: readonly Toolchain[]): Promise<Standing> {
  let found: Standing = {
    type: 'missing',
    reason: 'There is no compiler for it here',
    remedy: 'Open this page through a relay that has one',
  };
  for (const toolchain of toolchains) {
    if (!toolchain.languages.includes(language)) continue;
    const state = await toolchain.availability();
    switch (state.type) {
      case 'ready':
        return { type: 'ready', words: `${toolchain.title}${state.version === '' ? '' : `, ${state.version}`}` };
      case 'loadable':
        if (found.type === 'missing') found = { type: 'loadable', words: toolchain.title, bytes: state.bytes };
        break;
      case 'missing':
        if (found.type === 'missing') found = { type: 'missing', reason: state.reason, remedy: state.remedy };
        break;
      default:
        state satisfies never;
    }
  }
  return found;
}

function containers(isolated: boolean): Standing {
  if (isolated) return { type: 'loadable', words: 'In a WebContainer, from stackblitz.com', bytes: 0 };
  return {
    type: 'missing',
    reason: 'WebContainers need a page that is isolated from other origins, and this one is not',
    remedy: 'Start the relay with GENESIS_NODE_PROJECTS=1, which lets the page load WebContainers from stackblitz.com',
  };
}
