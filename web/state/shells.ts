/** The run worker and the archive, each opened when it is first needed and once. */
import type { RunArchive, RunSource, Services } from './services.ts';

export class Shells {
  /** The worker, once it is there. */
  opened: RunSource | null = null;
  readonly #services: Services;
  readonly #listen: (source: RunSource) => void;
  #source: Promise<RunSource> | null = null;
  #archive: Promise<RunArchive> | null = null;

  /** `listen` is called once, with the worker, before anybody else has it. */
  constructor(services: Services, listen: (source: RunSource) => void) {
    this.#services = services;
    this.#listen = listen;
  }

  /** Rejects where the worker can't be loaded; the next one who asks tries again. */
  source(): Promise<RunSource> {
    this.#source ??= this.#services.openRuns(document).then(
      (source) => {
        this.opened = source;
        this.#listen(source);
        return source;
      },
      (error: unknown) => {
        this.#source = null;
        throw error;
      },
    );
    return this.#source;
  }

  archive(): Promise<RunArchive> {
    this.#archive ??= this.#services.openArchive().catch((error: unknown) => {
      this.#archive = null;
      throw error;
    });
    return this.#archive;
  }
}
