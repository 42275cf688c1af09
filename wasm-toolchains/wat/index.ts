/** WebAssembly's own text, assembled by wabt: small and quick. */
import { compilerInWorker, inNode, nodeWorker, pageWorker } from '../compilers/in-worker.ts';
import { toolchainOf } from '../compilers/toolchain.ts';

const compiler = compilerInWorker(
  (events) =>
    inNode()
      ? nodeWorker(new URL(/* @vite-ignore */ './worker.ts', import.meta.url), events)
      : Promise.resolve(
          pageWorker(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'wat' }), events),
        ),
  10_000,
);

export const wat = toolchainOf({
  id: 'wat',
  title: 'the WebAssembly assembler',
  version: '1.0.39',
  languages: ['wat'],
  bytes: 230_000,
  compiler,
});
