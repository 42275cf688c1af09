/** What this browser has of the things that languages lean on. */
import { probeFeatures } from '../../wasm-toolchains/inspect/features.ts';
import type { Feature } from './protocol.ts';

export interface FeatureScope {
  readonly WebAssembly?: object;
  readonly crossOriginIsolated?: boolean;
}

export function findFeatures(scope: FeatureScope = globalThis as unknown as FeatureScope): Feature[] {
  const wasm = scope.WebAssembly;
  const known = wasm === undefined ? null : probeFeatures();
  const vectors = known?.simd ?? false;
  const suspends = known?.jspi ?? false;
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
