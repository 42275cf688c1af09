/** Events of older versions, as if they had been written today. What was not known then is said to be not known. */
import { DEFAULT_BUDGET, DEFAULT_STRATEGY } from './defaults.ts';

type Fields = Record<string, unknown>;

/**
 * `value` as it stands where there is nothing to upgrade; its shape is checked elsewhere. Old events are known by what they lack: a run
 * that was begun by an older version and continued by this one holds both.
 */
export function upgradeEvent(value: unknown): unknown {
  if (!isObject(value)) return value;
  switch (value.type) {
    case 'run-started':
      return value.v === 1
        ? { ...value, v: 2, experiment: experimentFromFirst(value.experiment) }
        : upgrading(value, 'experiment', (experiment) => upgrading(experiment, 'strategy', strategyWithSearch));
    case 'strategy-changed':
      return upgrading(value, 'strategy', strategyWithSearch);
    case 'island-spawned':
      return upgrading(value, 'own', modelsWithSearch);
    case 'issued':
      return 'choices' in value ? value : issuedFromFirst(value);
    case 'evaluated':
      return 'trials' in value ? value : evaluatedFromFirst(value);
    case 'added':
      return 'credits' in value ? value : { ...value, ...placed(value), stale: 0, credits: [] };
    case 'migrated':
      return 'cell' in value ? value : { ...value, ...placed(value) };
    case 'budget-changed':
      return isObject(value.budget) && !('soft' in value.budget)
        ? { ...value, budget: { ...DEFAULT_BUDGET, ...value.budget } }
        : value;
    default:
      return value;
  }
}

/** Version 1: no models, archives without cells, one eviction at a time, operators' probabilities only. */
function issuedFromFirst(event: Fields): Fields {
  const { propensity, ...rest } = event;
  return {
    ...rest,
    ...{ kind: 'program', model: null, prompt: null, temperature: null, effort: 'none', recommendation: null },
    kinds: Array.isArray(event.inspirations) ? event.inspirations.map(() => 'random') : [],
    reserved: { evaluations: event.reserved, calls: 0, tokens: 0, dollars: 0 },
    choices: event.parent === null ? [] : [operatorChoice(event.operator, propensity)],
  };
}

function evaluatedFromFirst(event: Fields): Fields {
  const { evaluation, timing } = event;
  return {
    ...event,
    evaluation: isObject(evaluation) ? { scores: {}, ...evaluation } : evaluation,
    ...{ trials: null, nearest: null, vector: null, spent: { calls: 0, tokens: 0, dollars: 0 } },
    timing: isObject(timing) ? { wait: 0, check: 0, novelty: 0, ...timing } : timing,
  };
}

/** What the settings say now that could not be said then is what was always done then. */
function experimentFromFirst(value: unknown): unknown {
  if (!isObject(value) || !isObject(value.strategy)) return value;
  const { strategy, budget } = value;
  const { archive, inspirations, islands } = strategy;
  const d = DEFAULT_STRATEGY;
  return {
    ...value,
    budget: isObject(budget) ? { ...DEFAULT_BUDGET, ...budget } : budget,
    strategy: {
      ...d,
      ...strategy,
      archive: isObject(archive) ? { ...d.archive, ...archive } : archive,
      inspirations: typeof inspirations === 'number' ? { ...d.inspirations, count: inspirations } : inspirations,
      islands: isObject(islands) ? { ...d.islands, ...islands } : islands,
    },
  };
}

/** Before models could search the web, none of a strategy's models said whether they may. */
function strategyWithSearch(strategy: Fields): Fields {
  return upgrading(modelsWithSearch(strategy), 'islands', (islands) => {
    const { own } = islands;
    if (!Array.isArray(own)) return islands;
    const known = own.map((each: unknown) => (isObject(each) ? modelsWithSearch(each) : each));
    return known.some((each, i) => each !== own[i]) ? { ...islands, own: known } : islands;
  });
}

function modelsWithSearch(settings: Fields): Fields {
  return upgrading(settings, 'models', (models) =>
    'search' in models ? models : { ...models, search: DEFAULT_STRATEGY.models.search },
  );
}

/** `fields` with one of them upgraded; itself where that changes nothing. */
function upgrading(fields: Fields, name: string, upgrade: (field: Fields) => Fields): Fields {
  const before = fields[name];
  if (!isObject(before)) return fields;
  const after = upgrade(before);
  return after === before ? fields : { ...fields, [name]: after };
}

function operatorChoice(operator: unknown, propensity: unknown): Fields {
  return {
    ...{ choice: 'operator', policy: 'matching', context: '', among: 1, chosen: operator, propensity },
    top: [[operator, propensity]],
  };
}

function placed({ evicted }: Fields): Fields {
  return { evicted: evicted === null ? [] : [evicted], cell: null, threshold: null };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
