/** Checks of the order of events from outside. */
import type { Evaluated, IslandMerged, Issued, JobKind, RunEvent } from './events.ts';
import type { Files, ProgramId } from './program.ts';

interface Flying {
  readonly kind: JobKind;
  readonly parent: ProgramId | null;
  readonly calls: Set<number>;
}

/** Most islands a log may make: each costs memory for ever. */
const MOST_ISLANDS = 10_000;

/** Whether each event can follow those before it. `take` gives null, or what is wrong. */
export class LogOrder {
  #islands = 0;
  #started = false;
  /** Ids are dense, so counting is enough for what was issued. */
  #issued = 0;
  readonly #inFlight = new Map<ProgramId, Flying>();
  readonly #toAdd = new Set<ProgramId>();
  /** Of each program with a text: path → length, so that edits can be checked without keeping the texts. */
  readonly #lengths = new Map<ProgramId, Readonly<Record<string, number>>>();
  /** Programs with a score: only such may stand in archives. */
  readonly #scored = new Set<ProgramId>();
  readonly #retired = new Set<number>();
  readonly #injected: ProgramId[] = [];

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
      case 'replied': {
        const flying = this.#inFlight.get(event.job);
        if (!flying) return `job: ${event.job} is not in flight`;
        if (flying.calls.has(event.call)) return `call: job ${event.job} has had its reply to call ${event.call}`;
        flying.calls.add(event.call);
        return null;
      }
      case 'evaluated':
        return this.#evaluated(event);
      case 'remembered':
        return this.#land(event.job, 'memory') ?? this.#programs(event.memory?.summaries.map((s) => s.program) ?? []);
      case 'prompt-written':
        return this.#land(event.job, 'prompt');
      case 'added':
        if (!this.#toAdd.delete(event.job)) return `job: ${event.job} has no result to add`;
        return (
          (event.status === 'rejected' && !event.best && !event.step?.accepted
            ? null
            : this.#standing([event.job], 'job')) ??
          this.#island(event.island, 'island') ??
          this.#programs(event.evicted, 'evicted')
        );
      case 'migrated':
        return (
          this.#standing([event.program], 'program') ??
          this.#island(event.from, 'from') ??
          this.#island(event.to, 'to') ??
          this.#programs(event.evicted, 'evicted')
        );
      case 'island-restarted':
        return this.#living(event.island, 'island') ?? this.#standing([event.from], 'from');
      case 'island-spawned':
        return this.#standing(event.from, 'from') ?? this.#newIsland(event.island, 'island');
      case 'island-merged':
        return this.#merge(event);
      case 'island-split':
        return (
          this.#living(event.island, 'island') ??
          this.#standing(event.moved, 'moved') ??
          this.#newIsland(event.into, 'into')
        );
      case 'injected':
        return this.#inject(event.parent, event.island, event.files);
      case 'pinned':
      case 'banned':
        return this.#program(event.program, 'program');
      case 'hinted':
        return event.island === null ? null : this.#island(event.island, 'island');
      case 'forked':
      case 'budget-changed':
      case 'strategy-changed':
      case 'run-finished':
        return null;
      default:
        return event satisfies never;
    }
  }

  #issue(event: Issued): string | null {
    const { job, kind, parent, inspirations } = event;
    if (job !== this.#issued) return `job: must be ${this.#issued}, the next one, not ${job}`;
    if (kind === 'program' ? (parent === null) !== (job === 0) : parent !== null || job === 0) {
      return 'parent: only the seed has none, and jobs that make no program';
    }
    if (event.operator === 'inject' && this.#injected.shift() !== parent) {
      return 'operator: there is no program of a person to inject with this parent';
    }
    this.#issued++;
    this.#inFlight.set(job, { kind, parent, calls: new Set() });
    return (
      (parent === null ? null : this.#program(parent, 'parent')) ??
      this.#programs(inspirations, 'inspirations') ??
      this.#island(event.island, 'island')
    );
  }

  #land(job: ProgramId, kind: JobKind): string | null {
    const flying = this.#inFlight.get(job);
    if (!flying) return `job: ${job} is not in flight`;
    if (flying.kind !== kind) return `job: ${job} is a ${flying.kind} job, not a ${kind} job`;
    this.#inFlight.delete(job);
    return null;
  }

  #merge({ from, into, moved, evicted }: IslandMerged): string | null {
    if (from === into) return `into: island ${from} can not be merged with itself`;
    const problem =
      this.#living(from, 'from') ??
      (into === null ? null : this.#living(into, 'into')) ??
      this.#standing(moved, 'moved') ??
      this.#programs(evicted, 'evicted');
    if (!problem) this.#retired.add(from);
    return problem;
  }

  #evaluated({ job, change, nearest, evaluation }: Evaluated): string | null {
    const parent = this.#inFlight.get(job)?.parent ?? null;
    const problem = this.#land(job, 'program');
    if (problem) return problem;
    this.#toAdd.add(job);
    if (change && evaluation?.correct && evaluation.fitness !== null) this.#scored.add(job);
    if (nearest && !this.#lengths.has(nearest.program))
      return `nearest.program: there is no program ${nearest.program}`;
    if (!change) return null;
    if (change.type === 'files') {
      this.#lengths.set(job, lengthsOf(change.files));
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

  #inject(parent: ProgramId, island: number, files: Files): string | null {
    if (Object.keys(files).length === 0) return 'files: must hold at least one file';
    this.#injected.push(parent);
    return this.#program(parent, 'parent') ?? this.#island(island, 'island');
  }

  #island(island: number, path: string): string | null {
    return island < this.#islands ? null : `${path}: there are ${this.#islands} islands, no number ${island}`;
  }

  #living(island: number, path: string): string | null {
    if (this.#retired.has(island)) return `${path}: island ${island} has been retired`;
    return this.#island(island, path);
  }

  #standing(ids: readonly ProgramId[], path: string): string | null {
    const bad = ids.find((id) => !this.#scored.has(id));
    return bad === undefined ? null : `${path}: there is no program ${bad} with a score yet`;
  }

  #newIsland(island: number, path: string): string | null {
    if (island !== this.#islands) return `${path}: the next island is ${this.#islands}, not ${island}`;
    if (island >= MOST_ISLANDS) return `${path}: there are ${MOST_ISLANDS} islands already`;
    this.#islands++;
    return null;
  }

  #program(id: ProgramId, path: string): string | null {
    return this.#lengths.has(id) ? null : `${path}: there is no program ${id} with a text yet`;
  }

  #programs(ids: readonly ProgramId[], path = 'moved'): string | null {
    for (const id of ids) {
      const problem = this.#program(id, path);
      if (problem) return problem;
    }
    return null;
  }
}

function lengthsOf(files: Files): Record<string, number> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.length]));
}
