/** Pictures of programs that the log has none of: each evaluated once more, and not asked for twice while its run is on screen. */
import type { ProgramId } from '../engine/program.ts';
import { parsePicture, type Picture } from './picture.ts';
import type { RunSource } from './services.ts';

const MOST = 200;

export class ProgramPictures {
  readonly #source: () => Promise<RunSource>;
  readonly #found = new Map<ProgramId, Promise<Picture | null>>();
  #run = 0;

  constructor(source: () => Promise<RunSource>) {
    this.#source = source;
  }

  clear(): void {
    this.#found.clear();
    this.#run++;
  }

  of(id: ProgramId): Promise<Picture | null> {
    let found = this.#found.get(id);
    if (!found) {
      const run = this.#run;
      found = this.#source()
        .then((source) => source.commands.picture(id))
        .then((result) => (result.type === 'ok' && run === this.#run ? parsePicture(result.picture) : null))
        .catch(() => null);
      if (this.#found.size > MOST) this.#found.clear();
      this.#found.set(id, found);
    }
    return found;
  }
}
