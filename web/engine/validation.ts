/** From unknown JSON to an Experiment, with defaults filled in and every fault named. */
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_STRATEGY } from './defaults.ts';
import type { Budget, Experiment, Goal, Language, Limits, Strategy, TuneSettings, Vocabulary } from './experiment.ts';
import type { Files } from './program.ts';
import { join, Reader } from './reader.ts';

export type Validated =
  | { readonly type: 'ok'; readonly experiment: Experiment }
  /** Each problem reads "path: what is wrong and what would be right". */
  | { readonly type: 'failed'; readonly problems: readonly string[] };

export const LANGUAGES: readonly Language[] = ['javascript', 'typescript'];
const OPERATOR_NAMES = ['brood', 'mutate', 'splice', 'merge', 'tune', 'copy'];
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
  const experiment: Experiment = {
    v: 1,
    name: read.text(from.name, 'name', { longest: 80, pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/ }),
    title: read.text(from.title, 'title', { longest: 120 }),
    summary: read.text(from.summary, 'summary', { fallback: '', longest: 2_000 }),
    language: read.choice(from.language, 'language', LANGUAGES, 'javascript'),
    files,
    entry: readEntry(read, from.entry, 'entry', files),
    evaluator: { files: evaluatorFiles, entry: readEntry(read, evaluator.entry, 'evaluator.entry', evaluatorFiles) },
    goal: readGoal(read, from.goal),
    limits: readLimits(read, from.limits),
    sandbox: read.choice(from.sandbox, 'sandbox', ['javascript'], 'javascript'),
    strategy: readStrategy(read, from.strategy ?? {}, 'strategy'),
    budget: readBudget(read, from.budget ?? {}, 'budget'),
  };
  return read.problems.length > 0 ? { type: 'failed', problems: read.problems } : { type: 'ok', experiment };
}

function readFiles(read: Reader, value: unknown, path: string): Files {
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
  const from = read.object(value, path, ['evaluations', 'milliseconds']);
  const cap = (key: keyof Budget): number | null => {
    const given = from[key] === undefined ? DEFAULT_BUDGET[key] : from[key];
    return given === null ? null : read.number(given, `${path}.${key}`, { least: 1, most: 1e12, whole: true });
  };
  return { evaluations: cap('evaluations'), milliseconds: cap('milliseconds') };
}

const STRATEGY_KEYS = [
  ...['mode', 'lookAhead', 'proposals', 'islands', 'archive', 'selection', 'inspirations'],
  ...['operators', 'exploration', 'tune', 'brood', 'vocabulary', 'longest', 'attempts'],
];

function readStrategy(read: Reader, value: unknown, path: string): Strategy {
  const d = DEFAULT_STRATEGY;
  const from = read.object(value, path, STRATEGY_KEYS);
  const islands = read.object(from.islands ?? {}, `${path}.islands`, ['count', 'migrateEvery', 'restartAfter']);
  const archive = read.object(from.archive ?? {}, `${path}.archive`, ['size']);
  const whole = (given: unknown, at: string, least: number, most: number, fallback: number): number =>
    read.number(given, `${path}.${at}`, { least, most, whole: true, fallback });
  const operators = read.record(
    from.operators,
    `${path}.operators`,
    (share, at) => read.number(share, at, { least: 0, most: 1e6 }),
    d.operators,
  );
  for (const name of Object.keys(operators)) {
    if (!OPERATOR_NAMES.includes(name)) {
      read.note(`${path}.operators.${name}`, `is not an operator; there are ${OPERATOR_NAMES.join(', ')}`);
    }
  }
  if (!Object.values(operators).some((share) => share > 0)) {
    read.note(`${path}.operators`, 'must give at least one operator a share above 0');
  }
  return {
    mode: read.choice(from.mode, `${path}.mode`, ['ordered', 'throughput'], d.mode),
    lookAhead: whole(from.lookAhead, 'lookAhead', 1, 10_000, d.lookAhead),
    proposals: whole(from.proposals, 'proposals', 1, 1_000, d.proposals),
    islands: {
      count: whole(islands.count, 'islands.count', 1, 1_000, d.islands.count),
      migrateEvery: whole(islands.migrateEvery, 'islands.migrateEvery', 0, 1e9, d.islands.migrateEvery),
      restartAfter: whole(islands.restartAfter, 'islands.restartAfter', 0, 1e9, d.islands.restartAfter),
    },
    archive: { size: whole(archive.size, 'archive.size', 1, 10_000, d.archive.size) },
    selection: readSelection(read, from.selection ?? d.selection, `${path}.selection`),
    inspirations: whole(from.inspirations, 'inspirations', 0, 20, d.inspirations),
    operators,
    exploration: read.number(from.exploration, `${path}.exploration`, { least: 0, most: 1, fallback: d.exploration }),
    brood: {
      size: whole(read.object(from.brood ?? {}, `${path}.brood`, ['size']).size, 'brood.size', 2, 1_000, d.brood.size),
    },
    tune: readTune(read, from.tune ?? {}, `${path}.tune`),
    vocabulary: readVocabulary(read, from.vocabulary ?? {}, `${path}.vocabulary`),
    longest: whole(from.longest, 'longest', 1, 10_000_000, d.longest),
    attempts: whole(from.attempts, 'attempts', 1, 1_000, d.attempts),
  };
}

function readSelection(read: Reader, value: unknown, path: string): Strategy['selection'] {
  const from = read.object(value, path, ['type', 'alpha', 'lambda', 'size']);
  const type = read.choice(from.type, `${path}.type`, ['power-law', 'weighted', 'tournament', 'uniform']);
  switch (type) {
    case 'power-law':
      return { type, alpha: read.number(from.alpha, `${path}.alpha`, { least: 0, most: 100, fallback: 1 }) };
    case 'weighted':
      return { type, lambda: read.number(from.lambda, `${path}.lambda`, { least: 0, most: 1e6, fallback: 10 }) };
    case 'tournament':
      return {
        type,
        size: read.number(from.size, `${path}.size`, { least: 1, most: 1_000, whole: true, fallback: 4 }),
      };
    case 'uniform':
      return { type };
    default:
      return type satisfies never;
  }
}

function readTune(read: Reader, value: unknown, path: string): TuneSettings {
  const from = read.object(value, path, ['evaluations', 'literals']);
  const d = DEFAULT_STRATEGY.tune;
  return {
    evaluations: read.number(from.evaluations, `${path}.evaluations`, {
      ...{ least: 2, most: 100_000, whole: true, fallback: d.evaluations },
    }),
    literals: read.number(from.literals, `${path}.literals`, {
      least: 1,
      most: 500,
      whole: true,
      fallback: d.literals,
    }),
  };
}

function readVocabulary(read: Reader, value: unknown, path: string): Vocabulary {
  const d = DEFAULT_STRATEGY.vocabulary;
  const from = read.object(value, path, ['functions', 'constants', 'binary', 'comparisons', 'leaves', 'blocks']);
  const texts = (key: 'binary' | 'comparisons' | 'leaves' | 'blocks'): string[] =>
    read.list(from[key], `${path}.${key}`, (text, at) => read.text(text, at, { longest: 2_000 }), d[key]);
  return {
    functions: read.record(
      from.functions,
      `${path}.functions`,
      (arity, at) => read.number(arity, at, { least: 0, most: 8, whole: true }),
      d.functions,
    ),
    constants: read.list(from.constants, `${path}.constants`, (each, at) => read.number(each, at, {}), d.constants),
    binary: texts('binary'),
    comparisons: texts('comparisons'),
    leaves: texts('leaves'),
    blocks: texts('blocks'),
  };
}
