/** An example's folder as files and as loaded modules, for tests that run outside a sandbox. */
import { readFileSync, readdirSync } from 'node:fs';
import type { Evaluation } from '../../web/engine/program.ts';
import { createRandom } from '../../sandboxes/hosting/realm/random.ts';

export interface Evaluator {
  evaluate(
    candidate: { call(name: string, ...args: unknown[]): Promise<unknown> },
    context: object,
  ): Promise<Evaluation>;
}

export function folderOf(example: string): Record<string, string> {
  const folder = new URL(`../../examples/${example}/`, import.meta.url);
  const names = readdirSync(folder).filter((name) => /\.(js|ts|json|py|c|cpp|rs|wat)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
}

export async function moduleOf<T>(example: string, file: string): Promise<T> {
  const url = new URL(`../../examples/${example}/${file}`, import.meta.url).href;
  return (await import(/* @vite-ignore */ url)) as T;
}

/** Runs an export with the `Math.random` that a candidate's realm has in an evaluation. */
export function withRealmRandom<T>(seed: number, action: () => T): T {
  const own = Math.random;
  const random = createRandom();
  random.reseed(seed, 0);
  Math.random = random.next;
  try {
    return action();
  } finally {
    Math.random = own;
  }
}
