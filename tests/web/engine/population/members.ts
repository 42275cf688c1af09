import type { Admission, Archive, ArchiveView, Member } from '../../../../web/engine/population/archive-contract.ts';
import { insert } from '../../../../web/engine/population/merge.ts';
import type { Evaluation } from '../../../../web/engine/program.ts';

type Given = Partial<Omit<Member, 'evaluation'>> & Partial<Evaluation>;

export function member(id: number, fitness: number, given: Given = {}): Member {
  const { correct, metrics, features, scores, fuel, artifacts, ...rest } = given;
  return {
    id,
    length: 100,
    lines: 5,
    complexity: 0.5,
    nesting: 1,
    vector: null,
    ...rest,
    fitness,
    evaluation: {
      fitness,
      correct: correct ?? true,
      metrics: metrics ?? {},
      hidden: {},
      feedback: '',
      features: features ?? {},
      scores: scores ?? {},
      artifacts: artifacts ?? {},
      fuel: fuel ?? 10,
    },
  };
}

/** Applies decisions as the engine does. */
export class Island {
  view: ArchiveView;
  readonly #thresholds = new Map<string, number>();
  readonly #ranges = new Map<string, readonly [number, number]>();
  readonly archive: Archive;

  constructor(archive: Archive, members: readonly Member[] = [], pinned: ReadonlySet<number> = new Set()) {
    this.archive = archive;
    this.view = {
      members: [],
      pinned: (id) => pinned.has(id),
      thresholds: this.#thresholds,
      ranges: this.#ranges,
    };
    for (const each of members) {
      this.view = { ...this.view, members: insert(this.view.members, each) };
      this.#see(each);
    }
  }

  get ids(): number[] {
    return this.view.members.map(({ id }) => id);
  }

  add(newcomer: Member): Admission {
    const admission = this.archive.admit(this.view, newcomer);
    this.#see(newcomer);
    if (admission.status !== 'rejected') {
      const left = this.view.members.filter(({ id }) => !admission.evicted.includes(id));
      this.view = { ...this.view, members: insert(left, newcomer) };
      const { cell, threshold } = admission;
      if (cell !== null && threshold !== null) this.#thresholds.set(cell, threshold);
    }
    return admission;
  }

  #see({ evaluation }: Member): void {
    for (const values of [evaluation.features, evaluation.metrics]) {
      for (const [key, value] of Object.entries(values)) {
        const [least, most] = this.#ranges.get(key) ?? [value, value];
        this.#ranges.set(key, [Math.min(least, value), Math.max(most, value)]);
      }
    }
  }
}
