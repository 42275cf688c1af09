/** A toolchain out of a compiler in a worker. */
import type { CompiledLanguage, Toolchain } from '../contract.ts';
import { failure } from '../diagnostics.ts';
import { faultOf } from '../source.ts';
import { inNode, type WorkerCompiler } from './in-worker.ts';

export interface WorkerToolchain {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly languages: readonly CompiledLanguage[];
  /** Over the network, compressed. */
  readonly bytes: number;
  readonly compiler: WorkerCompiler;
  /** Whether the browser has it from an earlier visit, so that nothing comes over the network. */
  readonly kept?: () => Promise<boolean>;
}

export function toolchainOf({ id, title, version, languages, bytes, compiler, kept }: WorkerToolchain): Toolchain {
  // Once loaded it stays so for this visit, also when its worker has been let go for a while.
  let here = false;
  return {
    id,
    title,
    languages,
    async availability() {
      here ||= compiler.loaded || inNode() || ((await kept?.()) ?? false);
      return here ? { type: 'ready', version } : { type: 'loadable', bytes, version };
    },
    async load(progress, signal) {
      const step = `Downloading ${title}`;
      progress({ step, loaded: 0, total: null });
      const missing = await compiler.load(step, progress, signal);
      if (missing === null) return { type: 'ready', version };
      return {
        type: 'missing',
        reason: `${title} could not be loaded: ${missing}`,
        remedy: 'try again with a network',
      };
    },
    async compile(request, signal) {
      const fault = faultOf(request);
      if (fault !== null) return failure([], fault);
      return compiler.compile(request, signal);
    },
  };
}
