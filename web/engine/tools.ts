/** What decisions are made with: the members of each family that the settings name, and what is known of texts. */
import { createBandit } from './bandits/index.ts';
import type { Bandit } from './bandits/bandit.ts';
import { archiveWithJudge } from './evaluation/judge-weight.ts';
import { Facts } from './facts.ts';
import type { Operator } from './operators/operator.ts';
import type { Archive, ArchiveView, Member } from './population/archive-contract.ts';
import { createArchive } from './population/archives/index.ts';
import type { ProgramId } from './program.ts';
import { createSelection, strategiesOf, type ParentSelection } from './selection/index.ts';
import { strategyOf, type IslandState, type RunState } from './state.ts';
import type { ArchiveSettings, BanditSettings, SelectionSettings } from './strategy.ts';
import type { Syntax } from './syntax/tree.ts';
import { Texts } from './texts.ts';

export interface NamedSelection {
  readonly name: string;
  readonly selection: ParentSelection;
}

export class Tools {
  readonly state: RunState;
  readonly syntax: Syntax;
  readonly texts: Texts;
  readonly facts: Facts;
  readonly operators: ReadonlyMap<string, Operator>;
  /** Whether there is anybody to ask. */
  readonly models: boolean;
  readonly #archives = new WeakMap<ArchiveSettings, Map<string, Archive>>();
  readonly #selections = new WeakMap<SelectionSettings, readonly NamedSelection[]>();
  readonly #bandits = new WeakMap<BanditSettings, Map<number, Bandit>>();

  constructor(state: RunState, syntax: Syntax, operators: readonly Operator[], models: boolean) {
    this.state = state;
    this.syntax = syntax;
    this.operators = new Map(operators.map((operator) => [operator.id, operator]));
    this.models = models;
    this.texts = new Texts(state);
    this.facts = new Facts(state, this.texts, syntax);
  }

  archive(island: number): Archive {
    const { archive: settings, evaluation } = strategyOf(this.state, island);
    let made = this.#archives.get(settings);
    if (!made) this.#archives.set(settings, (made = new Map()));
    const weight = evaluation.judge === null ? '' : String(evaluation.judge.weight);
    let archive = made.get(weight);
    if (!archive) made.set(weight, (archive = createArchive(archiveWithJudge(settings, evaluation))));
    return archive;
  }

  selections(settings: SelectionSettings): readonly NamedSelection[] {
    let known = this.#selections.get(settings);
    if (!known) {
      known = strategiesOf(settings).map((each) => ({ name: each.name, selection: createSelection(each.settings) }));
      this.#selections.set(settings, known);
    }
    return known;
  }

  bandit(settings: BanditSettings, exploration: number): Bandit {
    let known = this.#bandits.get(settings);
    if (!known) this.#bandits.set(settings, (known = new Map()));
    let bandit = known.get(exploration);
    if (!bandit) known.set(exploration, (bandit = createBandit(settings, exploration)));
    return bandit;
  }

  view(island: IslandState): ArchiveView {
    return {
      members: island.archive.map((id) => this.facts.of(id)),
      pinned: (id) => this.state.pinned.has(id),
      thresholds: island.thresholds,
      ranges: island.ranges,
    };
  }

  member(id: ProgramId): Member {
    return this.facts.of(id);
  }
}
