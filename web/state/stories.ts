/** What the log says of single programs and the state does not keep: why each was chosen, and what became of it. Bounded. */
import type { Added, Evaluated, Issued, Replied, RunEvent } from '../engine/events.ts';
import type { Source } from '../engine/models/model.ts';
import type { ProgramId } from '../engine/program.ts';

export interface Story {
  readonly issued: Issued;
  readonly result: Pick<Evaluated, 'nearest' | 'timing' | 'burst'> | null;
  readonly added: Added | null;
  readonly left: Left | null;
  /** Pages of the web that its model's searches led to, each once. */
  readonly pages: readonly Source[];
}

/** When a program last lost its place in an archive. */
export interface Left {
  readonly island: number;
  /** The program it had to make room for; null where islands were merged. */
  readonly by: ProgramId | null;
}

/** Stories at hand; older ones are read from history when somebody asks. */
export const MOST_STORIES = 5_000;

/** A stretch of the log, in event numbers; `to` is not in it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class Stories {
  readonly #most: number;
  readonly #kept = new Map<ProgramId, Story>();
  readonly #issuedAt = new Numbers();
  readonly #addedAt = new Numbers();
  readonly #leftAt = new Numbers();
  #taken = 0;

  constructor(most = MOST_STORIES) {
    this.#most = most;
  }

  /** Takes each event of the log in turn. */
  add(event: RunEvent): void {
    this.#note(event, this.#taken);
    this.#taken++;
    this.#tell(event);
  }

  of(id: ProgramId): Story | null {
    return this.#kept.get(id) ?? null;
  }

  /** Where the log tells of a program that is not at hand; nothing where it was not issued by this log. */
  stretchesOf(id: ProgramId): Stretch[] {
    const issued = this.#issuedAt.of(id);
    if (issued === null) return [];
    const added = this.#addedAt.of(id) ?? issued;
    const left = this.#leftAt.of(id);
    const first = { from: issued, to: added + 1 };
    return left === null || left <= added ? [first] : [first, { from: left, to: left + 1 }];
  }

  /** Takes what was read of one program again; it is at hand from now on, as the newest. */
  recall(id: ProgramId, events: readonly RunEvent[]): Story | null {
    const issued = events.find((event) => event.type === 'issued' && event.job === id);
    if (issued?.type !== 'issued') return null;
    let story: Story = { issued, result: null, added: null, left: null, pages: NO_PAGES };
    for (const event of events) {
      if ('job' in event && event.job === id) story = grown(story, event);
      for (const each of lossesOf(event)) if (each.program === id) story = { ...story, left: each.left };
    }
    this.#keep(id, story);
    return story;
  }

  #note(event: RunEvent, number: number): void {
    if (event.type === 'issued') this.#issuedAt.set(event.job, number);
    if (event.type === 'added') this.#addedAt.set(event.job, number);
    for (const { program } of lossesOf(event)) this.#leftAt.set(program, number);
  }

  #tell(event: RunEvent): void {
    if (event.type === 'issued') {
      this.#keep(event.job, { issued: event, result: null, added: null, left: null, pages: NO_PAGES });
      return;
    }
    if (event.type === 'evaluated' || event.type === 'added' || hasPages(event)) {
      const story = this.#kept.get(event.job);
      if (story) this.#kept.set(event.job, grown(story, event));
    }
    for (const { program, left } of lossesOf(event)) {
      const story = this.#kept.get(program);
      if (story) this.#kept.set(program, { ...story, left });
    }
  }

  #keep(id: ProgramId, story: Story): void {
    this.#kept.delete(id);
    this.#kept.set(id, story);
    if (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value as ProgramId);
  }
}

const NO_PAGES: readonly Source[] = [];
/** Of one program. */
const MOST_PAGES = 20;

function hasPages(event: RunEvent): event is Replied {
  return event.type === 'replied' && event.reply.type === 'replied' && event.reply.sources !== undefined;
}

function grown(story: Story, event: RunEvent): Story {
  if (event.type === 'replied') {
    const more = event.reply.type === 'replied' ? (event.reply.sources ?? NO_PAGES) : NO_PAGES;
    const fresh = more.filter(({ url }) => !story.pages.some((page) => page.url === url));
    return fresh.length === 0 ? story : { ...story, pages: [...story.pages, ...fresh].slice(0, MOST_PAGES) };
  }
  if (event.type === 'added') return { ...story, added: event };
  if (event.type !== 'evaluated') return story;
  const { nearest, timing, burst } = event;
  return { ...story, result: { nearest, timing, burst } };
}

function lossesOf(event: RunEvent): { readonly program: ProgramId; readonly left: Left }[] {
  const lost = (programs: readonly ProgramId[], island: number, by: ProgramId | null) =>
    programs.map((program) => ({ program, left: { island, by } }));
  switch (event.type) {
    case 'added':
      return lost(event.evicted, event.island, event.job);
    case 'migrated':
      return lost(event.evicted, event.to, event.program);
    case 'island-merged':
      return event.into === null ? [] : lost(event.evicted, event.into, null);
    default:
      return [];
  }
}

/** Event numbers by program; 0 is no place, for a log begins with its start. */
class Numbers {
  #values = new Int32Array(1_024);

  of(id: ProgramId): number | null {
    return this.#values[id] || null;
  }

  set(id: ProgramId, number: number): void {
    if (id >= this.#values.length) {
      const larger = new Int32Array(Math.max(id + 1, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[id] = number;
  }
}
