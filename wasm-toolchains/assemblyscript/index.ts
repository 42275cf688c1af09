/** AssemblyScript: TypeScript's looks, WebAssembly's types; its compiler is small enough for any page. */
import { compilerInWorker, inNode, nodeWorker, pageWorker } from '../compilers/in-worker.ts';
import { toolchainOf } from '../compilers/toolchain.ts';

const start = compilerInWorker(
  (events) =>
    inNode()
      ? nodeWorker(new URL(/* @vite-ignore */ './worker.ts', import.meta.url), events)
      : Promise.resolve(
          pageWorker(
            new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'assemblyscript' }),
            events,
          ),
        ),
  20_000,
);

export const assemblyscript = toolchainOf({
  id: 'assemblyscript',
  title: 'the AssemblyScript compiler',
  version: '0.28.20',
  languages: ['assemblyscript'],
  bytes: 2_900_000,
  compiler: start,
});
