/** A program under a person's hands: a copy of its text that is put into the run as a program of their own. */
import type { Files, Program, ProgramId } from '../engine/program.ts';
import type { RunView } from './run-view.svelte.ts';
import { statusWords } from './table.ts';

export class Copy {
  readonly base: ProgramId;
  readonly original: Files;
  files = $state.raw<Files>({});
  note = $state.raw('');
  /** Why it was not taken; empty where it was, or has not been sent. */
  refusal = $state.raw('');
  sending = $state.raw(false);
  readonly #run: RunView;
  /** Its job, once it was taken; `null` while it has to wait for one. */
  #job = $state.raw<ProgramId | null>(null);
  #taken = $state.raw(false);
  /** The job of the person's program before it, where its own was not known when it was taken. */
  #before: ProgramId | null = null;

  constructor(run: RunView, base: ProgramId, files: Files) {
    this.#run = run;
    this.base = base;
    this.original = files;
    this.files = files;
  }

  get changed(): boolean {
    return Object.keys(this.files).some((path) => this.files[path] !== this.original[path]);
  }

  /** It is in the run and has no result yet. */
  get waiting(): boolean {
    return this.#taken && this.outcome === null;
  }

  get job(): ProgramId | null {
    if (!this.#taken || this.#job !== null) return this.#job;
    void this.#run.revision;
    return this.#run.lastInjected === this.#before ? null : this.#run.lastInjected;
  }

  /** What came of it; null before there is anything. */
  get outcome(): Program | null {
    return this.job === null ? null : this.#run.program(this.job);
  }

  /** What is to be mended, in words; empty where nothing is. */
  get problem(): string {
    if (this.refusal !== '') return this.refusal;
    const { outcome } = this;
    if (outcome === null || outcome.status === 'correct') return '';
    return `Program ${outcome.id} came to nothing, ${statusWords(outcome.status)}: ${outcome.reason || 'no reason was given'}`;
  }

  write(path: string, text: string): void {
    if (this.files[path] !== text) this.files = { ...this.files, [path]: text };
  }

  taken(job: ProgramId | null, before: ProgramId | null): void {
    this.#taken = true;
    this.#job = job;
    this.#before = before;
    this.refusal = '';
  }

  /** To be sent once more. */
  again(): void {
    this.#taken = false;
    this.#job = null;
    this.refusal = '';
  }
}
