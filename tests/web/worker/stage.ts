/** A run desk on stand-ins: its batches, its sandboxes, its history. */
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { Experiment } from '../../../web/engine/experiment.ts';
import { createSteadyEvaluations } from '../../../web/engine/steady.ts';
import { ModelBook, type BookOptions } from '../../../web/models/book.ts';
import type { ModelTold } from '../../../web/models/source.ts';
import { openHistory, type History } from '../../../web/history/index.ts';
import { languagesOf } from '../../../web/engine/syntax/language.ts';
import type { Download, EventBatch, Loading } from '../../../web/worker/protocol.ts';
import { RunDesk } from '../../../web/worker/run-desk.ts';
import { bumpy, clock, experiment, realSyntax, standIn, type StandIn } from '../engine/stand-ins.ts';

/** The seed's number is mutated by the engine's own operators. */
export function small(evaluations: number | null = 60): Experiment {
  return experiment({ operators: { mutate: 1 } }, { budget: { ...DEFAULT_BUDGET, evaluations } });
}

export class Stage {
  readonly desk: RunDesk;
  readonly history: History;
  readonly batches: EventBatch[] = [];
  readonly sandboxes: StandIn[] = [];
  readonly loadings: (Loading | null)[] = [];
  readonly told: ModelTold[] = [];
  /** The page's own models; nobody answers by default. */
  askPage: BookOptions['askPage'] = () => Promise.resolve(undefined);
  downloads: readonly Download[] = [];
  load: (report: (loading: Loading) => void, signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  breakSandbox: (reason: string) => void = () => {};
  /** Longest wait, ms. */
  patience = Infinity;
  #waiting: { test: () => boolean; done: () => void }[] = [];

  constructor(history: History, delay: () => number = () => 0) {
    this.history = history;
    const after: typeof clock.after = (milliseconds, signal) =>
      clock.after(Math.min(milliseconds, this.patience), signal);
    const models = new ModelBook({
      ...{ fetch: (...request) => fetch(...request), now: () => clock.now(), today: Date.now, origin: 'http://a.test' },
      after,
      tell: (told) => this.told.push(told),
      askPage: (...call) => this.askPage(...call),
      blocked: () => false,
      readLog: (runId) => history.events(runId),
    });
    this.desk = new RunDesk({
      models,
      history: Promise.resolve(history),
      clock: { ...clock, after },
      today: Date.now,
      syntax: () => realSyntax(),
      languages: languagesOf,
      downloads: () => Promise.resolve(this.downloads),
      load: (_experiment, report, signal) => this.load(report, signal),
      capabilities: () => Promise.resolve({ languages: [], features: [] }),
      sandbox: (_experiment, broken) => {
        this.breakSandbox = broken;
        const made = standIn(bumpy, delay);
        this.sandboxes.push(made);
        return Promise.resolve(createSteadyEvaluations(() => ({ ...made.port, close: () => {} }), broken));
      },
      post: (batch) => {
        this.batches.push(batch);
        this.desk.taken(batch.runId, batch.from + batch.events.length);
        this.#waiting = this.#waiting.filter(({ test, done }) => !test() || done());
      },
      loading: (loading) => this.loadings.push(loading),
    });
  }

  get last(): EventBatch {
    return this.batches.at(-1) as EventBatch;
  }

  log(runId: string): RunEvent[] {
    return this.batches.filter((batch) => batch.runId === runId).flatMap((batch) => batch.events);
  }

  until(test: () => boolean): Promise<void> {
    return test() ? Promise.resolve() : new Promise((done) => this.#waiting.push({ test, done }));
  }

  async start(of: Experiment = small(), paused = false): Promise<string> {
    const result = await this.desk.start({ experiment: of, seed: 1, paused });
    if (result.type !== 'ok') throw new Error(result.type === 'failed' ? result.reason : 'it asks');
    return result.runId;
  }
}

let names = 0;
export const stored = (): Promise<History> => openHistory({ name: `desk-${names++}`, patience: 20 });
