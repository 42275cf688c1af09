/** From unknown JSON to an Experiment, with defaults filled in and every fault named. */
import { DEFAULT_LIMITS } from './defaults.ts';
import type { Budget, Caps, Ends, Experiment, Goal, Language, Limits, SandboxName } from './experiment.ts';
import type { Files } from './program.ts';
import { join, Reader } from './reader.ts';
import { readStrategy } from './strategy-validation.ts';
import { holdsCode, languageTable } from './syntax/language.ts';

export type Validated =
  | { readonly type: 'ok'; readonly experiment: Experiment }
  /** Each problem reads "path: what is wrong and what would be right". */
  | { readonly type: 'failed'; readonly problems: readonly string[] };

const SCRIPTS = ['javascript', 'quickjs', 'webcontainer'] as const;
const COMPILED = ['wasi'] as const;
/** Where programs of each language can run; the first where an experiment names none. */
const SANDBOXES: Readonly<Record<Language, readonly [SandboxName, ...SandboxName[]]>> = {
  javascript: SCRIPTS,
  typescript: SCRIPTS,
  python: ['python', 'pyodide'],
  c: COMPILED,
  cpp: COMPILED,
  rust: COMPILED,
  go: COMPILED,
  zig: COMPILED,
  assemblyscript: COMPILED,
  wat: COMPILED,
};
export const LANGUAGES = Object.keys(SANDBOXES) as readonly Language[];
const LARGEST_FILE = 500_000;
const MOST_FILES = 50;
const KEYS = [
  ...['v', 'name', 'title', 'summary', 'language', 'files', 'entry', 'evaluator'],
  ...['goal', 'limits', 'sandbox', 'strategy', 'budget'],
];

export function validateExperiment(value: unknown): Validated {
  const read = new Reader();
  const from = read.object(value, '', KEYS);
  if (from.v !== 1) read.note('v', 'must be 1, the only version there is so far');
  const files = readFiles(read, from.files, 'files');
  const evaluator = read.object(from.evaluator, 'evaluator', ['files', 'entry']);
  const evaluatorFiles = readFiles(read, evaluator.files, 'evaluator.files');
  const language = read.choice(from.language, 'language', LANGUAGES, 'javascript');
  const sandboxes = SANDBOXES[language];
  const experiment: Experiment = {
    v: 1,
    name: read.text(from.name, 'name', { longest: 80, pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/ }),
    title: read.text(from.title, 'title', { longest: 120 }),
    summary: read.text(from.summary, 'summary', { fallback: '', longest: 2_000 }),
    language,
    files,
    entry: readProgramEntry(read, from.entry, files, language),
    evaluator: { files: evaluatorFiles, entry: readEntry(read, evaluator.entry, 'evaluator.entry', evaluatorFiles) },
    goal: readGoal(read, from.goal),
    limits: readLimits(read, from.limits),
    sandbox: read.choice(from.sandbox, 'sandbox', sandboxes, sandboxes[0]),
    strategy: readStrategy(read, from.strategy ?? {}, 'strategy', languageTable(language).vocabulary),
    budget: readBudget(read, from.budget ?? {}, 'budget'),
  };
  return read.problems.length > 0 ? { type: 'failed', problems: read.problems } : { type: 'ok', experiment };
}

/** A program's files: at least one, with relative paths. */
export function readFiles(read: Reader, value: unknown, path: string): Files {
  const files = read.record(value, path, (text, at) => read.text(text, at, { longest: LARGEST_FILE }));
  const names = Object.keys(files);
  if (names.length === 0) read.note(path, 'must hold at least one file');
  if (names.length > MOST_FILES) read.note(path, `must hold at most ${MOST_FILES} files, not ${names.length}`);
  for (const name of names) {
    if (!/^[\w@-][\w.@-]*(\/[\w@-][\w.@-]*)*$/.test(name)) {
      read.note(join(path, name), 'must be a relative path of letters, digits, "_", "-", "." and "@", without ".."');
    }
  }
  return files;
}

function readEntry(read: Reader, value: unknown, path: string, files: Files): string {
  const entry = read.text(value, path, { longest: 200 });
  if (entry !== '' && !Object.hasOwn(files, entry)) {
    read.note(path, `must name one of the files (${Object.keys(files).join(', ')}), not "${entry}"`);
  }
  return entry;
}

/** Whatever a script is called it is read as one; every other language is known by its ending. */
function readProgramEntry(read: Reader, value: unknown, files: Files, language: Language): string {
  const entry = readEntry(read, value, 'entry', files);
  const table = languageTable(language);
  const isScript = language === 'javascript' || language === 'typescript';
  if (entry !== '' && !isScript && !holdsCode(table, entry)) {
    read.note('entry', `must end in ${table.extensions.join(' or ')}, as ${language} programs do, not "${entry}"`);
  }
  return entry;
}

function readGoal(read: Reader, value: unknown): Goal {
  const from = read.object(value, 'goal', [
    'metric',
    'label',
    'better',
    'unit',
    'digits',
    'unseen',
    'baselines',
    'best',
  ]);
  const best =
    from.best === undefined || from.best === null ? null : read.object(from.best, 'goal.best', ['value', 'source']);
  return {
    metric: read.text(from.metric, 'goal.metric', { longest: 60 }),
    label: read.text(from.label, 'goal.label', { longest: 80 }),
    better: read.choice(from.better, 'goal.better', ['higher', 'lower'], 'higher'),
    unit: read.text(from.unit, 'goal.unit', { fallback: '', longest: 20 }),
    digits: read.number(from.digits, 'goal.digits', { least: 0, most: 15, whole: true, fallback: 4 }),
    unseen:
      from.unseen === null || from.unseen === undefined ? null : read.text(from.unseen, 'goal.unseen', { longest: 60 }),
    baselines: read.list(
      from.baselines,
      'goal.baselines',
      (each, path) => {
        const baseline = read.object(each, path, ['name', 'value', 'unseen']);
        const unseen = baseline.unseen ?? null;
        return {
          name: read.text(baseline.name, `${path}.name`, { longest: 80 }),
          value: read.number(baseline.value, `${path}.value`, {}),
          unseen: unseen === null ? null : read.number(unseen, `${path}.unseen`, {}),
        };
      },
      [],
    ),
    best: best && {
      value: read.number(best.value, 'goal.best.value', {}),
      source: read.text(best.source, 'goal.best.source', { longest: 400 }),
    },
  };
}

function readLimits(read: Reader, value: unknown): Limits {
  const from = read.object(value ?? {}, 'limits', ['milliseconds', 'megabytes', 'outputBytes', 'messages', 'fuel']);
  const whole = (key: keyof Limits, least: number, most: number): number =>
    read.number(from[key], `limits.${key}`, { least, most, whole: true, fallback: DEFAULT_LIMITS[key] });
  return {
    milliseconds: whole('milliseconds', 10, 600_000),
    megabytes: whole('megabytes', 4, 4_096),
    outputBytes: whole('outputBytes', 100, 100_000_000),
    messages: whole('messages', 1, 1_000_000),
    fuel: whole('fuel', 100, 1_000_000_000),
  };
}

export function readBudget(read: Reader, value: unknown, path: string): Budget {
  const from = read.object(value, path, [...CAPS, 'target', 'patience', 'soft']);
  const soft = read.object(from.soft ?? {}, `${path}.soft`, ['calls', 'tokens', 'dollars']);
  const cap = (given: unknown, at: string, key: keyof Caps): number | null => {
    if (given === undefined || given === null) return null;
    const whole = key !== 'dollars';
    return read.number(given, at, { least: whole ? 1 : 0.000_001, most: 1e12, whole });
  };
  const hard = Object.fromEntries(CAPS.map((key) => [key, cap(from[key], `${path}.${key}`, key)])) as unknown as Caps;
  const softly = (key: 'calls' | 'tokens' | 'dollars'): number | null => cap(soft[key], `${path}.soft.${key}`, key);
  const end = (key: 'target' | 'patience', range: Parameters<Reader['number']>[2]): number | null =>
    from[key] === undefined || from[key] === null ? null : read.number(from[key], `${path}.${key}`, range);
  const ends: Ends = { target: end('target', {}), patience: end('patience', { least: 1, most: 1e12, whole: true }) };
  return { ...hard, ...ends, soft: { calls: softly('calls'), tokens: softly('tokens'), dollars: softly('dollars') } };
}

const CAPS: readonly (keyof Caps)[] = [
  ...(['evaluations', 'milliseconds', 'workMilliseconds', 'calls', 'tokens', 'dollars'] as const),
];
