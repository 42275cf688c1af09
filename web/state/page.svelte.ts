/** The page: which experiment, which run, and what the buttons do. Views read its fields and call its methods. */
import { experimentFromFolder, seedsOf } from '../engine/folder.ts';
import type { SeedChoice } from '../engine/folder.ts';
import type { RunEvent } from '../engine/events.ts';
import type { Experiment } from '../engine/experiment.ts';
import type { ProgramId } from '../engine/program.ts';
import type { EventBatch } from '../worker/protocol.ts';
import { CapabilityTable } from './capabilities.svelte.ts';
import { Draft } from './drafts.svelte.ts';
import type { Folder } from './drafts.svelte.ts';
import { Downloads } from './downloads.svelte.ts';
import type { KeyCommand } from './keys.ts';
import { freeName, ownEntries, removeOwn, writeOwn } from './own-experiments.ts';
import { parsePicture } from './picture.ts';
import type { Picture } from './picture.ts';
import { applyTheme, mayStartByItself, readLastRun, readTheme, writeLastRun, writeTheme } from './preferences.ts';
import type { Theme } from './preferences.ts';
import { RunView } from './run-view.svelte.ts';
import { Said } from './said.svelte.ts';
import type { CatalogueEntry, RunArchive, RunSource, Services } from './services.ts';
import { Steering } from './steering.svelte.ts';
import type { TemplateId } from './templates/index.ts';

export type Tab = 'programs' | 'steer' | 'experiment' | 'runs';

/** What went wrong and the one thing to do about it. */
export interface Trouble {
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

export class Page {
  /** The examples, then what the person has written. */
  catalogue = $state.raw<readonly CatalogueEntry[]>([]);
  readonly said = new Said();
  readonly downloads = new Downloads();
  readonly capabilities = new CapabilityTable((ask) => this.send(ask));
  readonly steering: Steering;
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
  archive = $state.raw<RunArchive | null>(null);
  /** Whether the run on screen comes from the editor and not from the catalogue as it is. */
  own = $state.raw(false);

  #entry = $state.raw<CatalogueEntry | null>(null);
  readonly #services: Services;
  #source: RunSource | null = null;
  #sourceOpening: Promise<RunSource> | null = null;
  #archiveOpening: Promise<RunArchive> | null = null;
  /** Runs that have left the screen; what still comes from them is not for us. */
  readonly #left = new Set<string>();
  #attempt = 0;
  #missing = false;
  readonly #pictures = new Map<ProgramId, Promise<Picture | null>>();

  constructor(services: Services) {
    this.#services = services;
    this.catalogue = [...services.catalogue, ...ownEntries()];
    this.steering = new Steering(this);
    const first = services.catalogue.find((entry) => entry.name === 'circle-packing') ?? services.catalogue[0];
    if (!first) throw new Error('the catalogue is empty');
    this.#entry = first;
    applyTheme(this.theme);
  }

  /** Opens what was open last, or the example the address names, or the first one. */
  async boot(): Promise<void> {
    void this.#openSource().catch(() => {});
    const named = this.catalogue.find((entry) => entry.name === decodeURIComponent(location.hash.slice(1)));
    const last = readLastRun();
    if (last !== null && (await this.#reopenLast(last.id, last.playing, named ?? null))) return;
    await this.openExample((named ?? this.entry).name);
  }

  async openExample(name: string, start = true): Promise<void> {
    const entry = this.catalogue.find((each) => each.name === name);
    if (!entry) return;
    const attempt = ++this.#attempt;
    this.#entry = entry;
    this.problems = [];
    this.trouble = null;
    this.seedChoice = 'seed';
    history.replaceState(null, '', `#${encodeURIComponent(name)}`);
    this.#show(new RunView(null));
    const folder = await this.#load(entry);
    if (attempt !== this.#attempt || folder === null) return;
    this.draft = this.#draftOf(entry, folder);
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
    if (this.entry.own === true) this.#listOwn();
    await this.#start(result.experiment, false);
  }

  /** A new experiment of the person's own, opened under the editor. It does not start by itself. */
  async begin(template: TemplateId, title: string): Promise<void> {
    const { templateFolder } = await import('./templates/index.ts');
    const name = freeName(
      title,
      this.catalogue.map((each) => each.name),
    );
    const folder = templateFolder(template, name, title);
    if (!writeOwn(name, folder)) {
      const text =
        'The browser does not let this page keep an experiment. It may be out of room, or storage is switched off.';
      this.trouble = { text, action: null };
      return;
    }
    this.#listOwn();
    await this.openExample(name, false);
    this.tab = 'experiment';
  }

  /** Takes an experiment of the person's own away; its runs stay. */
  async forget(name: string): Promise<void> {
    if (!this.catalogue.some((each) => each.name === name && each.own)) return;
    removeOwn(name);
    this.#listOwn();
    await this.openExample((this.#services.catalogue[0] as CatalogueEntry).name, false);
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
    // The size stands beside the button: who presses it has agreed.
    if (this.downloads.asked !== null) return this.downloads.agree();
    switch (run.activity) {
      case 'running':
      case 'starting':
        run.activity = 'paused';
        this.#remember(false);
        return this.#command((commands) => commands.pause());
      case 'paused':
        run.activity = 'running';
        this.#remember(true);
        return this.#command((commands) => commands.play());
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
    const { experiment } = this.run;
    if (!experiment || this.run.activity !== 'finished' || this.run.readOnly !== '') return;
    const { budget } = experiment;
    const { state } = this.run;
    const more = (cap: number | null, spent: number, least: number): number | null =>
      cap === null ? null : spent + Math.max(cap, least);
    this.#remember(true);
    await this.#command(async (commands) => {
      // What models cost is given again by a person who names the sum, never by a button that means "go on".
      const answer = await commands.command({
        type: 'budget',
        budget: {
          ...budget,
          evaluations: more(budget.evaluations, this.run.evaluations, 1000),
          milliseconds: more(budget.milliseconds, state.elapsed, 60_000),
          workMilliseconds: more(budget.workMilliseconds, state.work, 60_000),
        },
      });
      if (answer.type === 'ok') await commands.play();
      else this.trouble = { text: `The run can’t go on: ${answer.reason}`, action: null };
    });
  }

  async step(): Promise<void> {
    if (!(await this.#readyToStep())) return;
    this.steering.stepped = null;
    await this.#command((commands) => commands.step());
  }

  async stepStage(): Promise<void> {
    if (await this.#readyToStep()) await this.steering.stepStage();
  }

  /** Begins a run that has not begun. */
  async #readyToStep(): Promise<boolean> {
    const { run } = this;
    if (run.readOnly !== '' || run.activity === 'finished' || run.activity === 'failed') return false;
    if (run.activity === 'idle') {
      if (!run.experiment) return false;
      await this.#start(run.experiment, true);
    }
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
    if (this.#source) await this.#command((commands) => commands.setSpeed(speed));
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    writeTheme(theme);
    applyTheme(theme);
  }

  /** Opens a stored run. False where it can't be read. */
  async openRun(id: string, playing: boolean): Promise<boolean> {
    const attempt = ++this.#attempt;
    const archive = await this.#openArchive();
    const events = await eventsOf(archive, id);
    if (attempt !== this.#attempt) return true;
    const first = events[0];
    if (first?.type !== 'run-started') return false;
    const run = new RunView(first.experiment);
    run.runId = id;
    run.load(events);
    run.activity = run.state.finished === null ? 'paused' : 'finished';
    this.#left.delete(id);
    this.#show(run);
    this.seed = run.state.seed;
    this.trouble = null;
    this.problems = [];
    const entry = this.catalogue.find((each) => each.name === first.experiment.name);
    if (entry) {
      this.#entry = entry;
      history.replaceState(null, '', `#${encodeURIComponent(entry.name)}`);
      void this.#adopt(entry, first.experiment);
    }
    const going = playing && run.activity === 'paused';
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
    if (this.speed !== null) await this.#command((commands) => commands.setSpeed(this.speed));
    if (going) await this.#command((commands) => commands.play());
    return true;
  }

  /** Deletes a stored run; the one on screen is stopped first. */
  async remove(id: string): Promise<void> {
    const here = this.run.runId === id;
    if (here) await this.#command((commands) => commands.stop());
    const archive = await this.#openArchive();
    const removed = await archive.remove(id);
    if (removed.type === 'failed') this.trouble = { text: `The run is still there: ${removed.reason}`, action: null };
    if (!here) return;
    writeLastRun(null);
    await this.openExample(this.entry.name);
  }

  async openedArchive(): Promise<RunArchive> {
    return this.#openArchive();
  }

  /** Evaluates a program once more for its picture, where the log has none. */
  pictureFor(id: ProgramId): Promise<Picture | null> {
    let found = this.#pictures.get(id);
    if (!found) {
      const { run } = this;
      found = this.#openSource()
        .then((source) => source.commands.picture(id))
        .then((result) => (result.type === 'ok' && run === this.run ? parsePicture(result.picture) : null))
        .catch(() => null);
      if (this.#pictures.size > 200) this.#pictures.clear();
      this.#pictures.set(id, found);
    }
    return found;
  }

  press(command: KeyCommand): void {
    const { run } = this;
    switch (command) {
      case 'toggle':
        void this.toggle();
        return;
      case 'step':
        void this.step();
        return;
      case 'stage':
        void this.stepStage();
        return;
      case 'best':
        run.select(null);
        return;
      case 'previous':
        run.move(-1);
        return;
      case 'next':
        run.move(1);
        return;
      case 'parent':
        if (run.shown && run.shown.parent !== null) run.select(run.shown.parent);
        return;
      case 'seed':
        run.select(0);
        return;
      case 'help':
        this.helpOpen = true;
        return;
      default:
        command satisfies never;
    }
  }

  async #reopenLast(id: string, playing: boolean, named: CatalogueEntry | null): Promise<boolean> {
    try {
      const archive = await this.#openArchive();
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
    this.draft = this.#draftOf(entry, folder);
    const plain = experimentFromFolder(folder);
    this.own = plain.type === 'ok' && JSON.stringify(plain.experiment.files) !== JSON.stringify(experiment.files);
  }

  #draftOf({ name, own }: CatalogueEntry, folder: Folder): Draft {
    return new Draft(name, folder, own === true ? (files) => writeOwn(name, files) : null);
  }

  #listOwn(): void {
    this.catalogue = [...this.#services.catalogue, ...ownEntries()];
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

  async #start(experiment: Experiment, paused: boolean): Promise<void> {
    const attempt = ++this.#attempt;
    this.trouble = null;
    const run = new RunView(experiment);
    run.activity = 'starting';
    this.#show(run);
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
      if (result.type === 'ok') this.#left.add(result.runId);
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
    this.#remember(!paused);
  }

  #show(run: RunView): void {
    if (this.run.runId !== null && this.run.runId !== run.runId) this.#left.add(this.run.runId);
    this.#pictures.clear();
    this.steering.reset();
    this.downloads.reset();
    this.run = run;
  }

  #receive(batch: EventBatch): void {
    const { run } = this;
    if (this.#left.has(batch.runId)) return;
    if (run.runId === null && batch.from === 0 && run.activity === 'starting') run.runId = batch.runId;
    if (run.runId !== batch.runId) return;
    if (run.receive(batch) || this.#missing) return;
    this.#missing = true;
    void this.#openArchive()
      .then((archive) => eventsOf(archive, batch.runId))
      .then((events) => {
        run.load(events);
        run.receive(batch);
      })
      .catch(() => {})
      .finally(() => (this.#missing = false));
  }

  #remember(playing: boolean): void {
    if (this.run.runId !== null) writeLastRun({ id: this.run.runId, playing });
  }

  async #command(ask: (commands: RunSource['commands']) => Promise<void>): Promise<void> {
    await this.send(ask);
  }

  async send<T>(ask: (commands: RunSource['commands']) => Promise<T>): Promise<T | null> {
    // By the same way as `openRun` goes, so that nothing overtakes the opening of a run.
    const source = await this.#sourceOrTrouble();
    if (!source) return null;
    try {
      return await ask(source.commands);
    } catch (error) {
      this.trouble = { text: `The run did not answer: ${wordsOf(error)}`, action: null };
      return null;
    }
  }

  async #sourceOrTrouble(): Promise<RunSource | null> {
    try {
      return await this.#openSource();
    } catch (error) {
      const again = { label: 'Try again', run: () => void this.toggle() };
      this.trouble = { text: `The engine could not be loaded: ${wordsOf(error)}`, action: again };
      return null;
    }
  }

  #openSource(): Promise<RunSource> {
    this.#sourceOpening ??= this.#services.openRuns(document).then(
      (source) => {
        this.#source = source;
        source.subscribe((batch) => this.#receive(batch));
        source.onLoading((loading) => (this.downloads.loading = loading));
        return source;
      },
      (error: unknown) => {
        this.#sourceOpening = null;
        throw error;
      },
    );
    return this.#sourceOpening;
  }

  #openArchive(): Promise<RunArchive> {
    this.#archiveOpening ??= this.#services.openArchive().then(
      (archive) => (this.archive = archive),
      (error: unknown) => {
        this.#archiveOpening = null;
        throw error;
      },
    );
    return this.#archiveOpening;
  }
}

async function eventsOf(archive: RunArchive, id: string): Promise<readonly RunEvent[]> {
  const events = await archive.events(id);
  return events.type === 'ok' ? events.value : [];
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
