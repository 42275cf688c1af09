/** The compilers this page can have. Each brings a worker of its own when it is first used. */
import type { Toolchains } from './loads.ts';

const UNAVAILABLE = {
  type: 'unavailable',
  reason: 'this page was built without compilers',
  remedy: 'use the terminal or another build',
} as const;

let opening: Promise<Toolchains> | null = null;

/** Their list alone is small; it is fetched when a program of a compiled language comes up. */
export function openToolchains(): Promise<Toolchains> {
  opening ??= Promise.resolve({ members: [], compile: () => Promise.resolve(UNAVAILABLE) });
  return opening;
}
