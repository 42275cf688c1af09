/** Takes the page's commands. Holds at most one run; commands that change which one it is are carried out one after another. */
import type { Command } from '../engine/control.ts';
import { EvaluationCache } from '../engine/evaluation/cache.ts';
import type { Experiment, Language } from '../engine/experiment.ts';
import type { Clock } from '../engine/ports.ts';
import { reduce } from '../engine/reduce.ts';
import { emptyState } from '../engine/state.ts';
import type { SteadyEvaluations } from '../engine/steady.ts';
import type { Syntax } from '../engine/syntax/tree.ts';
import { newRunId, type History, type HistoryFailure } from '../history/history.ts';
import type { ModelBook } from '../models/book.ts';
import type { Listed, ModelRoute, ModelSource } from '../models/source.ts';
import { ActiveRun, type ActiveRunOptions } from './active-run.ts';
import type { Store } from './outbox.ts';
import { forkStored } from './forking.ts';
import type {
  Activity,
  Asks,
  Capabilities,
  CommandAnswer,
  Download,
  EventBatch,
  ForkOptions,
  Loading,
  MadeResult,
  MapAnswer,
  MapAsk,
  RunCommands,
  StageReport,
  StartOptions,
  StartResult,
} from './protocol.ts';
import { ProgramMap } from './program-map.ts';
import { metaOf } from './stored-run.ts';

/** What the desk needs of the place where it runs. */
export interface Surroundings {
  readonly history: Promise<History>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  syntax(languages: readonly Language[]): Promise<Syntax>;
  /** Every language that the program's files are written in; the experiment's own first. */
  languages(experiment: Experiment): readonly Language[];
  /** Large things that a run of it needs and that are not here yet. */
  downloads(experiment: Experiment): Promise<readonly Download[]>;
  /** Fetches what a run of it needs before it begins. Rejects with a reason for people, also when the signal ends it. */
  load(experiment: Experiment, report: (loading: Loading) => void, signal: AbortSignal): Promise<void>;
  capabilities(): Promise<Capabilities>;
  /** `broken` is told when the sandbox keeps dying. */
  sandbox(experiment: Experiment, broken: (reason: string) => void): Promise<SteadyEvaluations>;
  /** The models that runs can reach. */
  readonly models: Pick<ModelBook, 'use' | 'list' | 'forRun'>;
  post(batch: EventBatch): void;
  /** What a start waits for; null when it waits no more. */
  loading(loading: Loading | null): void;
}

/** Compressed bytes that a run may fetch without asking anybody. */
export const ASKED_ABOVE = 4_000_000;
/** Milliseconds between two words on the same download. */
const LOADING_MS = 100;

export class RunDesk implements Omit<RunCommands, 'connect' | 'enterRelay'> {
  readonly #at: Surroundings;
  #active: ActiveRun | null = null;
  #speed: number | null = null;
  readonly #cache = new EvaluationCache();
  #queue: Promise<unknown> = Promise.resolve();
  /** Of the last run that was looked at without being open here. */
  #storedMap: { readonly runId: string; readonly map: ProgramMap } | null = null;
  /** Ends what the start at hand is fetching. */
  #fetching: AbortController | null = null;
  /** A person paused a run that was only about to begin. */
  #held = false;

  constructor(at: Surroundings) {
    this.#at = at;
  }

  start(options: StartOptions): Promise<StartResult> {
    this.#stopFetching();
    return this.#next(async () => {
      await this.#leave();
      const { experiment, seed } = options;
      this.#held = options.paused;
      const asks = await this.#asks(experiment, options.agreed);
      if (asks) return asks;
      const runId = newRunId(this.#at.today());
      this.#say(runId, 0, 'starting');
      // Storing must not hold up the start: the outbox waits for it, the engine does not.
      const store = this.#at.history.then((history) => newIn(history, runId, experiment, seed));
      const begun = await this.#begin(runId, experiment, seed, null, store);
      if (begun.type === 'failed') return this.#failed(runId, 0, begun.reason);
      if (this.#held) await begun.run.pause();
      else begun.run.play();
      return { type: 'ok', runId };
    });
  }

  reopen(runId: string, agreed?: readonly string[]): Promise<StartResult> {
    this.#stopFetching();
    return this.#next(async () => {
      if (this.#active?.runId === runId) {
        await this.#active.pause();
        if (this.#active.activity !== 'failed') return { type: 'ok', runId };
      }
      await this.#leave();
      const history = await this.#at.history;
      const claimed = await history.claim(runId);
      if (claimed.type === 'failed') return { type: 'failed', reason: claimed.reason };
      const log = await history.events(runId);
      const first = log.type === 'ok' ? log.value[0] : undefined;
      if (log.type === 'failed' || first?.type !== 'run-started') {
        history.release(runId);
        return { type: 'failed', reason: log.type === 'failed' ? log.reason : 'The stored run is empty.' };
      }
      const asks = await this.#asks(first.experiment, agreed);
      if (asks) {
        history.release(runId);
        return asks;
      }
      const store = Promise.resolve(storeIn(history, runId));
      const begun = await this.#begin(runId, first.experiment, first.seed, log.value, store);
      if (begun.type === 'failed') {
        history.release(runId);
        return this.#failed(runId, log.value.length, begun.reason);
      }
      await begun.run.pause();
      return { type: 'ok', runId };
    });
  }

  // A page shows a stored run before it is open here: what is asked of it meanwhile waits for it.
  async play(): Promise<void> {
    this.#held = false;
    await this.#queue;
    if (!this.#held) this.#active?.play();
  }

  async pause(): Promise<void> {
    this.#held = true;
    await this.#active?.pause();
  }

  async step(): Promise<void> {
    await this.#queue;
    await this.#active?.step();
  }

  async stepStage(): Promise<StageReport | null> {
    await this.#queue;
    return (await this.#active?.stepStage()) ?? null;
  }

  stop(): Promise<void> {
    this.#stopFetching();
    return this.#next(() => this.#leave());
  }

  async setSpeed(resultsPerSecond: number | null): Promise<void> {
    const wanted = resultsPerSecond !== null && resultsPerSecond > 0 ? resultsPerSecond : null;
    this.#speed = wanted;
    this.#active?.setSpeed(wanted);
  }

  async command(command: Command): Promise<CommandAnswer> {
    await this.#queue;
    return (await this.#active?.command(command)) ?? { type: 'refused', reason: 'There is no run.', problems: [] };
  }

  fork(options: ForkOptions): Promise<MadeResult> {
    return this.#next(async () => {
      if (this.#active?.runId === options.runId) await this.#active.flush();
      return forkStored(await this.#at.history, options, this.#at.today());
    });
  }

  async picture(program: number): ReturnType<RunCommands['picture']> {
    await this.#queue;
    return (await this.#active?.picture(program)) ?? { type: 'failed', reason: 'There is no run.' };
  }

  async map(ask: MapAsk): Promise<MapAnswer> {
    await this.#queue;
    if (this.#active?.runId === ask.runId) {
      this.#storedMap = null;
      return { type: 'ok', slice: this.#active.map(ask) };
    }
    if (this.#storedMap?.runId !== ask.runId) {
      const opened = await this.#openStoredMap(ask.runId);
      if (typeof opened === 'string') return { type: 'failed', reason: opened };
      this.#storedMap = { runId: ask.runId, map: opened };
    }
    return { type: 'ok', slice: this.#storedMap.map.next(ask) };
  }

  /** Of a run that is looked at only: read from its log. Gives the reason where it can't be. */
  async #openStoredMap(runId: string): Promise<ProgramMap | string> {
    const log = await (await this.#at.history).events(runId);
    if (log.type === 'failed') return log.reason;
    const state = emptyState();
    for (const event of log.value) reduce(state, event);
    if (!state.experiment) return 'The stored run is empty.';
    const syntax = await this.#at.syntax(this.#at.languages(state.experiment));
    return new ProgramMap(state, syntax, () => this.#at.clock.now());
  }

  capabilities(): Promise<Capabilities> {
    return this.#at.capabilities();
  }

  // Not in the queue: a run that is at work is waiting for just this.
  useModels(routes: readonly ModelRoute[]): Promise<void> {
    this.#at.models.use(routes);
    return Promise.resolve();
  }

  listModels(source: ModelSource): Promise<Listed> {
    return this.#at.models.list(source, new AbortController().signal);
  }

  taken(runId: string, through: number): void {
    if (this.#active?.runId === runId) this.#active.taken(through);
  }

  /** An error that nobody caught: whatever ran can't be trusted to go on. */
  fail(message: string): void {
    if (this.#active) this.#active.fail(message);
    else this.#say('', 0, 'failed', message);
  }

  async #begin(
    runId: string,
    experiment: Experiment,
    seed: number,
    log: ActiveRunOptions['log'],
    store: Promise<Store>,
  ): Promise<{ readonly type: 'ok'; readonly run: ActiveRun } | { readonly type: 'failed'; readonly reason: string }> {
    let sandbox: SteadyEvaluations | null = null;
    try {
      let run: ActiveRun | null = null;
      const broken = (reason: string): void => run?.fail(`The sandbox keeps dying: ${reason}.`);
      await this.#load(experiment);
      const [syntax, made] = await Promise.all([
        this.#at.syntax(this.#at.languages(experiment)),
        this.#at.sandbox(experiment, broken),
      ]);
      sandbox = made;
      const { clock, models } = this.#at;
      const post = (batch: EventBatch): void => this.#at.post(batch);
      const speed = this.#speed;
      const cache = this.#cache;
      run = new ActiveRun({ runId, experiment, seed, log, syntax, clock, store, speed, sandbox, cache, models, post });
      this.#active = run;
      return { type: 'ok', run };
    } catch (error) {
      sandbox?.close();
      return { type: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** What a person has to be asked first; null where there is nothing of the kind. */
  async #asks(experiment: Experiment, agreed: readonly string[] = []): Promise<Asks | null> {
    const downloads = (await this.#at.downloads(experiment)).filter(({ id }) => !agreed.includes(id));
    const bytes = downloads.reduce((sum, download) => sum + download.bytes, 0);
    return bytes > ASKED_ABOVE || downloads.some(({ from }) => from !== undefined) ? { type: 'asks', downloads } : null;
  }

  async #load(experiment: Experiment): Promise<void> {
    const fetching = new AbortController();
    this.#fetching = fetching;
    let posted = -Infinity;
    let step = '';
    try {
      await this.#at.load(
        experiment,
        (loading) => {
          const now = this.#at.clock.now();
          if (fetching.signal.aborted || (loading.step === step && now - posted < LOADING_MS)) return;
          [posted, step] = [now, loading.step];
          this.#at.loading(loading);
        },
        fetching.signal,
      );
    } finally {
      if (this.#fetching === fetching) this.#fetching = null;
      if (step !== '') this.#at.loading(null);
    }
  }

  /** Who starts something else does not wait for megabytes of what they left. */
  #stopFetching(): void {
    this.#fetching?.abort();
  }

  /** Ends the run there is, with its last events stored, and gives up the right to it. */
  async #leave(): Promise<void> {
    const run = this.#active;
    if (!run) return;
    this.#active = null;
    await run.close();
    (await this.#at.history).release(run.runId);
  }

  #failed(runId: string, from: number, reason: string): MadeResult {
    this.#say(runId, from, 'failed', reason);
    return { type: 'failed', reason };
  }

  #say(runId: string, from: number, activity: Activity, message = ''): void {
    this.#at.post({ runId, from, events: [], activity, message, stored: true });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }
}

/** A run of its own is made with its first events, so that one that never began leaves nothing. */
function newIn(history: History, runId: string, experiment: Experiment, seed: number): Store {
  const store = storeIn(history, runId);
  if (store.type === 'failed') return store;
  const meta = metaOf(runId, experiment, seed);
  let created = false;
  return {
    type: 'ok',
    async append(from, events, summary) {
      if (!created) {
        const result = await history.create(meta);
        if (result.type === 'failed') return result;
        created = true;
      }
      return store.append(from, events, summary);
    },
  };
}

function storeIn(history: History, runId: string): Store {
  if (history.mode === 'memory')
    return { type: 'failed', code: 'closed', reason: history.reason } satisfies HistoryFailure;
  return { type: 'ok', append: (from, events, summary) => history.append(runId, from, events, summary) };
}
