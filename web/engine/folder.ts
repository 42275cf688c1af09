/** An experiment as a folder: `experiment.json` and the files it names. */
import type { Files } from './program.ts';
import { Reader } from './reader.ts';
import { validateExperiment, type Validated } from './validation.ts';

export const MANIFEST = 'experiment.json';

export interface SeedChoice {
  /** `seed` is the folder's own. */
  readonly name: string;
  readonly title: string;
  /** Path in the program → file in the folder that takes its place. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * `folder` maps relative paths to texts and may hold more than is needed. The manifest lists files by name where an Experiment
 * holds their texts; `seeds` lists further seed programs, of which `seedName` picks one.
 */
export function experimentFromFolder(folder: Files, seedName = 'seed'): Validated {
  const read = new Reader();
  const manifest = readManifest(folder, read);
  if (!manifest) return { type: 'failed', problems: read.problems };
  const { seeds, files, evaluator, ...rest } = manifest;
  const texts = (value: unknown, path: string, instead: Readonly<Record<string, string>> = {}): Files => {
    const names = read.list(value, path, (name, at) => read.text(name, at, { longest: 200 }));
    return Object.fromEntries(
      names.map((name, i) => [name, fileOf(folder, instead[name] ?? name, `${path}[${i}]`, read)]),
    );
  };
  const choices = readSeeds(seeds, read);
  const choice = choices.find(({ name }) => name === seedName);
  if (!choice) read.note('seeds', `has no "${seedName}"; there are ${choices.map(({ name }) => name).join(', ')}`);
  const from = read.object(evaluator, 'evaluator', ['files', 'entry']);
  const experiment = {
    ...rest,
    files: texts(files, 'files', choice?.files),
    evaluator: { files: texts(from.files, 'evaluator.files'), entry: from.entry },
  };
  const validated = validateExperiment(experiment);
  const problems = [...read.problems, ...(validated.type === 'failed' ? validated.problems : [])];
  return problems.length > 0
    ? { type: 'failed', problems: problems.map((problem) => `${MANIFEST}: ${problem}`) }
    : validated;
}

/** The seed programs a folder offers, its own first. Empty where the manifest can't be read. */
export function seedsOf(folder: Files): SeedChoice[] {
  const read = new Reader();
  const manifest = readManifest(folder, read);
  return manifest ? readSeeds(manifest.seeds, read) : [];
}

function readManifest(folder: Files, read: Reader): Record<string, unknown> | null {
  const text = Object.hasOwn(folder, MANIFEST) ? folder[MANIFEST] : undefined;
  if (text === undefined) {
    read.note('', `the folder has no ${MANIFEST}`);
    return null;
  }
  try {
    return read.object(JSON.parse(text), '');
  } catch (error) {
    read.note(MANIFEST, `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function readSeeds(value: unknown, read: Reader): SeedChoice[] {
  const own: SeedChoice = { name: 'seed', title: 'Seed', files: {} };
  const more = read.list(
    value,
    'seeds',
    (each, path) => {
      const seed = read.object(each, path, ['name', 'title', 'files']);
      return {
        name: read.text(seed.name, `${path}.name`, { longest: 60 }),
        title: read.text(seed.title, `${path}.title`, { longest: 120 }),
        files: read.record(seed.files, `${path}.files`, (file, at) => read.text(file, at, { longest: 200 })),
      };
    },
    [],
  );
  return [own, ...more];
}

function fileOf(folder: Files, name: string, path: string, read: Reader): string {
  const text = Object.hasOwn(folder, name) ? folder[name] : undefined;
  if (text === undefined) read.note(path, `names ${name}, which is not in the folder`);
  return text ?? '';
}
