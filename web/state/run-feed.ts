/** What the worker tells of runs, given to the run on screen; what still comes of runs that have left it is for nobody. */
import type { EventBatch } from '../worker/protocol.ts';
import type { RunView } from './run-view.svelte.ts';
import type { RunArchive } from './services.ts';
import { eventsOf } from './stored-view.ts';

export class RunFeed {
  readonly #shown: () => RunView;
  readonly #archive: () => Promise<RunArchive>;
  readonly #left = new Set<string>();
  #filling = false;

  constructor(shown: () => RunView, archive: () => Promise<RunArchive>) {
    this.#shown = shown;
    this.#archive = archive;
  }

  leave(id: string): void {
    this.#left.add(id);
  }

  enter(id: string): void {
    this.#left.delete(id);
  }

  receive(batch: EventBatch): void {
    const run = this.#shown();
    if (this.#left.has(batch.runId)) return;
    if (run.runId === null && batch.from === 0 && run.activity === 'starting') run.runId = batch.runId;
    if (run.runId !== batch.runId) return;
    if (run.receive(batch) || this.#filling) return;
    // A gap: what is missing is stored already.
    this.#filling = true;
    void this.#archive()
      .then((archive) => eventsOf(archive, batch.runId))
      .then((events) => {
        run.load(events);
        run.receive(batch);
      })
      .catch(() => {})
      .finally(() => (this.#filling = false));
  }
}
