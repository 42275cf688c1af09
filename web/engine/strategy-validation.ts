/** Settings of the search from unknown JSON, with defaults filled in and every fault named. */
import { DEFAULT_STRATEGY } from './defaults.ts';
import type { Strategy, TuneSettings, Vocabulary } from './experiment.ts';
import { DEAREST_SEARCH, MOST_SEARCHES } from './models/search.ts';
import type { Reader } from './reader.ts';
import { readArchive } from './archive-validation.ts';
import { readBandit, readInspirations, readSelection } from './selection-validation.ts';
import { Fields } from './settings-fields.ts';
import { LOCAL_THRESHOLD } from './strategy.ts';
import type {
  EvaluationSettings,
  IslandsSettings,
  IslandStrategy,
  MemorySettings,
  ModelsSettings,
  NoveltySettings,
  PromptSettings,
  ScoreJudgeSettings,
  SearchSettings,
  StopSettings,
  Topology,
} from './strategy.ts';

/** Ids of all operators; kept apart from them so that checking an experiment does not load them. */
export const OPERATOR_NAMES = [
  ...['brood', 'mutate', 'recreate', 'splice', 'merge', 'tune', 'copy'],
  ...['diff', 'rewrite', 'cross', 'fix', 'refine'],
];

const OWN_KEYS = [
  ...['archive', 'selection', 'inspirations', 'operators', 'bandit', 'exploration', 'models', 'prompts'],
] as const;
const STRATEGY_KEYS = [
  ...OWN_KEYS,
  ...['mode', 'lookAhead', 'mostAhead', 'proposals', 'evaluations', 'islands', 'memory', 'novelty', 'evaluation'],
  ...['tune', 'brood', 'vocabulary', 'longest', 'attempts'],
];

/** `words`: what the vocabulary is where nothing is said; that of JavaScript where this is not given either. */
export function readStrategy(read: Reader, value: unknown, path: string, words: Partial<Vocabulary> = {}): Strategy {
  const d = DEFAULT_STRATEGY;
  const from = read.object(value, path, STRATEGY_KEYS);
  const fields = new Fields(read, from, path);
  return {
    ...readIslandStrategy(read, from, path, d),
    mode: read.choice(from.mode, `${path}.mode`, ['ordered', 'throughput'], d.mode),
    lookAhead: fields.whole('lookAhead', 1, 10_000, d.lookAhead),
    mostAhead: fields.whole('mostAhead', 0, 10_000, d.mostAhead),
    proposals: fields.whole('proposals', 1, 1_000, d.proposals),
    evaluations: fields.whole('evaluations', 0, 1_000, d.evaluations),
    islands: readIslands(read, from.islands ?? {}, `${path}.islands`),
    memory: readMemory(read, from.memory ?? {}, `${path}.memory`),
    novelty: readNovelty(read, from.novelty ?? {}, `${path}.novelty`),
    evaluation: readEvaluation(read, from.evaluation ?? {}, `${path}.evaluation`),
    brood: { size: fields.inside('brood', ['size']).whole('size', 2, 1_000, d.brood.size) },
    tune: readTune(read, from.tune ?? {}, `${path}.tune`),
    vocabulary: readVocabulary(read, from.vocabulary ?? {}, `${path}.vocabulary`, { ...d.vocabulary, ...words }),
    longest: fields.whole('longest', 1, 10_000_000, d.longest),
    attempts: fields.whole('attempts', 1, 1_000, d.attempts),
  };
}

function readIslandStrategy(
  read: Reader,
  from: Record<string, unknown>,
  path: string,
  d: IslandStrategy,
): IslandStrategy {
  const given = (key: (typeof OWN_KEYS)[number]): unknown => from[key] ?? d[key];
  return {
    archive: readArchive(read, given('archive'), `${path}.archive`),
    selection: readSelection(read, given('selection'), `${path}.selection`),
    inspirations: readInspirations(read, given('inspirations'), `${path}.inspirations`, d.inspirations),
    operators: readOperators(read, from.operators, `${path}.operators`, d.operators),
    bandit: readBandit(read, given('bandit'), `${path}.bandit`),
    exploration: new Fields(read, from, path).number('exploration', 0, 1, d.exploration),
    models: readModels(read, from.models ?? {}, `${path}.models`, d.models),
    prompts: readPrompts(read, from.prompts ?? {}, `${path}.prompts`, d.prompts),
  };
}

function readOperators(
  read: Reader,
  value: unknown,
  path: string,
  fallback: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const operators = read.record(value, path, (share, at) => read.number(share, at, { least: 0, most: 1e6 }), fallback);
  for (const name of Object.keys(operators)) {
    if (!OPERATOR_NAMES.includes(name)) {
      read.note(`${path}.${name}`, `is not an operator; there are ${OPERATOR_NAMES.join(', ')}`);
    }
  }
  if (!Object.values(operators).some((share) => share > 0)) {
    read.note(path, 'must give at least one operator a share above 0');
  }
  return operators;
}

function readModels(read: Reader, value: unknown, path: string, d: ModelsSettings): ModelsSettings {
  const from = read.object(value, path, [
    ...['ensemble', 'temperatures', 'efforts', 'replyTokens', 'promptTokens', 'attempts', 'refinements', 'prices'],
    'search',
  ]);
  const fields = new Fields(read, from, path);
  const efforts = ['none', 'low', 'medium', 'high'] as const;
  return {
    ensemble: read.record(
      from.ensemble,
      `${path}.ensemble`,
      (share, at) => read.number(share, at, { least: 0, most: 1e6 }),
      d.ensemble,
    ),
    temperatures: read.list(
      from.temperatures,
      `${path}.temperatures`,
      (each, at) => read.number(each, at, { least: 0, most: 2 }),
      d.temperatures,
    ),
    efforts: read.list(from.efforts, `${path}.efforts`, (each, at) => read.choice(each, at, efforts), d.efforts),
    replyTokens: fields.whole('replyTokens', 64, 1_000_000, d.replyTokens),
    promptTokens: fields.whole('promptTokens', 500, 10_000_000, d.promptTokens),
    attempts: fields.whole('attempts', 1, 20, d.attempts),
    refinements: fields.whole('refinements', 0, 20, d.refinements),
    prices: read.record(
      from.prices,
      `${path}.prices`,
      (each, at) => {
        const price = read.object(each, at, ['input', 'output', 'search']);
        const dollars = (key: 'input' | 'output'): number =>
          read.number(price[key], `${at}.${key}`, { least: 0, most: 1e6 });
        const tokens = { input: dollars('input'), output: dollars('output') };
        if (price.search === undefined) return tokens;
        return { ...tokens, search: read.number(price.search, `${at}.search`, { least: 0, most: DEAREST_SEARCH }) };
      },
      d.prices,
    ),
    search: readSearch(fields.inside('search', ['share', 'most']), d.search),
  };
}

function readSearch(fields: Fields, d: SearchSettings): SearchSettings {
  return { share: fields.number('share', 0, 1, d.share), most: fields.whole('most', 1, MOST_SEARCHES, d.most) };
}

function readPrompts(read: Reader, value: unknown, path: string, d: PromptSettings): PromptSettings {
  const from = read.object(value, path, ['task', 'evolveEvery', 'size']);
  const fields = new Fields(read, from, path);
  return {
    task: read.text(from.task, `${path}.task`, { fallback: d.task, longest: 50_000 }),
    evolveEvery: fields.whole('evolveEvery', 0, 1e9, d.evolveEvery),
    size: fields.whole('size', 1, 1_000, d.size),
  };
}

function readMemory(read: Reader, value: unknown, path: string): MemorySettings {
  const d = DEFAULT_STRATEGY.memory;
  const fields = new Fields(read, read.object(value, path, ['every', 'recommendations', 'model']), path);
  return {
    every: fields.whole('every', 0, 1e9, d.every),
    recommendations: fields.whole('recommendations', 1, 50, d.recommendations),
    model: fields.textOrNull('model'),
  };
}

function readNovelty(read: Reader, value: unknown, path: string): NoveltySettings {
  const d = DEFAULT_STRATEGY.novelty;
  const from = read.object(value, path, ['vectors', 'threshold', 'judge', 'model']);
  const fields = new Fields(read, from, path);
  return {
    vectors: read.choice(from.vectors, `${path}.vectors`, ['none', 'local', 'remote'], d.vectors),
    threshold: fields.number('threshold', 0, 1, from.vectors === 'local' ? LOCAL_THRESHOLD : d.threshold),
    judge: fields.textOrNull('judge'),
    model: fields.textOrNull('model'),
  };
}

function readEvaluation(read: Reader, value: unknown, path: string): EvaluationSettings {
  const d = DEFAULT_STRATEGY.evaluation;
  const from = read.object(value, path, ['stages', 'repeats', 'stop', 'race', 'minibatch', 'best', 'judge']);
  const fields = new Fields(read, from, path);
  return {
    stages: read.list(
      from.stages,
      `${path}.stages`,
      (each, at) => {
        const stage = read.object(each, at, ['name', 'threshold']);
        const threshold = stage.threshold ?? null;
        return {
          name: read.text(stage.name, `${at}.name`, { longest: 60 }),
          threshold: threshold === null ? null : read.number(threshold, `${at}.threshold`, {}),
        };
      },
      d.stages,
    ),
    repeats: fields.whole('repeats', 1, 1_000, d.repeats),
    stop: readStop(read, from.stop ?? d.stop, `${path}.stop`),
    race: fields.flag('race', d.race),
    minibatch: fields.whole('minibatch', 0, 10_000, d.minibatch),
    best: fields.flag('best', d.best),
    judge: readJudge(read, from.judge ?? null, `${path}.judge`),
  };
}

function readJudge(read: Reader, value: unknown, path: string): ScoreJudgeSettings | null {
  if (value === null) return null;
  const from = read.object(value, path, ['model', 'rubric', 'weight']);
  return {
    model: read.text(from.model, `${path}.model`, { longest: 200, pattern: /\S/ }),
    rubric: read.text(from.rubric, `${path}.rubric`, { longest: 20_000, pattern: /\S/ }),
    weight: new Fields(read, from, path).number('weight', 0, 10, 0.5),
  };
}

function readStop(read: Reader, value: unknown, path: string): StopSettings {
  const from = read.object(value, path, ['type', 'risk', 'confidence', 'least']);
  const fields = new Fields(read, from, path);
  const type = read.choice(from.type, `${path}.type`, ['never', 'bayesian', 'interval', 'hybrid'], 'never');
  const risk = (): number => fields.number('risk', 0.000_1, 0.5, 0.05);
  const confidence = (): number => fields.number('confidence', 0.5, 0.999_9, 0.9);
  switch (type) {
    case 'never':
      return { type };
    case 'bayesian':
      return { type, risk: risk(), least: fields.whole('least', 2, 1_000, 5) };
    case 'interval':
      return { type, confidence: confidence(), least: fields.whole('least', 2, 1_000, 3) };
    case 'hybrid':
      return { type, risk: risk(), confidence: confidence(), least: fields.whole('least', 2, 1_000, 3) };
    default:
      return type satisfies never;
  }
}

const TOPOLOGIES = ['ring', 'two-way-ring', 'complete', 'star-in', 'star-out', 'star', 'none'] as const;

function readIslands(read: Reader, value: unknown, path: string): IslandsSettings {
  const d = DEFAULT_STRATEGY.islands;
  const from = read.object(value, path, [
    ...['count', 'topology', 'migrateEvery', 'rate', 'adaptive', 'restartAfter', 'onStagnation', 'from', 'most'],
    ...['sampler', 'own'],
  ]);
  const fields = new Fields(read, from, path);
  const count = fields.whole('count', 1, 1_000, d.count);
  return {
    count,
    topology: readTopology(read, from.topology, `${path}.topology`, d.topology),
    migrateEvery: fields.whole('migrateEvery', 0, 1e9, d.migrateEvery),
    rate: fields.number('rate', 0, 1, d.rate),
    adaptive: fields.flag('adaptive', d.adaptive),
    restartAfter: fields.whole('restartAfter', 0, 1e9, d.restartAfter),
    onStagnation: read.choice(
      from.onStagnation,
      `${path}.onStagnation`,
      ['restart', 'spawn', 'retire'],
      d.onStagnation,
    ),
    from: read.choice(from.from, `${path}.from`, ['seed', 'best', 'random'], d.from),
    most: fields.whole('most', 1, 1_000, Math.max(count, d.most)),
    sampler: read.choice(
      from.sampler,
      `${path}.sampler`,
      ['turns', 'uniform', 'equal', 'proportional', 'weighted'],
      d.sampler,
    ),
    own: read.list(from.own, `${path}.own`, (each, at) => readOwn(read, each, at), d.own),
  };
}

function readTopology(read: Reader, value: unknown, path: string, fallback: Topology): Topology {
  if (!Array.isArray(value)) {
    return read.choice(value, path, TOPOLOGIES, typeof fallback === 'string' ? fallback : 'ring');
  }
  return read.list(value, path, (pair, at): readonly [number, number] => {
    const ends = read.list(pair, at, (end, where) => read.number(end, where, { least: 0, most: 999, whole: true }));
    if (ends.length !== 2) read.note(at, 'must be a pair [from, to]');
    return [ends[0] ?? 0, ends[1] ?? 0];
  });
}

/** Only what is given; the rest is the run's. */
export function readOwn(read: Reader, value: unknown, path: string): Partial<IslandStrategy> {
  const from = read.object(value, path, OWN_KEYS);
  const whole = readIslandStrategy(read, from, path, DEFAULT_STRATEGY);
  return Object.fromEntries(OWN_KEYS.filter((key) => from[key] !== undefined).map((key) => [key, whole[key]]));
}

function readTune(read: Reader, value: unknown, path: string): TuneSettings {
  const d = DEFAULT_STRATEGY.tune;
  const fields = new Fields(read, read.object(value, path, ['evaluations', 'literals']), path);
  return {
    evaluations: fields.whole('evaluations', 2, 100_000, d.evaluations),
    literals: fields.whole('literals', 1, 500, d.literals),
  };
}

function readVocabulary(read: Reader, value: unknown, path: string, d: Vocabulary): Vocabulary {
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
