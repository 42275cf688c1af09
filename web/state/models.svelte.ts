/** The models a page can reach, which of them a person chose, and how they are put into a run and taken out again. */
import type { Budget, Experiment, Strategy } from '../engine/experiment.ts';
import type { Price } from '../engine/models/price.ts';
import { priceOf } from '../engine/models/prices.ts';
import type { PageModel } from '../models/page-model.ts';
import type { ModelRoute } from '../models/source.ts';
import type { Gatekeeper, ModelHelm } from './model-gate.ts';
import { BesideChoice } from './model-beside.svelte.ts';
import { outlookOf, outlookWords } from '../engine/models/outlook.ts';
import { raised, worstCall, withBeside, withModels, withoutModels, partOf } from '../engine/models/plan.ts';
import type { Chosen, Part } from '../engine/models/plan.ts';
import { amount, budgetWords } from './model-figures.ts';
import { entriesOf, isPageModel, isPerson, type ModelEntry } from './model-entries.ts';
import { ModelSources } from './model-sources.svelte.ts';
import { FREE, isFree } from './model-words.ts';
import { PageShelf } from './page-shelf.svelte.ts';
import { modelsIn, vectorModelsIn } from '../engine/models/named.ts';
import { formatCount, formatDollars } from './measure.ts';
import { FOUND_TOKENS } from '../engine/models/search.ts';
import { namesIn } from './run-models.ts';
import { budgetAgain, eventsOf } from './stored-view.ts';
import { Spending } from './spending.svelte.ts';

export interface TypedPrice {
  readonly input: string;
  readonly output: string;
}

const FIRST_BUDGET = '0.50';

export class Models {
  readonly sources: ModelSources;
  readonly shelf: PageShelf;
  readonly spending = new Spending((base, account) => this.sources.spent(base, account));
  /** Shares of what is ticked, by row. */
  chosen = $state.raw<Readonly<Record<string, string>>>({});
  /** Prices that a person has typed where nobody knew one, by row. */
  typed = $state.raw<Readonly<Record<string, TypedPrice>>>({});
  /** Who is asked besides. */
  readonly beside = new BesideChoice();
  /** null: as the run has it, which is none of the three. */
  part = $state.raw<Part | null>('half');
  /** Share of the proposals that may search the web, 0–1. */
  search = $state.raw(0);
  /** US dollars the run may spend in all, as typed. */
  budget = $state.raw(FIRST_BUDGET);
  /** What stands in the way of using what is chosen, or what the worker found wrong. */
  problems = $state.raw<readonly string[]>([]);
  sending = $state.raw(false);
  /** The run whose models were ticked when the list was opened. */
  #ticked: unknown = null;
  readonly #helm: ModelHelm;
  readonly #door: Gatekeeper;
  #routes: readonly ModelRoute[] = [];
  #sent = $state.raw<readonly ModelRoute[]>([]);
  /** Settings as they were before models came into a run, by the run. */
  readonly #before = new Map<string, Strategy>();
  constructor(helm: ModelHelm, door: Gatekeeper, pageModels: readonly PageModel[] = []) {
    this.#helm = helm;
    this.#door = door;
    this.shelf = new PageShelf(pageModels);
    this.sources = new ModelSources(
      (ask) => helm.send(ask),
      () => void this.#dropped(),
    );
  }

  /** Finds out what there is. Asks relays who this page is and what they offer; asks no model. */
  async connect(): Promise<void> {
    this.#tick();
    await Promise.all([this.sources.connect(), this.shelf.look()]);
    this.#tick();
  }

  /** Names of the run's models; text, so that it changes only where they do. */
  readonly #wanted = $derived.by(() => namesIn(this.#helm.run.experiment).join('\n'));
  readonly entries: readonly ModelEntry[] = $derived.by(() => this.#entriesOf('text'));
  /** Those that make vectors. */
  readonly makers: readonly ModelEntry[] = $derived.by(() => this.#entriesOf('vectors'));

  #entriesOf(purpose: ModelRoute['purpose']): readonly ModelEntry[] {
    const { all: sources, own } = this.sources;
    return entriesOf({ sources, own, page: this.shelf.all }, this.#wanted.split('\n'), purpose);
  }

  /** Names of a run's models that nothing connected offers. */
  missing(names: readonly string[]): string[] {
    return names.filter((name) => !this.#ready(this.entries, name) && !this.#ready(this.makers, name));
  }

  #ready(entries: readonly ModelEntry[], name: string): ModelEntry | undefined {
    return entries.find((entry) => entry.name === name && entry.standing.type === 'ready');
  }

  /** What is asked beside those that propose, as far as it is connected. */
  get asides(): readonly ModelEntry[] {
    const { text, vectors } = this.beside.wanted;
    const found = [
      ...text.map((name) => this.#ready(this.entries, name)),
      ...vectors.map((name) => this.#ready(this.makers, name)),
    ];
    return found.filter((entry) => entry !== undefined);
  }

  price(entry: ModelEntry): Price | null {
    if (entry.price !== null) return entry.price;
    const typed = this.typed[entry.id];
    const [input, output] = [amount(typed?.input ?? ''), amount(typed?.output ?? '')];
    if (input !== null && output !== null) return { ...FREE, input, cached: input, output };
    return priceOf(entry.name, this.#helm.run.experiment?.strategy.models.prices ?? {});
  }

  choose(entry: ModelEntry, share: string | null): void {
    const { [entry.id]: _, ...rest } = this.chosen;
    this.chosen = share === null ? rest : { ...rest, [entry.id]: share };
    this.problems = [];
  }

  typePrice(entry: ModelEntry, price: TypedPrice): void {
    this.typed = { ...this.typed, [entry.id]: price };
    this.problems = [];
  }

  /** What is ticked and can be used. */
  get picked(): readonly ModelEntry[] {
    return this.entries.filter(({ id, standing }) => this.chosen[id] !== undefined && standing.type === 'ready');
  }

  /** Whether anything ticked costs money. */
  get costs(): boolean {
    return [...this.picked, ...this.asides].some((entry) => {
      const price = this.price(entry);
      return price === null || !isFree(price);
    });
  }

  /** Whether anything ticked can search the web where it is asked. */
  get searches(): boolean {
    return this.picked.some((entry) => this.price(entry)?.search !== undefined);
  }

  /** Most that a search is taken to bring in. */
  readonly foundTokens = FOUND_TOKENS;

  /** Most that a call would cost as things are ticked; null where nothing costs or something is missing. */
  get dearestCall(): { readonly dollars: number; readonly prompt: number; readonly reply: number } | null {
    const { experiment } = this.#helm.run;
    const dollars = amount(this.budget);
    if (experiment === null || !this.costs || dollars === null) return null;
    const strategy = this.#planned(experiment, dollars);
    const worst = this.picked.flatMap(({ name }) => worstCall(strategy, name) ?? []);
    if (worst.length === 0) return null;
    const { promptTokens: prompt, replyTokens: reply } = strategy.models;
    return { dollars: Math.max(...worst), prompt, reply };
  }

  /** What the run is likely to cost as things are ticked, and what of its prompts is left out; empty where something is missing. */
  get outlook(): readonly string[] {
    const { experiment } = this.#helm.run;
    const dollars = this.costs ? amount(this.budget) : null;
    if (experiment === null || this.picked.length === 0 || (this.costs && dollars === null)) return [];
    const strategy = this.#planned(experiment, dollars);
    const budget = this.costs ? { ...experiment.budget, dollars } : experiment.budget;
    const windows = this.picked.flatMap((entry) => {
      // A person reads as much as there is.
      const context = isPerson(entry) ? Number.MAX_SAFE_INTEGER : entry.listed?.context;
      return context ? [[entry.name, context] as const] : [];
    });
    const outlook = outlookOf({ ...experiment, strategy, budget }, Object.fromEntries(windows));
    return outlookWords(outlook, { count: formatCount, dollars: formatDollars });
  }

  get inUse(): boolean {
    return namesIn(this.#helm.run.experiment).length > 0;
  }

  /** Puts what is ticked into the run on screen, within the budget; a run that has not begun begins. True where it is done. */
  async use(): Promise<boolean> {
    const { run } = this.#helm;
    const { experiment } = run;
    if (experiment === null || this.sending) return false;
    this.problems = this.#problemsOf(experiment);
    if (this.problems.length > 0) return false;
    this.sending = true;
    try {
      const dollars = this.costs ? amount(this.budget) : null;
      const strategy = this.#planned(experiment, dollars);
      const going = run.activity === 'finished';
      // A run that has ended gets as much again of what it ended by, besides what its models may spend.
      const from = going ? budgetAgain(experiment, run) : experiment.budget;
      const budget: Budget = dollars === null ? from : { ...from, dollars };
      if (run.activity === 'idle' || run.activity === 'failed') {
        await this.#begin({ ...experiment, strategy, budget }, this.#routesOf());
        return true;
      }
      const gate = this.#door.gate;
      // The cap first: nothing may ask before it stands.
      if (!(await this.#change({ type: 'budget', budget }))) return false;
      this.#routes = this.#routesOf();
      if (run.runId !== null && !this.#before.has(run.runId)) this.#before.set(run.runId, experiment.strategy);
      await this.#route(this.#routes);
      if (!(await this.#change({ type: 'strategy', strategy }))) return false;
      this.#door.allow(run.runId);
      if (gate?.going ?? going) await this.#helm.resume();
      return true;
    } finally {
      this.sending = false;
    }
  }

  /** Lets a run that waits ask the models it has, as they are connected now. False where some are not. */
  async agree(): Promise<boolean> {
    const { gate } = this.#door;
    const { run } = this.#helm;
    if (gate === null || this.missing(gate.names).length > 0) return false;
    const routes = gate.names.flatMap((name) => {
      const entry = this.#ready(this.entries, name) ?? this.#ready(this.makers, name);
      return entry ? [this.#routeOf(entry)] : [];
    });
    if (run.runId === null) {
      if (run.experiment) await this.#begin(run.experiment, routes);
      return true;
    }
    this.#routes = routes;
    await this.#route(routes);
    this.#door.allow(run.runId);
    if (gate.going) await this.#helm.resume();
    return true;
  }

  /** Twice as much of what is spent. */
  async raise(cap: 'calls' | 'tokens' | 'dollars'): Promise<void> {
    const { run } = this.#helm;
    const budget = raised(run.state, cap);
    if (budget === null || this.sending) return;
    const ended = run.activity === 'finished';
    this.sending = true;
    const done = await this.#change({ type: 'budget', budget });
    this.sending = false;
    if (done && budget.dollars !== null) this.budget = budgetWords(budget.dollars);
    if (!done) await this.#door.show();
    else if (ended) await this.#helm.resume();
  }

  /** Goes on, or begins, without models. */
  async takeOut(): Promise<boolean> {
    const { run } = this.#helm;
    const { experiment } = run;
    if (experiment === null || this.sending) return false;
    this.sending = true;
    this.problems = [];
    try {
      const before = run.runId === null ? undefined : this.#before.get(run.runId);
      const operators = before?.operators ?? experiment.strategy.operators;
      const strategy = withoutModels({ ...experiment.strategy, operators });
      if (run.activity === 'idle' || run.activity === 'failed') {
        await this.#helm.startRun({ ...experiment, strategy });
        return true;
      }
      const gate = this.#door.gate;
      if (!(await this.#change({ type: 'strategy', strategy }))) return false;
      this.#routes = [];
      await this.#route([]);
      this.#door.gate = null;
      if (gate?.going) await this.#helm.resume();
      return true;
    } finally {
      this.sending = false;
    }
  }

  /** The same run once more, its replies given again for nothing. Resolves with what is wrong, or nothing. */
  async replay(runId: string): Promise<string> {
    const events = await eventsOf(await this.#helm.openedArchive(), runId);
    const first = events[0];
    if (first?.type !== 'run-started') return 'This run can’t be read.';
    const names = modelsIn(first.experiment.strategy);
    const calls = events.filter(({ type }) => type === 'replied').length;
    if (names.length === 0 || calls === 0)
      return 'This run did not begin with models, so there are no replies that would fit its beginning.';
    const source = { type: 'recorded', runId } as const;
    const vectors = vectorModelsIn(first.experiment.strategy);
    const routes = names.map((name): ModelRoute => {
      const purpose = vectors.includes(name) ? 'vectors' : 'text';
      return { name, source, model: name, price: FREE, purpose };
    });
    // Beyond its last reply there is nobody to ask.
    const budget = { ...first.experiment.budget, calls };
    await this.#begin({ ...first.experiment, budget }, routes, first.seed);
    return '';
  }

  /** Whether the run on screen has its replies from a stored one. */
  get replaying(): boolean {
    return this.#sent.length > 0 && this.#sent.every(({ source }) => source.type === 'recorded');
  }

  /** Whether calls may leave the page for the run that comes on screen. */
  async route(allowed: boolean): Promise<void> {
    await this.#route(allowed ? this.#routes : []);
  }

  /** Ticks the models of the run on screen, once a run. */
  #tick(): void {
    const { run } = this.#helm;
    const { experiment } = run;
    if (experiment === null) return;
    const { ensemble } = experiment.strategy.models;
    const { dollars } = experiment.budget;
    if (this.#ticked !== run) {
      this.#ticked = run;
      this.problems = [];
      this.part = this.inUse ? partOf(experiment.strategy) : 'half';
      this.search = experiment.strategy.models.search.share;
      this.budget = dollars === null ? FIRST_BUDGET : budgetWords(dollars);
      if (Object.keys(ensemble).length > 0) this.chosen = {};
      this.beside.take(experiment.strategy);
    }
    const more = this.entries.flatMap(({ id, name }) => {
      const share = ensemble[name] ?? 0;
      return share > 0 && this.chosen[id] === undefined ? [[id, String(share)] as const] : [];
    });
    if (more.length > 0) this.chosen = { ...this.chosen, ...Object.fromEntries(more) };
  }

  #planned(experiment: Experiment, dollars: number | null): Strategy {
    const { runId, state } = this.#helm.run;
    const before = runId === null ? undefined : this.#before.get(runId);
    const { models, operators } = before ?? experiment.strategy;
    const from = {
      ...experiment.strategy,
      operators: this.part === null ? experiment.strategy.operators : operators,
      models: {
        ...experiment.strategy.models,
        ...{ promptTokens: models.promptTokens, replyTokens: models.replyTokens },
        search: { ...experiment.strategy.models.search, share: this.search },
      },
    };
    const left = dollars === null ? null : Math.max(0, dollars - state.spent.dollars);
    const chosen = this.picked.map((entry) => this.#chosenOf(entry));
    const costs = Object.fromEntries(this.asides.map((entry) => [entry.name, this.price(entry)]));
    const proposing = chosen.length === 0 ? withoutModels(from) : withModels(from, chosen, this.part, left);
    return withBeside(proposing, this.beside.chosen, costs);
  }

  #chosenOf(entry: ModelEntry): Chosen {
    const { listed, name, id } = entry;
    return {
      ...{ name, share: amount(this.chosen[id] ?? '') ?? 1, price: this.price(entry) },
      ...{ context: listed?.context ?? null, reply: listed?.reply ?? null, reasons: listed?.reasons ?? false },
    };
  }

  #problemsOf(experiment: Experiment): string[] {
    const { picked, asides } = this;
    const { text, vectors } = this.beside.wanted;
    if (picked.length + text.length + vectors.length === 0) return ['Tick a model first.'];
    const problems: string[] = [...this.beside.problems];
    if (asides.length < text.length + vectors.length) {
      const lost = [
        ...text.filter((name) => !this.#ready(this.entries, name)),
        ...vectors.filter((name) => !this.#ready(this.makers, name)),
      ];
      problems.push(`Nothing that is connected offers ${lost.map((name) => name || 'vectors').join(', ')}.`);
    }
    for (const entry of picked) {
      const share = amount(this.chosen[entry.id] ?? '');
      if (share === null || share === 0) problems.push(`The share of ${entry.title} must be a number above 0.`);
    }
    for (const entry of new Set([...picked, ...asides])) {
      if (this.price(entry) === null) problems.push(`Nobody knows the price of ${entry.title}: type what it costs.`);
    }
    if (!this.costs) return problems;
    const dollars = amount(this.budget);
    const { spent } = this.#helm.run.state;
    if (dollars === null || dollars === 0) problems.push('The budget must be a sum of US dollars above 0.');
    else if (problems.length === 0) {
      const strategy = this.#planned(experiment, dollars);
      const least = Math.min(...picked.map(({ name }) => worstCall(strategy, name) ?? Infinity));
      if (picked.length > 0 && spent.dollars + least > dollars) {
        const needed = Math.ceil((spent.dollars + least) * 100) / 100;
        const before = spent.dollars > 0 ? `$${spent.dollars.toFixed(4)} is spent already, and one` : 'One';
        problems.push(
          `${before} call may cost up to $${least.toFixed(4)}: the budget must be $${needed.toFixed(2)} or more.`,
        );
      }
    }
    return problems;
  }

  async #begin(experiment: Experiment, routes: readonly ModelRoute[], seed?: number): Promise<void> {
    this.#routes = routes;
    this.#door.allowNext(experiment);
    await this.#helm.startRun(experiment, seed);
  }

  async #change(
    command: { type: 'budget'; budget: Budget } | { type: 'strategy'; strategy: Strategy },
  ): Promise<boolean> {
    const answer = await this.#helm.steering.command(command);
    if (answer.type === 'ok') return true;
    this.problems = answer.problems.length > 0 ? answer.problems : [answer.reason];
    return false;
  }

  #routesOf(): ModelRoute[] {
    return [...new Set([...this.picked, ...this.asides])].map((entry) => this.#routeOf(entry));
  }

  #routeOf(entry: ModelEntry): ModelRoute {
    const { from, listed, name } = entry;
    const price = this.price(entry);
    if (isPageModel(from))
      return { name, source: { type: 'page', model: from.id }, model: from.id, price, purpose: 'text' };
    return { name, source: from.way, model: listed?.model ?? name, price, purpose: listed?.purpose ?? 'text' };
  }

  async #route(routes: readonly ModelRoute[]): Promise<void> {
    if (routes.length === 0 && this.#sent.length === 0) return;
    this.#sent = routes;
    await this.#helm.send((commands) => commands.useModels(routes));
  }

  /** A source has gone: what led to it leads nowhere. */
  async #dropped(): Promise<void> {
    const ways = new Set(this.sources.all.map(({ way }) => JSON.stringify(way)));
    const stays = ({ source }: ModelRoute): boolean =>
      source.type === 'page' || source.type === 'recorded' || ways.has(JSON.stringify(source));
    const ids = new Set(this.sources.all.map(({ id }) => id));
    this.#routes = this.#routes.filter(stays);
    this.chosen = Object.fromEntries(
      Object.entries(this.chosen).filter(([id]) => id.startsWith('page ') || ids.has(id.slice(0, id.indexOf(' ')))),
    );
    await this.#route(this.#sent.filter(stays));
  }
}
