/** `npm run evolve`: a run in the terminal. Exit codes: 0 done, 1 the run failed, 2 it was asked for wrongly, 130 stopped by hand. */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { RunEvent } from '../../web/engine/events.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import type { RunState } from '../../web/engine/state.ts';
import { findExperiment } from './experiment-folder.ts';
import { openHeadless, type Headless } from './headless.ts';
import { importOrExport } from './import-export.ts';
import { connectModels } from './connect.ts';
import { continueLogFile, createLogFile, readLogFile, type LogWriter, type OpenedWriter } from './log-file.ts';
import { runIdOf, type OpenModels } from './models.ts';
import { DEFAULT_EVALUATIONS, parseOptions, USAGE, type EvolveOptions } from './options.ts';
import { formatCount, formatDollars, formatMeasure, formatTime, measure, Progress, type Screen } from './progress.ts';
import { reportOf } from './report.ts';

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;
const STOPPED = 130;

/** Second signals within so many milliseconds are the same key press, which reaches a process by more than one way. */
const SAME_PRESS = 500;
/** Calls of models under way at the end get so many milliseconds. */
const PATIENCE = 3_000;

/** What a run goes on from. */
interface Origin {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly log: readonly RunEvent[] | null;
  /** Opens the file the run is written to, once all else is known to be right. */
  readonly open: (() => OpenedWriter) | null;
}

type Found<T> =
  { readonly type: 'ok'; readonly value: T } | { readonly type: 'failed'; readonly problems: readonly string[] };

/** Paths are relative to where the person typed the command: npm itself goes to the project's folder. */
const base = process.env['INIT_CWD'] ?? process.cwd();

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'import' || args[0] === 'export') {
    return importOrExport(args, base, (line) => process.stdout.write(`${line}\n`));
  }
  const parsed = parseOptions(args);
  if (parsed.type === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return DONE;
  }
  if (parsed.type === 'failed') return misuse([...parsed.problems, '`npm run evolve -- --help` lists the flags']);
  const { options } = parsed;
  const origin = await findOrigin(options);
  if (origin.type === 'failed') return misuse(origin.problems);
  const connected = await connectModels(options, origin.value.experiment, origin.value.log);
  if (connected.type === 'failed') return misuse(connected.problems);
  const { models, experiment, words } = connected;
  try {
    let writer: LogWriter | null = null;
    if (origin.value.open) {
      const opened = origin.value.open();
      if (opened.type === 'failed') return misuse([opened.problem]);
      writer = opened.writer;
      if (opened.note !== '') note(opened.note);
    }
    if (!options.json) for (const line of words) note(line);
    return await evolve(options, { ...origin.value, experiment }, writer, models);
  } finally {
    await models?.close(PATIENCE);
  }
}

async function findOrigin(options: EvolveOptions): Promise<Found<Origin>> {
  const out = options.out === null ? null : resolve(base, options.out);
  if (options.resume !== null) return resumed(options, resolve(base, options.resume), out);
  const found = await findExperiment(options.experiment ?? '', base, options.program);
  if (found.type === 'failed') return found;
  const budget = budgetOf(options, found.experiment.budget);
  const unlimited = budget.evaluations === null && budget.milliseconds === null;
  const experiment = {
    ...found.experiment,
    budget: unlimited ? { ...budget, evaluations: DEFAULT_EVALUATIONS } : budget,
  };
  const open = out === null ? null : () => createLogFile(out);
  return { type: 'ok', value: { experiment, seed: options.seed ?? 1, log: null, open } };
}

async function resumed(options: EvolveOptions, path: string, out: string | null): Promise<Found<Origin>> {
  const read = await readLogFile(path);
  if (read.type === 'failed') return { type: 'failed', problems: [read.problem] };
  const first = read.events[0];
  if (first?.type !== 'run-started') return { type: 'failed', problems: [`${path} does not begin with a run's start`] };
  const { experiment, seed } = first;
  const problems: string[] = [];
  if (options.experiment !== null && !options.experiment.replace(/\/+$/, '').endsWith(experiment.name)) {
    problems.push(`${path} is a run of ${experiment.name}, not of ${options.experiment}`);
  }
  if (options.seed !== null && options.seed !== seed) problems.push(`${path} has seed ${seed}, not ${options.seed}`);
  if (options.program !== 'seed') problems.push('--program has no meaning for a run that has begun');
  if (problems.length > 0) return { type: 'failed', problems };
  if (read.torn !== null) {
    note(`line ${read.torn} of ${path} was cut off while it was written; going on from the line before`);
  }
  const open = (): OpenedWriter => {
    if (out === null || out === path) return continueLogFile(path, read);
    const opened = createLogFile(out);
    if (opened.type === 'ok') for (const event of read.events) opened.writer.write(event);
    return opened;
  };
  return { type: 'ok', value: { experiment, seed, log: read.events, open } };
}

/** `reached`: the run's target is, and would end it again at once. */
function budgetOf(options: EvolveOptions, own: Experiment['budget'], reached = false): Experiment['budget'] {
  const { evaluations, seconds, spend } = options;
  const capped = evaluations !== null || seconds !== null;
  return {
    ...own,
    ...{ calls: spend.calls ?? own.calls, tokens: spend.tokens ?? own.tokens, dollars: spend.dollars ?? own.dollars },
    target: options.target ?? (capped && reached ? null : own.target),
    patience: options.patience ?? own.patience,
    evaluations: capped ? evaluations : own.evaluations,
    milliseconds: capped ? (seconds === null ? null : Math.max(1, Math.round(seconds * 1000))) : own.milliseconds,
  };
}

async function evolve(
  options: EvolveOptions,
  origin: Origin,
  writer: LogWriter | null,
  models: OpenModels | null,
): Promise<number> {
  const { experiment, seed, log } = origin;
  const kept: RunEvent[] = [];
  const emit = (event: RunEvent): void => {
    if (writer) writer.write(event);
    else kept.push(event);
  };
  let headless: Headless;
  try {
    headless = await openHeadless({
      experiment,
      seed,
      parallel: options.parallel,
      crates: options.crates,
      emit,
      ...(log ? { log } : {}),
      ...(models ? { models: models.ports, id: runIdOf(writer?.path ?? null) } : {}),
    });
  } catch (error) {
    writer?.close();
    return misuse([`the run can't go on: ${wordsOf(error)}`]);
  }
  const { run } = headless;
  const { state } = run;
  const wanted = budgetOf(options, state.experiment?.budget ?? experiment.budget, state.finished === 'target');
  if (log && JSON.stringify(wanted) !== JSON.stringify(state.experiment?.budget)) run.setBudget(wanted);
  const screen = screenFor(options.json);
  const progress = screen && new Progress(screen, state, () => performance.now());
  if (screen && state.finished === null) screen.write(`${opening(state, options, log !== null)}\n`);
  const signals = catchSignals(
    () => run.stop(),
    () => {
      progress?.end();
      headless.close();
      writer?.close();
      process.exit(STOPPED);
    },
  );
  // Also what keeps the process up while all wait for models: none of their clocks does.
  const timer = setInterval(() => progress?.tick(), 100);
  let failure = '';
  try {
    if (state.finished === null) {
      run.play();
      await Promise.race([headless.ended, signals.crashed]);
    }
  } catch (error) {
    failure = wordsOf(error);
  }
  clearInterval(timer);
  progress?.end();
  headless.close();
  signals.close();
  writer?.close();
  const stopped = state.finished === null;
  if (stopped && !writer) writer = save(experiment.name, seed, kept);
  if (writer?.problem) note(writer.problem);
  if (options.json) process.stdout.write(`${JSON.stringify(reportOf(state))}\n`);
  else process.stdout.write(`${closing(state)}\n`);
  if (failure !== '') note(`the run failed: ${failure}`);
  if (stopped && writer)
    note(`saved in ${shown(writer.path)}; go on with\n  npm run evolve -- --resume ${shown(writer.path)}`);
  else if (writer && !options.json) process.stdout.write(`Log: ${shown(writer.path)}\n`);
  if (failure !== '' || writer?.problem) return FAILED;
  if (stopped) return STOPPED;
  return state.best === null ? FAILED : DONE;
}

/** The log of a run that was stopped and had no file so far. */
function save(name: string, seed: number, events: readonly RunEvent[]): LogWriter | null {
  for (let i = 1; ; i++) {
    const path = join(base, 'runs', `${name}-seed${seed}${i === 1 ? '' : `-${i}`}.jsonl`);
    if (existsSync(path)) continue;
    const opened = createLogFile(path);
    if (opened.type === 'failed') {
      note(opened.problem);
      return null;
    }
    for (const event of events) opened.writer.write(event);
    opened.writer.close();
    return opened.writer;
  }
}

function opening(state: RunState, { parallel }: EvolveOptions, again: boolean): string {
  const { title, budget } = state.experiment as Experiment;
  const caps = [
    budget.evaluations === null ? '' : `${formatCount(budget.evaluations)} evaluations`,
    budget.milliseconds === null ? '' : formatTime(budget.milliseconds),
    budget.target === null ? '' : `a fitness of ${budget.target}`,
    budget.patience === null ? '' : `${formatCount(budget.patience)} evaluations without a better program`,
  ].filter((cap) => cap !== '');
  const spend = budget.dollars === null ? '' : `, at most ${formatDollars(budget.dollars)} for models`;
  const where = again ? `going on at ${formatCount(state.evaluations)} evaluations, ` : '';
  return `${title}, seed ${state.seed}: ${where}until ${caps.join(' or ') || 'Ctrl-C'}, ${parallel} at once${spend}`;
}

function closing(state: RunState): string {
  const { goal } = state.experiment as Experiment;
  const time = formatTime(state.elapsed);
  if (state.best === null)
    return `No correct program after ${formatCount(state.evaluations)} evaluations. ${state.detail}`.trimEnd();
  const best = measure(goal, state, state.best);
  const first = measure(goal, state, 0);
  const figures = `${goal.label} ${best === null ? '?' : formatMeasure(goal, best)}`;
  const from = first === null ? '' : `, from ${formatMeasure(goal, first)}`;
  const { calls, tokens, dollars } = state.spent;
  const paid =
    calls === 0
      ? ''
      : `; ${formatCount(calls)} calls of models, ${formatCount(tokens)} tokens, ${formatDollars(dollars)}`;
  const known = goal.best ? `; best known ${formatMeasure(goal, goal.best.value)}` : '';
  const count = state.bests.length - 1;
  const steps = `${formatCount(count)} improvement${count === 1 ? '' : 's'}`;
  return `${figures}${from}${known}\n${steps} in ${formatCount(state.evaluations)} evaluations, ${time}${whyOver(state)}${paid}`;
}

/** Where a run ended for what it reached and not for what it spent. */
function whyOver({ finished }: RunState): string {
  if (finished === 'target') return '; the target is reached';
  return finished === 'patience' ? '; nothing better came for as long as it was given' : '';
}

/** Where progress goes, or null where nobody would see it. */
function screenFor(json: boolean): Screen | null {
  const stream = json ? process.stderr : process.stdout;
  if (json && !stream.isTTY) return null;
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns || 80;
    },
  };
}

/** The first signal stops, the second quits. `crashed` rejects with an error nobody else has caught. */
function catchSignals(stop: () => void, quit: () => void): { readonly crashed: Promise<never>; close(): void } {
  let since: number | null = null;
  const heard = (): void => {
    const now = performance.now();
    if (since === null) stop();
    else if (now - since > SAME_PRESS) quit();
    since ??= now;
  };
  const crashed = Promise.withResolvers<never>();
  crashed.promise.catch(() => {});
  const crash = (error: unknown): void => crashed.reject(error instanceof Error ? error : new Error(String(error)));
  // Whoever read the output has gone: nobody is left to run for.
  const gone = (error: NodeJS.ErrnoException): void => (error.code === 'EPIPE' ? stop() : crash(error));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, heard);
  process.on('unhandledRejection', crash);
  process.on('uncaughtException', crash);
  process.stdout.on('error', gone);
  return {
    crashed: crashed.promise,
    close() {
      process.off('unhandledRejection', crash);
      process.off('uncaughtException', crash);
    },
  };
}

function misuse(problems: readonly string[]): number {
  for (const problem of problems) note(problem);
  return MISUSED;
}

function note(text: string): void {
  process.stderr.write(`evolve: ${text}\n`);
}

function shown(path: string): string {
  const near = relative(base, path);
  const short = near !== '' && !near.startsWith('..') ? near : path;
  return /^[\w@%+=:,./-]+$/.test(short) ? short : `'${short.replaceAll("'", `'\\''`)}'`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.exitCode = await main(process.argv.slice(2));
