/** What has to be fetched before a run of some languages can begin: compilers, and runtimes that candidates run in. */
import type { Compile, CompiledLanguage, Toolchain } from '../../wasm-toolchains/contract.ts';
import type { Experiment, Language } from '../engine/experiment.ts';
import { languagesOf } from '../engine/syntax/language.ts';
import type { Download, Loading } from './protocol.ts';

/** Something that programs run in, and that is fetched when it is first needed. */
export interface Runtime {
  readonly id: string;
  readonly title: string;
  /** Over the network, compressed. */
  readonly bytes: number;
  readonly from?: Download['from'];
  needed(experiment: Experiment, languages: readonly Language[]): boolean;
  /** Said instead of title and bytes, where they are this experiment's own; null where nothing is to be fetched. */
  describe?(experiment: Experiment): Promise<Download | null>;
  ready(): boolean;
  /** Rejects with a reason for people; may be tried again. */
  load(report: (loading: Loading) => void, signal: AbortSignal, experiment: Experiment): Promise<void>;
}

export interface Toolchains {
  readonly members: readonly Toolchain[];
  readonly compile: Compile;
}

export interface LoadsParts {
  /** Their code is not small: asked for when a program is to be compiled. */
  toolchains(): Promise<Toolchains>;
  readonly runtimes: readonly Runtime[];
}

export interface Loads {
  downloads(experiment: Experiment): Promise<Download[]>;
  load(experiment: Experiment, report: (loading: Loading) => void, signal: AbortSignal): Promise<void>;
  readonly compile: Compile;
}

const COMPILED: ReadonlySet<Language> = new Set<CompiledLanguage>([
  ...(['c', 'cpp', 'rust', 'go', 'zig', 'assemblyscript', 'wat'] as const),
]);

export function createLoads(parts: LoadsParts): Loads {
  const runtimesOf = (experiment: Experiment): Runtime[] => {
    const languages = languagesOf(experiment);
    return parts.runtimes.filter((runtime) => runtime.needed(experiment, languages) && !runtime.ready());
  };

  async function toolchainsOf(experiment: Experiment): Promise<Toolchain[]> {
    const languages = languagesOf(experiment).filter((language) => COMPILED.has(language));
    if (languages.length === 0) return [];
    const { members } = await parts.toolchains();
    return members.filter((toolchain) => toolchain.languages.some((language) => languages.includes(language)));
  }

  return {
    async downloads(experiment) {
      const found: Download[] = [];
      for (const runtime of runtimesOf(experiment)) {
        const { id, title, bytes, from } = runtime;
        const download = runtime.describe
          ? await runtime.describe(experiment)
          : { ...{ id, title, bytes }, ...(from ? { from } : {}) };
        if (download) found.push(download);
      }
      for (const { id, title, availability } of await toolchainsOf(experiment)) {
        const state = await availability();
        if (state.type === 'loadable') found.push({ id, title, bytes: state.bytes });
      }
      return found;
    },

    async load(experiment, report, signal) {
      for (const runtime of runtimesOf(experiment)) {
        await runtime.load(report, signal, experiment);
        signal.throwIfAborted();
      }
      for (const toolchain of await toolchainsOf(experiment)) {
        const before = await toolchain.availability();
        const state = before.type === 'ready' ? before : await toolchain.load(report, signal);
        signal.throwIfAborted();
        if (state.type === 'missing') throw new Error(sentences(state.reason, state.remedy));
        if (state.type === 'loadable') throw new Error(`${toolchain.title} could not be loaded.`);
      }
    },

    async compile(request, signal) {
      return (await parts.toolchains()).compile(request, signal);
    },
  };
}

function sentences(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(' ');
}
