/** Finds and reads the folder of an experiment. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Experiment } from '../../web/engine/experiment.ts';
import { experimentFromFolder, MANIFEST } from '../../web/engine/folder.ts';

export type FoundExperiment =
  | { readonly type: 'ok'; readonly experiment: Experiment }
  | { readonly type: 'failed'; readonly problems: readonly string[] };

export const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

const MOST_FILES = 500;
const LARGEST = 1_000_000;
const DEEPEST = 5;

/**
 * `name` is an example's name, a folder, or the path of an `experiment.json`; relative paths start at `base`. `program` picks one of
 * its seed programs.
 */
export async function findExperiment(name: string, base: string, program: string): Promise<FoundExperiment> {
  const folder = await locate(name, base);
  if (folder === null) return failed(await unknown(name));
  try {
    const files = await readFolder(folder);
    if (!Object.hasOwn(files, MANIFEST)) return failed(`${folder} has no ${MANIFEST}, so it is not an experiment`);
    const found = experimentFromFolder(files, program);
    if (found.type === 'ok') return found;
    return { type: 'failed', problems: found.problems.map((problem) => `${folder}: ${problem}`) };
  } catch (error) {
    return failed(`${folder} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Names of the built-in examples, sorted. */
export async function exampleNames(folder: string = EXAMPLES): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() && (await isFile(join(folder, entry.name, MANIFEST)))) names.push(entry.name);
  }
  return names.sort();
}

async function locate(name: string, base: string): Promise<string | null> {
  const isSlug = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
  if (isSlug && (await isFile(join(EXAMPLES, name, MANIFEST)))) return join(EXAMPLES, name);
  const path = resolve(base, name);
  if (basename(path) === MANIFEST && (await isFile(path))) return dirname(path);
  return (await isFolder(path)) ? path : null;
}

async function unknown(name: string): Promise<string> {
  const names = await exampleNames();
  const near = nearest(name, names);
  return `there is no example and no folder "${name}"${near === null ? '' : `; did you mean ${near}?`} Examples: ${names.join(', ')}`;
}

async function readFolder(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  let count = 0;
  const visit = async (path: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const full = join(path, entry.name);
      if (entry.isDirectory() && depth < DEEPEST) await visit(full, depth + 1);
      else if (entry.isFile() && (await stat(full)).size <= LARGEST) {
        if (++count > MOST_FILES) throw new Error(`it holds more than ${MOST_FILES} files`);
        files[relative(folder, full).split(sep).join('/')] = await readFile(full, 'utf8');
      }
    }
  };
  await visit(folder, 0);
  return files;
}

/** The name with the fewest changes, if it is near enough to be what was meant. */
export function nearest(name: string, names: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const other of names) {
    const distance = other.startsWith(name) && name.length > 1 ? 1 : changes(name, other);
    if (distance < least) [best, least] = [other, distance];
  }
  return best;
}

/** Levenshtein's distance. */
function changes(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function failed(problem: string): FoundExperiment {
  return { type: 'failed', problems: [problem] };
}
