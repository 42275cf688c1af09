/** Checks of the order of events from outside. */
import type { Evaluated, Issued, RunEvent } from './events.ts';
import type { ProgramId } from './program.ts';

/** Whether each event can follow those before it. `take` gives null, or what is wrong. */
export class LogOrder {
  #islands = 0;
  #started = false;
  /** Ids are dense, so counting is enough for what was issued. */
  #issued = 0;
  readonly #inFlight = new Map<ProgramId, ProgramId | null>();
  readonly #toAdd = new Set<ProgramId>();
  /** Of each program with a text: path → length, so that edits can be checked without keeping the texts. */
  readonly #lengths = new Map<ProgramId, Readonly<Record<string, number>>>();

  take(event: RunEvent): string | null {
    if (!this.#started) {
      if (event.type !== 'run-started') return `the first event must be run-started, not ${event.type}`;
      this.#started = true;
      this.#islands = event.experiment.strategy.islands.count;
      return null;
    }
    switch (event.type) {
      case 'run-started':
        return 'the run has started already';
      case 'issued':
        return this.#issue(event);
      case 'evaluated':
        return this.#evaluated(event);
      case 'added':
        if (!this.#toAdd.delete(event.job)) return `job: ${event.job} has no result to add`;
        return this.#island(event.island, 'island') ?? this.#maybeProgram(event.evicted, 'evicted');
      case 'migrated':
        return (
          this.#program(event.program, 'program') ??
          this.#island(event.from, 'from') ??
          this.#island(event.to, 'to') ??
          this.#maybeProgram(event.evicted, 'evicted')
        );
      case 'island-restarted':
        return this.#island(event.island, 'island') ?? this.#program(event.from, 'from');
      case 'budget-changed':
      case 'run-finished':
        return null;
      default:
        return event satisfies never;
    }
  }

  #issue(event: Issued): string | null {
    if (event.job !== this.#issued) return `job: must be ${this.#issued}, the next one, not ${event.job}`;
    if ((event.parent === null) !== (event.job === 0)) return 'parent: only the seed has none';
    this.#issued++;
    this.#inFlight.set(event.job, event.parent);
    const named = event.parent === null ? event.inspirations : [event.parent, ...event.inspirations];
    for (const id of named) {
      const problem = this.#program(id, id === event.parent ? 'parent' : 'inspirations');
      if (problem) return problem;
    }
    return this.#island(event.island, 'island');
  }

  #evaluated({ job, change }: Evaluated): string | null {
    const parent = this.#inFlight.get(job);
    if (parent === undefined) return `job: ${job} is not in flight`;
    this.#inFlight.delete(job);
    this.#toAdd.add(job);
    if (!change) return null;
    if (change.type === 'files') {
      this.#lengths.set(
        job,
        Object.fromEntries(Object.entries(change.files).map(([path, text]) => [path, text.length])),
      );
      return null;
    }
    const base = parent === null ? undefined : this.#lengths.get(parent);
    if (!base) return 'change: the seed must be whole';
    const lengths = { ...base };
    for (const { file, start, end, text } of change.edits) {
      if (!Object.hasOwn(base, file)) return `change: the parent has no file ${file}`;
      if (end > (base[file] as number)) return `change: an edit reaches beyond the end of ${file}`;
      lengths[file] = (lengths[file] as number) - (end - start) + text.length;
    }
    this.#lengths.set(job, lengths);
    return null;
  }

  #island(island: number, path: string): string | null {
    return island < this.#islands ? null : `${path}: there are ${this.#islands} islands, no number ${island}`;
  }

  #program(id: ProgramId, path: string): string | null {
    return this.#lengths.has(id) ? null : `${path}: there is no program ${id} with a text yet`;
  }

  #maybeProgram(id: ProgramId | null, path: string): string | null {
    return id === null ? null : this.#program(id, path);
  }
}
