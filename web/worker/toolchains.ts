/** The compilers this page can have. Each brings a worker of its own when it is first used. */
import type { Toolchains } from './loads.ts';

let opening: Promise<Toolchains> | null = null;

/** Their list alone is small; it is fetched when a program of a compiled language comes up, and again after it did not come. */
export function openToolchains(): Promise<Toolchains> {
  opening ??= import('../../wasm-toolchains/registry.ts').then(
    (registry) => registry.openToolchains(),
    (error: unknown) => {
      opening = null;
      throw error;
    },
  );
  return opening;
}
