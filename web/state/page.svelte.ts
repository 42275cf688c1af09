/** The page: which experiment, which run, and what the buttons do. Views read its fields and call its methods. */
import { experimentFromFolder, seedsOf } from '../engine/folder.ts';
import type { SeedChoice } from '../engine/folder.ts';
import type { Experiment } from '../engine/experiment.ts';
import type { ProgramId } from '../engine/program.ts';
import { readAddress, writeAddress, type Address } from './address.ts';
import { CapabilityTable } from './capabilities.svelte.ts';
import type { Draft, Folder } from './drafts.svelte.ts';
import { Downloads } from './downloads.svelte.ts';
import { isForeign, trust } from './foreign.ts';
import { ModelDoor } from './model-door.svelte.ts';
import { PersonDesk } from './person.svelte.ts';
import type { Picture } from './picture.ts';
import { applyTheme, mayStartByItself, readLastRun, readTheme, writeLastRun, writeTheme } from './preferences.ts';
import type { Theme } from './preferences.ts';
import { ProgramPictures } from './program-pictures.ts';
import { joinedToken } from './joined.ts';
import { RunFeed } from './run-feed.ts';
import { RunView } from './run-view.svelte.ts';
import { Said } from './said.svelte.ts';
import type { CatalogueEntry, RunArchive, RunSource, Services } from './services.ts';
import { ShareDoor } from './share-door.svelte.ts';
import { draftOf, Shelf } from './shelf.svelte.ts';
import { Shells } from './shells.ts';
import { budgetAgain, eventsOf, viewOf } from './stored-view.ts';
import { Steering } from './steering.svelte.ts';
import type { Tab } from './tab.ts';
import type { TemplateId } from './templates/index.ts';

/** Ends of a run that only more for models would change. */
const MODEL_CAPS: ReadonlySet<string> = new Set(['calls', 'tokens', 'dollars']);

/** What went wrong and the one thing to do about it. */
export interface Trouble {
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

export class Page {
  readonly said = new Said();
  readonly downloads = new Downloads();
  readonly capabilities = new CapabilityTable((ask) => this.send(ask));
  readonly steering: Steering;
  readonly models: ModelDoor;
  readonly person = new PersonDesk();
  readonly shares = new ShareDoor(this);
  tab = $state.raw<Tab>('programs');
  theme = $state.raw<Theme>(readTheme());
  helpOpen = $state.raw(false);
  draft = $state.raw<Draft | null>(null);
  /** Which of the folder's seed programs the next run starts from. */
  seedChoice = $state.raw('seed');
  /** Problems of what was last asked to run. */
  problems = $state.raw<readonly string[]>([]);
  run = $state.raw(new RunView(null));
  /** Seed of the generator for the next run. */
  seed = $state.raw(1);
  /** Results a second; null: as fast as it goes. */
  speed = $state.raw<number | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  /** Whether the run on screen comes from the editor and not from the catalogue as it is. */
  own = $state.raw(false);

  #entry = $state.raw<CatalogueEntry | null>(null);
  readonly #shelf: Shelf;
  readonly #shells: Shells;
  readonly #feed: RunFeed;
  #attempt = 0;
  readonly #pictures = new ProgramPictures(() => this.#shells.source());

  constructor(services: Services) {
    this.#shelf = new Shelf(services.catalogue);
    this.#shells = new Shells(services, (source) => {
      void source.commands.enterRelay(joinedToken(location.origin));
      source.subscribe((batch) => this.#feed.receive(batch));
      source.onLoading((loading) => (this.downloads.loading = loading));
      source.onModelTold((told) => this.models.told(told));
      source.answerModels((model, ...call) => this.models.answer(model, ...call));
    });
    this.#feed = new RunFeed(
      () => this.run,
      () => this.#shells.archive(),
    );
    this.steering = new Steering(this);
    this.models = new ModelDoor(this, async () => [this.person.model, ...((await services.pageModels?.()) ?? [])]);
    this.#entry = this.#shelf.first;
    applyTheme(this.theme);
  }

  /** Opens what was open last, or the example the address names, or the first one. */
  async boot(): Promise<void> {
    // What somebody else wrote waits for a person's word; nothing of one's own starts beside it.
    if (this.shares.arrive()) return;
    void this.#shells.source().catch(() => {});
    const address = readAddress(location.hash);
    const named = this.#shelf.find(address.name);
    if (address.seed !== null) return this.#openAddress(address);
    const last = readLastRun();
    if (last !== null && (await this.#reopenLast(last.id, last.playing, named))) return;
    await this.openExample((named ?? this.entry).name);
  }

  /** Another address was typed, or a link followed, while the page is open. */
  follow(): void {
    if (this.shares.arrive()) return;
    const address = readAddress(location.hash);
    if (address.seed !== null || (address.name !== this.entry.name && this.#shelf.find(address.name)))
      void this.#openAddress(address);
  }

  async #openAddress({ name, seed }: Address): Promise<void> {
    const found = this.#shelf.find(name);
    if (seed !== null) this.seed = seed;
    await this.openExample((found ?? this.entry).name);
    if (!found) this.warn(`There is no example “${name}” here. Reload the page, if the link comes from a newer one.`);
  }

  async openExample(name: string, start = true): Promise<void> {
    const entry = this.#shelf.find(name);
    if (!entry) return;
    const attempt = ++this.#attempt;
    this.#entry = entry;
    this.problems = [];
    this.trouble = null;
    this.seedChoice = 'seed';
    history.replaceState(null, '', writeAddress({ name, seed: null }));
    this.#show(new RunView(null));
    const folder = await this.#load(entry);
    if (attempt !== this.#attempt || folder === null) return;
    this.draft = draftOf(entry, folder);
    const result = experimentFromFolder(folder, this.seedChoice);
    if (result.type === 'failed') {
      this.problems = result.problems;
      return;
    }
    this.own = false;
    this.#show(new RunView(result.experiment));
    if (start && mayStartByItself()) await this.#start(result.experiment, false);
  }

  /** Runs the draft as it stands, if it is an experiment. */
  async runDraft(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    const result = experimentFromFolder(draft.files, this.seedChoice);
    this.problems = result.type === 'failed' ? result.problems : [];
    if (result.type === 'failed') return;
    ++this.#attempt;
    this.own = draft.changed && this.entry.own !== true;
    if (this.entry.own === true) this.#shelf.listOwn();
    await this.#start(result.experiment, false);
  }

  /** A new experiment of the person's own, opened under the editor. It does not start by itself. */
  async begin(template: TemplateId, title: string): Promise<void> {
    const name = await this.#shelf.add(template, title);
    if (name === null) {
      const text =
        'The browser does not let this page keep an experiment. It may be out of room, or storage is switched off.';
      this.warn(text);
      return;
    }
    await this.openExample(name, false);
    this.tab = 'experiment';
  }

  /** A folder as an experiment of the person's own; false where the browser keeps none. */
  keepOwn(name: string, folder: Folder): boolean {
    return this.#shelf.put(name, folder);
  }

  /** Takes an experiment of the person's own away; its runs stay. */
  async forget(name: string): Promise<void> {
    if (this.#shelf.remove(name)) await this.openExample(this.#shelf.first.name, false);
  }

  /** The examples, then what the person has written. */
  get catalogue(): readonly CatalogueEntry[] {
    return this.#shelf.entries;
  }

  get entry(): CatalogueEntry {
    return this.#entry as CatalogueEntry;
  }

  get seedChoices(): SeedChoice[] {
    return this.draft === null ? [] : seedsOf(this.draft.files);
  }

  get playing(): boolean {
    return this.run.activity === 'running' || this.run.activity === 'starting';
  }

  async toggle(): Promise<void> {
    const { run } = this;
    if (run.readOnly !== '') return;
    this.steering.stepped = null;
    // Play is no word to spend money: that is said where the sum stands.
    if (this.models.gate !== null) return this.models.show();
    // The size stands beside the button: who presses it has agreed.
    if (this.downloads.asked !== null) return this.downloads.agree();
    switch (run.activity) {
      case 'running':
      case 'starting':
        run.activity = 'paused';
        this.#remember(false);
        await this.send((commands) => commands.pause());
        return;
      case 'paused':
        return this.resume();
      case 'idle':
      case 'failed':
        if (run.experiment) await this.#start(run.experiment, false);
        return;
      case 'finished':
        return this.goOn();
      default:
        run.activity satisfies never;
    }
  }

  /** Gives a finished run as much again. */
  async goOn(): Promise<void> {
    const { experiment, state } = this.run;
    if (!experiment || this.run.activity !== 'finished' || this.run.readOnly !== '') return;
    this.#trustRun();
    // What models may spend is raised where the sum is named.
    if (MODEL_CAPS.has(state.finished ?? '')) return this.models.show();
    this.#remember(true);
    await this.send(async (commands) => {
      const answer = await commands.command({ type: 'budget', budget: budgetAgain(experiment, this.run) });
      if (answer.type === 'ok') await commands.play();
      else this.warn(`The run can’t go on: ${answer.reason}`);
    });
  }

  async step(): Promise<void> {
    if (!(await this.#readyToStep())) return;
    this.steering.stepped = null;
    await this.send((commands) => commands.step());
  }

  async stepStage(): Promise<void> {
    if (await this.#readyToStep()) await this.steering.stepStage();
  }

  /** Begins a run that has not begun. */
  async #readyToStep(): Promise<boolean> {
    const { run } = this;
    if (run.readOnly !== '' || run.activity === 'finished' || run.activity === 'failed') return false;
    if (this.models.gate !== null) {
      await this.models.show();
      return false;
    }
    if (run.activity === 'idle') {
      if (!run.experiment) return false;
      await this.#start(run.experiment, true);
    }
    this.#trustRun();
    this.#remember(false);
    return true;
  }

  /** The same experiment from the start, with the seed in the box. */
  async reset(): Promise<void> {
    const { experiment } = this.run;
    if (experiment) await this.#start(experiment, this.run.activity === 'paused');
  }

  async newSeed(): Promise<void> {
    this.seed = 1 + Math.floor(Math.random() * 9999);
    await this.reset();
  }

  async setSpeed(speed: number | null): Promise<void> {
    this.speed = speed;
    if (this.#shells.opened) await this.send((commands) => commands.setSpeed(speed));
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    writeTheme(theme);
    applyTheme(theme);
  }

  /** Opens a stored run. False where it can't be read. */
  async openRun(id: string, playing: boolean): Promise<boolean> {
    const attempt = ++this.#attempt;
    const archive = await this.#shells.archive();
    const events = await eventsOf(archive, id);
    if (attempt !== this.#attempt) return true;
    const run = viewOf(id, events);
    if (!run?.experiment) return false;
    const { experiment } = run;
    this.#feed.enter(id);
    this.#show(run);
    this.seed = run.state.seed;
    this.trouble = null;
    this.problems = [];
    const entry = this.#shelf.find(experiment.name);
    if (entry) {
      this.#entry = entry;
      history.replaceState(null, '', writeAddress({ name: entry.name, seed: null }));
      void this.#adopt(entry, experiment);
    }
    const held = this.models.holdsRun(run, playing && run.activity === 'paused');
    const going = playing && !held && run.activity === 'paused';
    this.#remember(going);
    const source = await this.#sourceOrTrouble();
    if (!source || attempt !== this.#attempt) return true;
    const result = await source.commands.reopen(id, this.downloads.ids);
    if (result.type === 'asks') {
      if (attempt === this.#attempt) this.downloads.ask(result.downloads, () => void this.openRun(id, true));
      return true;
    }
    if (result.type === 'failed') {
      run.readOnly = `This run can be read but not changed: ${result.reason}`;
      const again = { label: 'Try again', run: () => void this.openRun(id, false) };
      this.trouble = { text: `This run can be read but not continued: ${result.reason}`, action: again };
      return true;
    }
    if (this.speed !== null) await this.send((commands) => commands.setSpeed(this.speed));
    if (going) await this.send((commands) => commands.play());
    return true;
  }

  /** Deletes a stored run; the one on screen is stopped first. */
  async remove(id: string): Promise<void> {
    const here = this.run.runId === id;
    if (here) await this.send((commands) => commands.stop());
    const archive = await this.#shells.archive();
    const removed = await archive.remove(id);
    if (removed.type === 'ok') trust(id);
    if (removed.type === 'failed') this.warn(`The run is still there: ${removed.reason}`);
    if (!here) return;
    writeLastRun(null);
    await this.openExample(this.entry.name);
  }

  async openedArchive(): Promise<RunArchive> {
    return this.#shells.archive();
  }

  /** Evaluates a program once more for its picture, where the log has none. */
  async pictureFor(id: ProgramId): Promise<Picture | null> {
    const { runId } = this.run;
    return runId !== null && isForeign(runId) ? null : this.#pictures.of(id);
  }

  async #reopenLast(id: string, playing: boolean, named: CatalogueEntry | null): Promise<boolean> {
    try {
      const archive = await this.#shells.archive();
      const runs = await archive.runs();
      const found = runs.type === 'ok' ? runs.value.find((run) => run.runId === id) : undefined;
      if (!found || (named !== null && found.name !== named.name)) return false;
      return await this.openRun(id, playing && mayStartByItself());
    } catch {
      return false;
    }
  }

  /** Puts an example's folder under the editor while another run of it is on screen. */
  async #adopt(entry: CatalogueEntry, experiment: Experiment): Promise<void> {
    const folder = await this.#load(entry);
    if (folder === null || this.entry !== entry) return;
    this.draft = draftOf(entry, folder);
    const plain = experimentFromFolder(folder);
    this.own = plain.type === 'ok' && JSON.stringify(plain.experiment.files) !== JSON.stringify(experiment.files);
  }

  async #load(entry: CatalogueEntry): Promise<Folder | null> {
    try {
      return await entry.load();
    } catch {
      const again = { label: 'Try again', run: () => void this.openExample(entry.name) };
      this.trouble = { text: `The example “${entry.title}” could not be loaded.`, action: again };
      return null;
    }
  }

  async startRun(experiment: Experiment, seed = this.seed): Promise<void> {
    this.seed = seed;
    await this.#start(experiment, false);
  }

  /** Goes on with the run on screen. */
  async resume(): Promise<void> {
    this.#trustRun();
    this.run.activity = 'running';
    this.#remember(true);
    await this.send((commands) => commands.play());
  }

  async #start(experiment: Experiment, paused: boolean): Promise<void> {
    const attempt = ++this.#attempt;
    this.trouble = null;
    const run = new RunView(experiment);
    this.#show(run);
    if (this.models.holdsStart(experiment)) return;
    run.activity = 'starting';
    const source = await this.#sourceOrTrouble();
    if (attempt !== this.#attempt) return;
    if (!source) {
      run.activity = 'failed';
      return;
    }
    if (this.speed !== null) await source.commands.setSpeed(this.speed);
    const agreed = this.downloads.ids;
    const result = await source.commands.start({ experiment, seed: this.seed, paused, agreed });
    if (attempt !== this.#attempt) {
      if (result.type === 'ok') this.#feed.leave(result.runId);
      return;
    }
    if (result.type === 'asks') {
      run.activity = 'idle';
      this.downloads.ask(result.downloads, () => void this.#start(experiment, paused));
      return;
    }
    if (result.type === 'failed') {
      run.activity = 'failed';
      run.message = result.reason;
      const again = { label: 'Try again', run: () => void this.#start(experiment, paused) };
      this.trouble = { text: `The run could not start: ${result.reason}`, action: again };
      return;
    }
    run.runId = result.runId;
    this.models.began(result.runId, experiment);
    this.#remember(!paused);
  }

  #show(run: RunView): void {
    if (this.run.runId !== null && this.run.runId !== run.runId) this.#feed.leave(this.run.runId);
    this.#pictures.clear();
    this.steering.reset();
    this.downloads.reset();
    this.run = run;
    void this.models.entered(run);
  }

  /** The person has let it go on. */
  #trustRun(): void {
    if (this.run.runId !== null) trust(this.run.runId);
  }

  #remember(playing: boolean): void {
    if (this.run.runId !== null) writeLastRun({ id: this.run.runId, playing });
  }

  /** Says above the run what can't be helped by a button. */
  warn(text: string): void {
    this.trouble = { text, action: null };
  }

  async send<T>(ask: (commands: RunSource['commands']) => Promise<T>): Promise<T | null> {
    // By the same way as `openRun` goes, so that nothing overtakes the opening of a run.
    const source = await this.#sourceOrTrouble();
    if (!source) return null;
    try {
      return await ask(source.commands);
    } catch (error) {
      this.warn(`The run did not answer: ${wordsOf(error)}`);
      return null;
    }
  }

  async #sourceOrTrouble(): Promise<RunSource | null> {
    try {
      return await this.#shells.source();
    } catch (error) {
      const again = { label: 'Try again', run: () => void this.toggle() };
      this.trouble = { text: `The engine could not be loaded: ${wordsOf(error)}`, action: again };
      return null;
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
