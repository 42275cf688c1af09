/** A foreign run as a log of ours, and a run of ours in the neutral shape. */
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_STRATEGY } from '../engine/defaults.ts';
import type { Added, Evaluated, Issued, RunEvent } from '../engine/events.ts';
import type { Experiment } from '../engine/experiment.ts';
import { applyEdits, diffFiles } from '../engine/patches/edits.ts';
import type { Change, Evaluation, Files, Json, ProgramId } from '../engine/program.ts';
import type { RunState } from '../engine/state.ts';
import { safeName, slug, standstill, type ForeignProgram, type ForeignRun } from './foreign.ts';
import { field, isFields, numberOf, textOf } from './json.ts';

const NO_EVALUATOR = 'evaluator-missing.md';

/**
 * The experiment of a foreign run. Its evaluator is most often one that can't run here: then the run is over, and is called by its
 * language in the title. Scripts and Python are filed as what they are, all else under `javascript`.
 */
export function experimentOf(run: ForeignRun): Experiment {
  const { experiment } = run;
  const first = run.programs.find((program) => program.files !== null);
  const entry = fileName(experiment.entry);
  const files = renameAll(first?.files ?? experiment.files);
  const evaluator = experiment.evaluator ?? {
    files: { [NO_EVALUATOR]: 'The evaluator was not among the imported files.\n' },
    entry: NO_EVALUATOR,
  };
  const foreign = standstill(experiment.language) !== null;
  const isPython = experiment.language === 'python' && /\.py$/.test(Object.hasOwn(files, entry) ? entry : '');
  const islands = 1 + run.programs.reduce((most, program) => Math.max(most, program.island), 0);
  const size = Math.max(DEFAULT_STRATEGY.archive.size, Math.min(10_000, run.archive.length + islands));
  return {
    v: 1,
    name: slug(experiment.name),
    title: `${experiment.name.slice(0, 80)}${foreign ? ` (${experiment.language})` : ''}`,
    summary: (experiment.summary || `Imported from ${sourceName(run)}.`).slice(0, 2_000),
    language: isPython ? 'python' : experiment.language === 'typescript' ? 'typescript' : 'javascript',
    files,
    entry: Object.hasOwn(files, entry) ? entry : (Object.keys(files)[0] ?? entry),
    evaluator: { files: renameAll(evaluator.files), entry: fileName(evaluator.entry) },
    goal: {
      metric: 'fitness',
      label: 'fitness',
      better: 'higher',
      unit: '',
      digits: 6,
      unseen: null,
      baselines: [],
      best: null,
    },
    limits: DEFAULT_LIMITS,
    sandbox: isPython ? 'python' : 'javascript',
    strategy: {
      ...DEFAULT_STRATEGY,
      islands: { ...DEFAULT_STRATEGY.islands, count: islands, most: Math.max(islands, DEFAULT_STRATEGY.islands.most) },
      archive: { ...DEFAULT_STRATEGY.archive, size },
    },
    budget: DEFAULT_BUDGET,
  };
}

/** A log that ends: nothing in it runs by itself. Programs have the numbers of their order; `artifacts.origin` holds their ids. */
export function toLog(run: ForeignRun): RunEvent[] {
  const events: RunEvent[] = [
    { type: 'run-started', v: 2, experiment: experimentOf(run), seed: 0, random: [1, 2, 3, 4] },
  ];
  const own = run.programs.filter((program) => program.copyOf === null);
  const root = own.findIndex((program) => program.files !== null && program.parent === null);
  if (root < 0) return events;
  // The log begins with its one seed; other programs without a parent hang from it, whole.
  const order = [own[root] as ForeignProgram, ...own.filter((_, i) => i !== root)];
  const ids = new Map<string, ProgramId>(order.map((program, i) => [program.id, i]));
  const originals = new Map(order.map((program) => [program.id, program]));
  for (const copy of run.programs) {
    const original = copy.copyOf === null ? undefined : ids.get(copy.copyOf);
    if (original !== undefined) ids.set(copy.id, original);
  }
  const archive = new Set(run.archive);
  const admitted = admittedOf(order, archive);
  const from = order.find((program) => program.time !== null)?.time ?? 0;
  const texts = new Map<ProgramId, Files>();
  let best = -Infinity;
  let at = 0;
  for (const [job, program] of order.entries()) {
    const parent = job === 0 ? null : Math.max(0, before(ids.get(program.parent ?? ''), job));
    const whole = program.files && renameAll(program.files);
    if (whole) texts.set(job, whole);
    const change = whole && changeOf(parent === null ? undefined : texts.get(parent), whole);
    const isBest =
      program.status === 'correct' &&
      program.fitness !== null &&
      (program.fitness > best || (program.fitness === best && program.id === run.best));
    if (isBest) best = program.fitness as number;
    at = Math.max(at, program.time === null ? at : (program.time - from) * 1000);
    const inspirations = [...new Set(program.inspirations.map((id) => before(ids.get(id), job)))].filter(
      (id) => id >= 0 && texts.has(id),
    );
    events.push(...eventsOf(job, program, { parent: textedParent(parent, order, texts), inspirations, change, at }));
    events.push(addedOf(job, program, admitted.has(program.id), isBest));
  }
  for (const copy of run.programs) {
    const original = copy.copyOf === null ? undefined : originals.get(copy.copyOf);
    if (!original || original.status !== 'correct' || copy.island === original.island) continue;
    if (archive.size > 0 && !archive.has(copy.id) && !archive.has(original.id)) continue;
    const program = ids.get(original.id) as ProgramId;
    const places = { from: original.island, to: copy.island };
    events.push({ type: 'migrated', program, ...places, evicted: [], cell: null, threshold: null });
  }
  const ending = run.ending === '' ? '' : `; ${run.ending}`;
  events.push({
    type: 'run-finished',
    reason: 'stopped',
    detail: `imported from ${sourceName(run)}${ending}`,
    timing: { at },
  });
  return events;
}

/** −1 for what is not there or comes later. */
function before(id: ProgramId | undefined, job: ProgramId): ProgramId {
  return id !== undefined && id < job ? id : -1;
}

/** A parent without a text can't be named in a log: the nearest one above that has one. */
function textedParent(
  parent: ProgramId | null,
  order: readonly ForeignProgram[],
  texts: ReadonlyMap<ProgramId, Files>,
): ProgramId | null {
  return parent === null || (texts.has(parent) && order[parent]) ? parent : 0;
}

/** Those of the archive; where an island has none of them, its best. */
function admittedOf(order: readonly ForeignProgram[], archive: ReadonlySet<string>): Set<string> {
  const admitted = new Set<string>();
  const bests = new Map<number, ForeignProgram>();
  const served = new Set<number>();
  for (const program of order) {
    if (program.status !== 'correct' || program.fitness === null) continue;
    if (archive.has(program.id)) {
      admitted.add(program.id);
      served.add(program.island);
    }
    const best = bests.get(program.island);
    if (!best || program.fitness > (best.fitness as number)) bests.set(program.island, program);
  }
  for (const [island, program] of bests) if (!served.has(island)) admitted.add(program.id);
  return admitted;
}

function changeOf(base: Files | undefined, files: Files): Change {
  const paths = Object.keys(files);
  const same = base && Object.keys(base).length === paths.length && paths.every((path) => Object.hasOwn(base, path));
  return same ? { type: 'edits', edits: diffFiles(base, files) } : { type: 'files', files };
}

interface Placing {
  readonly parent: ProgramId | null;
  readonly inspirations: readonly ProgramId[];
  readonly change: Change | null;
  /** Milliseconds since the first program. */
  readonly at: number;
}

function eventsOf(job: ProgramId, program: ForeignProgram, placing: Placing): [Issued, Evaluated] {
  const calls = program.model === null ? 0 : 1;
  const spent = { calls, tokens: 0, dollars: program.dollars };
  const evaluated = !['invalid-patch', 'not-novel', 'duplicate', 'proposed'].includes(program.status);
  return [
    {
      type: 'issued',
      job,
      kind: 'program',
      island: program.island,
      operator: job === 0 ? 'seed' : program.operator.slice(0, 200) || 'imported',
      model: program.model,
      prompt: null,
      temperature: null,
      effort: 'none',
      parent: placing.parent,
      inspirations: placing.inspirations,
      kinds: placing.inspirations.map(() => 'random' as const),
      recommendation: null,
      reserved: { evaluations: evaluated ? 1 : 0, ...spent },
      choices: [],
    },
    {
      type: 'evaluated',
      job,
      status: program.status,
      reason: program.reason,
      note: program.note,
      change: placing.change,
      evaluation: evaluated ? evaluationOf(program) : null,
      trials: null,
      evaluations: evaluated ? 1 : 0,
      spent,
      burst: null,
      hash: null,
      nearest: null,
      vector: null,
      timing: { at: placing.at, wait: 0, propose: 0, check: 0, novelty: 0, evaluate: program.seconds * 1000 },
    },
  ];
}

function evaluationOf(program: ForeignProgram): Evaluation {
  const origin: Record<string, Json> = { id: program.id, generation: program.generation };
  if (program.time !== null) origin['time'] = program.time;
  if (Object.keys(program.details).length > 0) origin['details'] = program.details;
  const metrics = program.fitness === null ? program.metrics : { fitness: program.fitness, ...program.metrics };
  return {
    fitness: program.fitness,
    correct: program.status === 'correct',
    metrics,
    hidden: program.hidden,
    feedback: program.feedback,
    features: {},
    scores: {},
    artifacts: { origin },
    fuel: 0,
  };
}

function addedOf(job: ProgramId, program: ForeignProgram, admitted: boolean, best: boolean): Added {
  return {
    type: 'added',
    job,
    island: program.island,
    status: admitted ? 'new' : 'rejected',
    reason: admitted ? 'in the archive when the imported run ended' : 'not in the archive when the imported run ended',
    evicted: [],
    cell: null,
    threshold: null,
    best,
    stale: 0,
    reward: 0,
    credits: [],
  };
}

/** The run in the neutral shape. Programs in flight are left out; ids of imported programs come back. */
export function fromLog(state: RunState): ForeignRun {
  const { experiment } = state;
  if (!experiment) throw new Error('The run has not started');
  const texts: (Files | null)[] = [];
  const names = new Set<string>();
  const idOf: string[] = [];
  const programs: ForeignProgram[] = [];
  for (const [id, program] of state.programs.entries()) {
    texts.push(null);
    idOf.push(`program-${id}`);
    if (!program) continue;
    const { evaluation } = program;
    const found = evaluation?.artifacts['origin'];
    const origin = isFields(found) ? found : {};
    const given = textOf(origin, 'id');
    if (safeName(given) && !names.has(given)) idOf[id] = given;
    names.add(idOf[id] as string);
    const base = program.parent === null ? null : (texts[program.parent] ?? null);
    const files =
      program.change === null
        ? null
        : program.change.type === 'files'
          ? program.change.files
          : base && applyEdits(base, program.change.edits);
    texts[id] = files;
    const details = field(origin, 'details');
    programs.push({
      id: idOf[id] as string,
      parent: program.parent === null ? null : (idOf[program.parent] ?? null),
      copyOf: null,
      inspirations: program.inspirations.map((each) => idOf[each] as string),
      island: program.island,
      generation: numberOf(origin, 'generation') ?? program.generation,
      files,
      status: program.status,
      reason: program.reason,
      fitness: evaluation?.fitness ?? null,
      metrics: evaluation?.metrics ?? {},
      hidden: evaluation?.hidden ?? {},
      feedback: evaluation?.feedback ?? '',
      operator: program.operator,
      note: program.note,
      model: program.model,
      dollars: program.dollars,
      time: numberOf(origin, 'time'),
      seconds: 0,
      embedding: null,
      details: isFields(details) ? (details as Record<string, Json>) : {},
    });
  }
  const archive = new Set<string>();
  const copies: ForeignProgram[] = [];
  const byId = new Map(programs.map((program) => [program.id, program]));
  for (const [island, { archive: list }] of state.islands.entries()) {
    for (const id of list) {
      const program = byId.get(idOf[id] as string);
      if (!program) continue;
      archive.add(program.id);
      if (program.island === island) continue;
      copies.push({ ...program, id: `${program.id}-on-${island}`, island, parent: program.id, copyOf: program.id });
    }
  }
  return {
    source: 'genesis',
    version: null,
    experiment: {
      name: experiment.name,
      language: languageIn(experiment),
      entry: experiment.entry,
      files: experiment.files,
      evaluator: Object.hasOwn(experiment.evaluator.files, NO_EVALUATOR) ? null : experiment.evaluator,
      summary: experiment.summary,
    },
    programs: [...programs, ...copies],
    archive: [...archive],
    best: state.best === null ? null : (idOf[state.best] ?? null),
    ending: state.detail,
    problems: [],
  };
}

/** An imported experiment says its language in its title (see experimentOf). */
function languageIn(experiment: Experiment): string {
  const named = /\(([a-z0-9+]+)\)$/.exec(experiment.title)?.[1];
  return named !== undefined && standstill(named) !== null && !/\.[cm]?[jt]s$/.test(experiment.entry)
    ? named
    : experiment.language;
}

function sourceName({ source }: ForeignRun): string {
  return { shinka: 'ShinkaEvolve', openevolve: 'OpenEvolve', folder: 'a task folder', genesis: 'Genesis' }[source];
}

/** File names as an experiment takes them. */
function fileName(path: string): string {
  const parts = path.split('/').map((part) => part.replace(/[^\w.@-]/g, '_').replace(/^\.+/, '_'));
  return (
    parts
      .filter((part) => part !== '')
      .join('/')
      .slice(0, 200) || 'program'
  );
}

function renameAll(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [fileName(path), text]));
}
