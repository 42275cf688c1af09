/** C and C++ by clang in the page: large, so it comes only when it is asked for. */
import { compilerInWorker, inNode, nodeWorker, pageWorker } from '../compilers/in-worker.ts';
import { areKept } from '../compilers/kept-fetch.ts';
import { toolchainOf } from '../compilers/toolchain.ts';
import { VERSION } from './version.ts';

const compiler = compilerInWorker(
  (events) =>
    inNode()
      ? nodeWorker(new URL(/* @vite-ignore */ './worker.ts', import.meta.url), events)
      : Promise.resolve(
          pageWorker(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'clang' }), events),
        ),
  // Reading headers once for all takes as long as ten compilations.
  120_000,
);

export const clang = toolchainOf({
  id: 'clang',
  title: 'the C and C++ compiler',
  version: VERSION,
  languages: ['c', 'cpp'],
  bytes: 27_100_000,
  compiler,
  kept: () => areKept('clang', VERSION),
});
