/** The settings of a run as a form: what stands there, what was typed over it, and what the worker said of that. */
import type { Budget, Caps, Ends, Strategy } from '../engine/experiment.ts';
import type { SelectionSettings } from '../engine/strategy.ts';
import { bestFitness, type RunState } from '../engine/state.ts';
import { formatCount, formatDollars, formatTime } from './measure.ts';
import { MODEL_OPERATORS, OWN_OPERATORS } from '../engine/models/named.ts';
import { hasModels } from './run-models.ts';
import type { RunView } from './run-view.svelte.ts';
import type { Steering } from './steering.svelte.ts';

/** Path of a setting as the worker names it, e.g. `strategy.islands.migrateEvery`. */
export type Path = string;

export interface Field {
  readonly path: Path;
  readonly label: string;
  /** Options of a choice; null for what is typed. */
  readonly options: readonly { readonly value: string; readonly text: string }[] | null;
  readonly hint: string;
}

type SelectionType = SelectionSettings['type'];

const SELECTIONS: Readonly<Record<SelectionType, string>> = {
  tournament: 'Tournament: the best of a few drawn',
  'power-law': 'Power law over ranks',
  weighted: 'Weighted by score and by few children',
  'rank-roulette': 'Roulette over ranks',
  uniform: 'Uniform',
  beam: 'Beam: the best few in turn',
  'hill-climb': 'Hill climb: always the best',
  'best-of-n': 'Best of n: always the first (the control)',
  uct: 'UCT: score against how often it was tried',
  tree: 'Tree search: UCT down the lineage',
  annealing: 'Annealing: one current program, worse ones taken less and less',
  clusters: 'Clusters of scores, short programs first',
  cells: 'Cells of the archive',
  pareto: 'Pareto fronts',
  mix: 'A mix, as the experiment has it',
};

interface Parameter {
  readonly key: string;
  readonly label: string;
  readonly first: string;
  readonly options?: readonly string[];
}

const PARAMETERS: Readonly<Record<SelectionType, readonly Parameter[]>> = {
  tournament: [{ key: 'size', label: 'Drawn', first: '4' }],
  'power-law': [{ key: 'alpha', label: 'Exponent', first: '1' }],
  weighted: [{ key: 'lambda', label: 'Sharpness', first: '10' }],
  'rank-roulette': [],
  uniform: [],
  beam: [{ key: 'width', label: 'Width', first: '4' }],
  'hill-climb': [],
  'best-of-n': [],
  uct: [{ key: 'exploration', label: 'Exploration', first: '0.5' }],
  tree: [
    { key: 'exploration', label: 'Exploration', first: '0.5' },
    { key: 'value', label: 'A branch counts by its', first: 'best', options: ['best', 'mean'] },
  ],
  annealing: [
    { key: 'temperature', label: 'Temperature', first: '1' },
    { key: 'period', label: 'Period, evaluations', first: '1000' },
  ],
  clusters: [
    { key: 'temperature', label: 'Temperature', first: '0.1' },
    { key: 'period', label: 'Period', first: '30000' },
  ],
  cells: [{ key: 'by', label: 'Drawn by', first: 'uniform', options: ['uniform', 'curiosity'] }],
  pareto: [{ key: 'front', label: 'Fronts over', first: 'instances', options: ['instances', 'objectives', 'hybrid'] }],
  mix: [],
};

type Limit = keyof Caps | keyof Ends;

const CAPS: readonly {
  readonly key: Limit;
  readonly label: string;
  readonly scale: number;
  readonly models: boolean;
}[] = [
  { key: 'evaluations', label: 'Evaluations', scale: 1, models: false },
  { key: 'milliseconds', label: 'Run time, seconds', scale: 1000, models: false },
  { key: 'workMilliseconds', label: 'Computing time, seconds', scale: 1000, models: false },
  { key: 'target', label: 'Target: best fitness', scale: 1, models: false },
  { key: 'patience', label: 'Patience: evaluations without a better one', scale: 1, models: false },
  { key: 'calls', label: 'Model calls', scale: 1, models: true },
  { key: 'tokens', label: 'Tokens', scale: 1, models: true },
  { key: 'dollars', label: 'US dollars', scale: 1, models: true },
];

export const SELECTION_TYPE = 'strategy.selection.type';
export const EXPLORATION = 'strategy.exploration';
export const MIGRATE_EVERY = 'strategy.islands.migrateEvery';
const OPERATORS = 'strategy.operators';

export class SettingsForm {
  /** What was typed and has not been taken, by path. */
  #edits = $state.raw<Readonly<Record<Path, string>>>({});
  #problems = $state.raw<ReadonlyMap<Path, string>>(new Map());
  /** What was refused and belongs to no field. */
  refusal = $state.raw('');
  taken = $state.raw(false);
  sending = $state.raw(false);
  readonly #run: RunView;
  readonly #steering: Steering;

  constructor(run: RunView, steering: Steering) {
    this.#run = run;
    this.#steering = steering;
  }

  get changed(): boolean {
    return Object.keys(this.#edits).length > 0;
  }

  get budget(): readonly Field[] {
    const models = hasModels(this.#run.experiment);
    return CAPS.filter((cap) => models || !cap.models).map((cap) => ({
      path: `budget.${cap.key}`,
      label: cap.label,
      options: null,
      hint: `${spentWords(cap.key, this.#run.state)} so far; empty: no end`,
    }));
  }

  get operators(): readonly Field[] {
    const { experiment } = this.#run;
    const own = Object.keys(experiment?.strategy.operators ?? {});
    const known = hasModels(experiment) ? [...OWN_OPERATORS, ...MODEL_OPERATORS] : OWN_OPERATORS;
    const names = [...known, ...own.filter((name) => !known.includes(name))];
    return names.map((name) => ({ path: `${OPERATORS}.${name}`, label: name, options: null, hint: '' }));
  }

  get selection(): readonly Field[] {
    const type = this.text(SELECTION_TYPE) as SelectionType;
    const types = Object.entries(SELECTIONS).filter(([value]) => value !== 'mix' || this.#current.type === 'mix');
    return [
      {
        path: SELECTION_TYPE,
        label: 'Parents are chosen by',
        options: types.map(([value, text]) => ({ value, text })),
        hint: '',
      },
      ...(PARAMETERS[type] ?? []).map(({ key, label, options }) => ({
        path: `strategy.selection.${key}`,
        label,
        options: options?.map((value) => ({ value, text: value })) ?? null,
        hint: '',
      })),
    ];
  }

  get exploration(): Field {
    return {
      path: EXPLORATION,
      label: 'Exploration',
      options: null,
      hint: 'Share of the choice of operators that stays with the shares above, 0 to 1',
    };
  }

  get migration(): Field {
    return {
      path: MIGRATE_EVERY,
      label: 'Migration',
      options: null,
      hint: 'Results between copies from island to island; 0: never',
    };
  }

  /** Problems of paths that no field has. */
  get others(): readonly string[] {
    const fields = [...this.budget, ...this.operators, ...this.selection, this.exploration, this.migration];
    return [...this.#problems]
      .filter(([path]) => !fields.some((field) => field.path === path))
      .map(([, words]) => words);
  }

  text(path: Path): string {
    return this.#edits[path] ?? this.#standing(path);
  }

  edited(path: Path): boolean {
    return this.#edits[path] !== undefined;
  }

  problem(path: Path): string {
    return this.#problems.get(path) ?? '';
  }

  write(path: Path, text: string): void {
    const edits = { ...this.#edits, [path]: text };
    if (text.trim() === this.#standing(path)) delete edits[path];
    // Another rule has parameters of its own.
    if (path === SELECTION_TYPE) for (const key of Object.keys(edits)) if (isParameter(key)) delete edits[key];
    this.#edits = edits;
    this.taken = false;
    if (this.#problems.has(path)) this.#problems = new Map([...this.#problems].filter(([each]) => each !== path));
  }

  discard(): void {
    this.#edits = {};
    this.#problems = new Map();
    this.refusal = '';
  }

  /** Strategy and budget are events of their own: what is taken stays taken where the other is refused. */
  async apply(): Promise<void> {
    const { experiment } = this.#run;
    if (experiment === null || this.sending || !this.changed) return;
    this.sending = true;
    this.#problems = new Map();
    this.refusal = '';
    const paths = Object.keys(this.#edits);
    // The worker reads these as it reads an experiment of unknown origin.
    if (paths.some((path) => path.startsWith('strategy.'))) {
      const strategy = this.#strategy(experiment.strategy) as Strategy;
      this.#settle('strategy.', await this.#steering.command({ type: 'strategy', strategy }));
    }
    if (paths.some((path) => path.startsWith('budget.'))) {
      const budget = this.#budget(experiment.budget) as Budget;
      this.#settle('budget.', await this.#steering.command({ type: 'budget', budget }));
    }
    this.sending = false;
    this.taken = this.#problems.size === 0 && this.refusal === '';
  }

  #settle(prefix: string, answer: Awaited<ReturnType<Steering['command']>>): void {
    if (answer.type === 'ok') {
      this.#edits = Object.fromEntries(Object.entries(this.#edits).filter(([path]) => !path.startsWith(prefix)));
      return;
    }
    if (answer.problems.length === 0) this.refusal = answer.reason;
    const problems = new Map(this.#problems);
    for (const problem of answer.problems) {
      const [path, words] = split(problem);
      problems.set(path, inUnits(path, words));
    }
    this.#problems = problems;
  }

  get #current(): SelectionSettings {
    return this.#run.experiment?.strategy.selection ?? { type: 'uniform' };
  }

  #standing(path: Path): string {
    const { experiment } = this.#run;
    if (experiment === null) return '';
    const { strategy, budget } = experiment;
    const key = path.slice(path.lastIndexOf('.') + 1);
    if (path === EXPLORATION) return String(strategy.exploration);
    if (path === MIGRATE_EVERY) return String(strategy.islands.migrateEvery);
    if (path === SELECTION_TYPE) return strategy.selection.type;
    if (path.startsWith('budget.')) {
      const cap = budget[key as Limit];
      return cap === null ? '' : String(cap / scaleOf(key));
    }
    if (path.startsWith(OPERATORS)) return String(strategy.operators[key] ?? 0);
    const type = (this.#edits[SELECTION_TYPE] ?? strategy.selection.type) as SelectionType;
    const settings: Readonly<Record<string, unknown>> = { ...strategy.selection };
    if (type === strategy.selection.type && settings[key] !== undefined) return String(settings[key]);
    return PARAMETERS[type].find((parameter) => parameter.key === key)?.first ?? '';
  }

  #strategy(from: Strategy): unknown {
    const operators: Record<string, unknown> = {};
    for (const { path, label } of this.operators) {
      const share = valueOf(this.text(path));
      if (share !== 0 || label in from.operators) operators[label] = share;
    }
    const type = this.text(SELECTION_TYPE) as SelectionType;
    const selection: Record<string, unknown> = type === from.selection.type ? { ...from.selection } : { type };
    for (const { key, options } of PARAMETERS[type]) {
      const text = this.text(`strategy.selection.${key}`);
      selection[key] = options ? text : valueOf(text);
    }
    return {
      ...from,
      operators,
      selection,
      exploration: valueOf(this.text(EXPLORATION)),
      islands: { ...from.islands, migrateEvery: valueOf(this.text(MIGRATE_EVERY)) },
    };
  }

  #budget(from: Budget): unknown {
    const caps: Record<string, unknown> = {};
    for (const path of Object.keys(this.#edits).filter((each) => each.startsWith('budget.'))) {
      const key = path.slice('budget.'.length);
      const value = valueOf(this.text(path));
      caps[key] = value === '' ? null : typeof value === 'number' ? value * scaleOf(key) : value;
    }
    return { ...from, ...caps };
  }
}

function isParameter(path: Path): boolean {
  return path.startsWith('strategy.selection.') && path !== SELECTION_TYPE;
}

/** A number where it is one; else the text as it stands, for the worker to find fault with. */
function valueOf(text: string): number | string {
  const trimmed = text.trim();
  const value = Number(trimmed.replace(/^−/, '-'));
  return trimmed === '' || Number.isNaN(value) ? trimmed : value;
}

function split(problem: string): [Path, string] {
  const at = problem.indexOf(': ');
  return at < 0 ? ['', problem] : [problem.slice(0, at), problem.slice(at + 2)];
}

/** The worker speaks in milliseconds where the form asks for seconds. */
function inUnits(path: Path, words: string): string {
  return scaleOf(path.slice(path.lastIndexOf('.') + 1)) === 1
    ? words
    : 'must be a number of seconds above 0, to the millisecond, or empty';
}

function scaleOf(key: string): number {
  return CAPS.find((cap) => cap.key === key)?.scale ?? 1;
}

function spentWords(key: Limit, state: RunState): string {
  switch (key) {
    case 'evaluations':
      return formatCount(state.evaluations);
    case 'milliseconds':
      return formatTime(state.elapsed);
    case 'workMilliseconds':
      return formatTime(state.work);
    case 'calls':
    case 'tokens':
      return formatCount(state.spent[key]);
    case 'dollars':
      return formatDollars(state.spent.dollars);
    case 'target':
      return state.best === null ? 'none' : String(bestFitness(state));
    case 'patience':
      return formatCount(state.evaluations - state.quietSince);
    default:
      return key satisfies never;
  }
}
