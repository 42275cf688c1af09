/** What this browser has of the things that languages lean on. */
import type { Feature } from './protocol.ts';

/** A module with one function that makes a 128-bit vector: valid only where vectors are known. */
const VECTOR_MODULE = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b],
];

export interface FeatureScope {
  readonly WebAssembly?: object;
  readonly crossOriginIsolated?: boolean;
}

export function findFeatures(scope: FeatureScope = globalThis as unknown as FeatureScope): Feature[] {
  const wasm = scope.WebAssembly as typeof WebAssembly | undefined;
  const vectors = wasm?.validate(new Uint8Array(VECTOR_MODULE)) ?? false;
  const suspends = wasm !== undefined && 'Suspending' in wasm && 'promising' in wasm;
  return [
    {
      id: 'wasm',
      title: 'WebAssembly',
      present: wasm !== undefined,
      words: wasm === undefined ? 'Without it only JavaScript and TypeScript run.' : 'Compiled languages can run.',
    },
    {
      id: 'simd',
      title: '128-bit vectors (SIMD)',
      present: vectors,
      words: vectors
        ? 'Compilers may use vector instructions.'
        : 'Programs that use vector instructions do not load here.',
    },
    {
      id: 'jspi',
      title: 'Suspending calls (JSPI)',
      present: suspends,
      words: suspends
        ? 'Python can be started ahead and wait for its work.'
        : 'Python is started anew for each call, which takes longer.',
    },
    {
      id: 'isolation',
      title: 'Cross-origin isolation',
      present: scope.crossOriginIsolated === true,
      words:
        scope.crossOriginIsolated === true
          ? 'Shared memory is allowed, which Node projects need.'
          : 'The page was served without the headers for it; Node projects can’t run.',
    },
  ];
}
