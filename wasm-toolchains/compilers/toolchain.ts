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
}

export function toolchainOf({ id, title, version, languages, bytes, compiler }: WorkerToolchain): Toolchain {
  return {
    id,
    title,
    languages,
    availability: () =>
      Promise.resolve(compiler.loaded || inNode() ? { type: 'ready', version } : { type: 'loadable', bytes, version }),
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
