/** What a person does to a run besides playing it: commands, forks, stages, a program of their own. */
import type { ProgramId } from '../engine/program.ts';
import type { Command, CommandAnswer, StageReport } from '../worker/protocol.ts';
import { Copy } from './copy.svelte.ts';
import { isForeign, markForeign } from './foreign.ts';
import type { RunView } from './run-view.svelte.ts';
import type { RunArchive, RunSource } from './services.ts';
import type { Story } from './stories.ts';

/** The page, as far as steering needs it. */
export interface Helm {
  readonly run: RunView;
  /** null where the worker did not answer; that has been said then. */
  send<T>(ask: (commands: RunSource['commands']) => Promise<T>): Promise<T | null>;
  openRun(id: string, playing: boolean): Promise<boolean>;
  openedArchive(): Promise<RunArchive>;
}

/** A job that is gone through by hand, and its stages so far, oldest first. */
export interface Stepped {
  readonly job: ProgramId;
  readonly operator: string;
  readonly parent: ProgramId | null;
  readonly reports: readonly StageReport[];
}

/** Stages that may be asked for ahead. */
const MOST_WAITING = 8;

export class Steering {
  /** null while the run is not gone through by stages. */
  stepped = $state.raw<Stepped | null>(null);
  copy = $state.raw<Copy | null>(null);
  /** A stage is being worked on. */
  stepping = $state.raw(false);
  readonly #helm: Helm;
  #stages: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(helm: Helm) {
    this.#helm = helm;
  }

  /** Why nothing can be changed now, for people; empty where it can. */
  get closed(): string {
    const { run } = this.#helm;
    if (run.readOnly !== '') return run.readOnly;
    switch (run.activity) {
      case 'idle':
        return 'The run has not begun.';
      case 'starting':
        return 'The run is starting.';
      case 'failed':
        return 'The run was stopped by an error.';
      case 'running':
      case 'paused':
      case 'finished':
        return run.state.experiment === null ? 'The run is starting.' : '';
      default:
        return run.activity satisfies never;
    }
  }

  /** Forgets what belonged to the run before. */
  reset(): void {
    this.stepped = null;
    this.copy = null;
  }

  async command(command: Command): Promise<CommandAnswer> {
    if (this.closed !== '') return { type: 'refused', reason: this.closed, problems: [] };
    const answer = await this.#helm.send((commands) => commands.command(command));
    return answer ?? { type: 'refused', reason: 'The run did not answer.', problems: [] };
  }

  /** A run of its own from where that program came in, opened and paused. Resolves with what went wrong, or nothing. */
  async fork(program: ProgramId, seed: number): Promise<string> {
    const { runId } = this.#helm.run;
    if (runId === null) return 'The run has not begun.';
    const made = await this.#helm.send((commands) => commands.fork({ runId, at: { program }, seed }));
    if (made === null) return 'The run did not answer.';
    if (made.type === 'failed') return made.reason;
    if (isForeign(runId)) markForeign(made.runId);
    if (!(await this.#helm.openRun(made.runId, false))) return 'The fork was made but can’t be read.';
    this.#helm.run.select(program);
    return '';
  }

  /** One after another: who presses twice means two. */
  stepStage(): Promise<void> {
    if (this.#waiting >= MOST_WAITING) return this.#stages;
    this.#waiting++;
    this.#stages = this.#stages.then(async () => {
      this.stepping = true;
      await this.#nextStage();
      this.#waiting--;
      this.stepping = this.#waiting > 0;
    });
    return this.#stages;
  }

  async #nextStage(): Promise<void> {
    const { run } = this.#helm;
    if (this.closed !== '' || run.activity === 'finished') return;
    const known = new Map([...run.state.inFlight].map(([job, { issued }]) => [job, issued]));
    const report = await this.#helm.send((commands) => commands.stepStage());
    if (run !== this.#helm.run) return;
    const issued = report && (known.get(report.job) ?? run.stories.of(report.job)?.issued);
    this.stepped = report && {
      job: report.job,
      operator: issued?.operator ?? '',
      parent: issued?.parent ?? null,
      reports: [...(this.stepped?.job === report.job ? this.stepped.reports : []), report],
    };
  }

  edit(base: ProgramId): void {
    const { run } = this.#helm;
    const files = run.files(base);
    if (files !== null) this.copy = new Copy(run, base, files);
  }

  async inject(): Promise<void> {
    const { copy } = this;
    if (copy === null || copy.sending || copy.waiting) return;
    copy.again();
    copy.sending = true;
    const before = this.#helm.run.lastInjected;
    const { files, base } = copy;
    const note = copy.note.trim() || `edited by a person from program ${base}`;
    const answer = await this.command({ type: 'inject', files, note, parent: base });
    copy.sending = false;
    if (answer.type === 'refused') copy.refusal = answer.reason;
    else copy.taken(answer.job, before);
  }

  /** The story of a program that is not at hand any more, from the stored log; null where that has none either. */
  async recall(id: ProgramId): Promise<Story | null> {
    const { run } = this.#helm;
    const known = run.stories.of(id);
    if (known !== null || run.runId === null) return known;
    const archive = await this.#helm.openedArchive();
    const events = [];
    for (const { from, to } of run.stories.stretchesOf(id)) {
      const read = await archive.events(run.runId, from, to);
      if (read.type === 'ok') events.push(...read.value);
    }
    return run.stories.recall(id, events);
  }
}
