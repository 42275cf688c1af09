/** Giving an experiment or a run to others, by a link or a file, and opening what others gave. */
import { experimentFromFolder } from '../engine/folder.ts';
import { readContent, writeContent, type Content } from '../share/content.ts';
import { LONGEST_LINK, readFragment, readInline, shareFragment, writeInline } from '../share/link.ts';
import { maskContent, maskText, type Masked } from '../share/mask.ts';
import { canSeal } from '../share/seal.ts';
import { readShare, writeShare } from '../share/share.ts';
import { writeAddress } from './address.ts';
import { arrivalOf, readFile, tornWords, type Arrival } from './arrival.ts';
import { editable } from './drafts.svelte.ts';
import type { Draft, Folder } from './drafts.svelte.ts';
import type { ModelDoor } from './model-door.svelte.ts';
import { markForeign } from './foreign.ts';
import { freeName, readOwn } from './own-experiments.ts';
import { forgetOwnLink, keepOwnLink, ownLinks } from './own-shares.ts';
import { importRun } from './run-import.ts';
import type { RunView } from './run-view.svelte.ts';
import type { CatalogueEntry, RunArchive } from './services.ts';
import { fetchShare, listShares, putShare, removeShare, type KeptShare } from './share-relay.ts';
import type { Tab } from './tab.ts';

/** What of the page sharing reads and moves. */
export interface ShareHelm {
  readonly run: RunView;
  readonly draft: Draft | null;
  readonly entry: CatalogueEntry;
  /** Of the generator, for the next run. */
  readonly seed: number;
  readonly catalogue: readonly CatalogueEntry[];
  readonly models: ModelDoor;
  tab: Tab;
  /** Says it above the run. */
  warn(text: string): void;
  boot(): Promise<void>;
  openRun(id: string, playing: boolean): Promise<boolean>;
  openExample(name: string, start?: boolean): Promise<void>;
  openedArchive(): Promise<RunArchive>;
  /** A folder as an experiment of the person's own; false where the browser keeps none. */
  keepOwn(name: string, folder: Folder): boolean;
}

export type What = Content['kind'];

/** What could be given, as it would leave the page. */
export interface Parcel {
  readonly content: Content;
  /** Where something that looks like a secret was covered. */
  readonly covered: readonly string[];
  /** The whole of it as a link; null for runs. */
  readonly link: string | null;
}

export interface OwnShare extends KeptShare {
  readonly title: string;
  /** With its key; null where this browser does not know the share. */
  readonly link: string | null;
}

/** What this page's relay says of shares. */
export type Relay =
  | { readonly type: 'looking' | 'none' | 'wants-code' }
  | { readonly type: 'in'; readonly base: string; readonly token: string };

export class Sharing {
  what = $state.raw<What>('experiment');
  note = $state.raw('');
  sealed = $state.raw(canSeal());
  parcel = $state.raw<Parcel | null>(null);
  relay = $state.raw<Relay>({ type: 'looking' });
  own = $state.raw<readonly OwnShare[]>([]);
  busy = $state.raw(false);
  /** The link made last. */
  made = $state.raw('');
  problem = $state.raw('');
  /** What came by a link or a file. */
  arrival = $state.raw<Arrival | null>(null);
  refused = $state.raw('');
  readonly canSeal = canSeal();
  readonly #helm: ShareHelm;
  readonly #left: () => void;
  /** What is chosen, without the note. */
  #bare: Masked | null = null;
  #packing = 0;
  #arriving = 0;

  /** `left`: the card of what was shared is to go. */
  constructor(helm: ShareHelm, left: () => void) {
    this.#helm = helm;
    this.#left = left;
  }

  get hasRun(): boolean {
    return this.#helm.run.runId !== null && this.#helm.run.taken > 1;
  }

  /** Link of what is packed, where it is short enough to be carried whole. */
  get inline(): string | null {
    const link = this.parcel?.link ?? null;
    return link === null || link.length > LONGEST_LINK ? null : this.#addressOf(link);
  }

  /** Link of an example as it came with the page, with the seed of its run; null where anything of it was changed. */
  get example(): string | null {
    const { draft, entry, seed } = this.#helm;
    if (this.what !== 'experiment' || draft === null || draft.changed || entry.own === true) return null;
    return this.#addressOf(writeAddress({ name: entry.name, seed }));
  }

  async look(): Promise<void> {
    this.problem = this.made = '';
    if (!this.hasRun) this.what = 'experiment';
    await Promise.all([this.#pack(), this.#connect()]);
  }

  choose(what: What): void {
    this.what = what;
    void this.#pack();
  }

  seal(sealed: boolean): void {
    this.sealed = sealed;
    this.made = '';
  }

  write(note: string): void {
    this.note = note;
    this.made = '';
    void this.#wrap();
  }

  /** Packs what is chosen as it now stands. */
  async #pack(): Promise<void> {
    const turn = ++this.#packing;
    this.made = this.problem = '';
    this.parcel = this.#bare = null;
    const content = await this.#content().catch(() => null);
    if (turn !== this.#packing) return;
    if (content === null) {
      this.problem = this.what === 'run' ? 'The run can’t be read.' : 'The experiment is not loaded yet.';
      return;
    }
    const masked = maskContent(content);
    const back = masked.places.length === 0 ? null : readBack(masked.content);
    if (back?.type === 'failed') {
      this.problem = `What looks like a secret in ${masked.places.slice(0, 3).join('; ')} can’t be covered without breaking the whole: take it out or give it another name. (${back.reason})`;
      return;
    }
    this.#bare = masked;
    await this.#wrap();
  }

  /** With the note as it now stands: the rest has been looked through already. */
  async #wrap(): Promise<void> {
    const bare = this.#bare;
    if (bare === null) return;
    const note = this.note.trim();
    const content = { ...bare.content, note: maskText(note) };
    const covered = content.note === note ? bare.places : ['the note', ...bare.places];
    const link = content.kind === 'experiment' ? await writeInline(content) : null;
    if (bare === this.#bare && note === this.note.trim()) this.parcel = { content, covered, link };
  }

  /** Puts it at the relay. */
  async make(): Promise<void> {
    const { relay, sealed } = this;
    if (relay.type !== 'in' || this.busy) return;
    this.busy = true;
    this.problem = this.made = '';
    try {
      // The note may have been written this moment.
      await this.#wrap();
      const { parcel } = this;
      if (parcel === null) return;
      const written = await writeShare(parcel.content, sealed);
      if (written.type === 'failed') {
        this.problem = written.reason;
        return;
      }
      const put = await putShare(relay.base, relay.token, written.bytes, sealed);
      if (put.type !== 'ok') {
        this.problem = put.words;
        return;
      }
      const fragment = shareFragment(put.value, written.key);
      keepOwnLink(put.value, { title: parcel.content.title, fragment });
      this.made = this.#addressOf(fragment);
      await this.#list();
    } finally {
      this.busy = false;
    }
  }

  async remove(id: string): Promise<void> {
    const { relay } = this;
    if (relay.type !== 'in') return;
    const removed = await removeShare(relay.base, relay.token, id);
    this.problem = removed.type === 'ok' ? '' : removed.words;
    if (removed.type === 'ok') {
      if (this.made.includes(id)) this.made = '';
      forgetOwnLink(id);
    }
    await this.#list();
  }

  /** What is chosen, for a file: a run as a log, an experiment as a link would hold it. */
  file(): { readonly name: string; readonly text: string } | null {
    const content = this.parcel?.content;
    if (content === undefined) return null;
    const name = freeName(content.title, []);
    if (content.kind === 'run') return { name: `${name}.jsonl`, text: content.log };
    return { name: `${name}.json`, text: JSON.stringify({ v: 1, ...content }) };
  }

  /** Reads what the address holds. */
  async arrive(hash: string): Promise<void> {
    const turn = ++this.#arriving;
    this.arrival = null;
    this.refused = '';
    const read = await this.#fetch(hash);
    if (turn !== this.#arriving) return;
    const opened = read.type === 'ok' ? arrivalOf(read.content) : read;
    if (opened.type === 'ok') this.arrival = opened.arrival;
    else this.refused = opened.reason;
  }

  /** Opens a file of a run or an experiment; resolves with what is wrong, or nothing. */
  async openFile(name: string, text: string): Promise<string> {
    const found = readFile(name, text);
    const opened = found.type === 'ok' ? arrivalOf(found.content) : found;
    return opened.type === 'ok' ? this.#take(opened.arrival) : opened.reason;
  }

  /** What the card shows, as something of the person's own. */
  async open(): Promise<void> {
    const { arrival } = this;
    if (arrival === null || this.busy) return;
    this.busy = true;
    this.refused = await this.#take(arrival).finally(() => (this.busy = false));
    if (this.refused === '') this.#leave();
  }

  /** Leaves what was shared, for what was open before. */
  async dismiss(): Promise<void> {
    this.#leave();
    const { run, entry } = this.#helm;
    const before = run.experiment !== null;
    history.replaceState(null, '', before ? writeAddress({ name: entry.name, seed: null }) : location.pathname);
    if (!before) await this.#helm.boot();
  }

  #leave(): void {
    ++this.#arriving;
    this.arrival = null;
    this.#left();
  }

  /** Resolves with what is wrong, or nothing. */
  async #take({ what }: Arrival): Promise<string> {
    const helm = this.#helm;
    if (what.type === 'run') {
      const imported = await importRun(await helm.openedArchive(), what.events);
      if (imported.type === 'failed') return `The run could not be kept: ${imported.reason}`;
      const { runId, added } = imported.value;
      if (added) markForeign(runId);
      if (!(await helm.openRun(runId, false))) return 'The run could not be shown.';
      helm.tab = 'programs';
      if (what.torn !== null) helm.warn(`Of this run ${tornWords(what.torn)}.`);
      return '';
    }
    const { folder } = what;
    const same = helm.catalogue.find(
      ({ own, name }) => own === true && JSON.stringify(readOwn(name)) === JSON.stringify(named(folder, name)),
    );
    const name =
      same?.name ??
      freeName(
        nameIn(folder),
        helm.catalogue.map((entry) => entry.name),
      );
    if (!same && !helm.keepOwn(name, named(folder, name)))
      return 'The browser does not let this page keep an experiment. It may be out of room, or storage is switched off.';
    await helm.openExample(name, false);
    helm.tab = 'experiment';
    return '';
  }

  async #fetch(hash: string): ReturnType<typeof readInline> {
    const fragment = readFragment(hash);
    switch (fragment.type) {
      case 'none':
        return { type: 'failed', reason: 'There is nothing shared in this address.' };
      case 'bad':
        return { type: 'failed', reason: fragment.words };
      case 'inline':
        return readInline(fragment.body);
      case 'share': {
        const base = ownBase();
        if (base === null)
          return { type: 'failed', reason: 'A page opened from a file has no relay to ask for a share.' };
        const fetched = await fetchShare(base, fragment.id);
        return fetched.type === 'ok'
          ? readShare(fragment.id, fetched.value, fragment.key)
          : { type: 'failed', reason: fetched.words };
      }
      default:
        return fragment satisfies never;
    }
  }

  async #content(): Promise<Content | null> {
    const { run, draft } = this.#helm;
    const note = '';
    if (this.what === 'run') {
      if (run.runId === null || run.experiment === null) return null;
      const archive = await this.#helm.openedArchive();
      const log = await archive.exportJsonl(run.runId);
      return log.type === 'ok' ? { kind: 'run', title: run.experiment.title, note, log: await log.value.text() } : null;
    }
    if (draft === null) return null;
    const folder = needed(draft.files);
    const found = experimentFromFolder(folder);
    const title = found.type === 'ok' ? found.experiment.title : this.#helm.entry.title;
    return { kind: 'experiment', title, note, folder };
  }

  /** By the way the page's models take: a page is one member of its relay, not two. */
  async #connect(): Promise<void> {
    const { models } = this.#helm;
    const loaded = await models.load();
    await loaded?.connect();
    const sources = loaded?.sources ?? null;
    const way = sources?.all
      .map((source) => source.way)
      .find((each) => each.type === 'relay' && each.base === sources.own);
    if (way?.type === 'relay') this.relay = { type: 'in', base: way.base, token: way.token };
    else this.relay = { type: sources?.ownRelay === 'wants-code' ? 'wants-code' : 'none' };
    await this.#list();
  }

  async #list(): Promise<void> {
    const { relay } = this;
    if (relay.type !== 'in') {
      this.own = [];
      return;
    }
    const listed = await listShares(relay.base, relay.token);
    if (listed.type !== 'ok') {
      this.problem = listed.words;
      return;
    }
    const links = ownLinks();
    this.own = listed.value
      .toSorted((a, b) => b.created - a.created)
      .map((share) => {
        const link = links.get(share.id);
        return { ...share, title: link?.title ?? 'A share', link: link ? this.#addressOf(link.fragment) : null };
      });
  }

  #addressOf(fragment: string): string {
    return `${location.origin}${location.pathname}${fragment}`;
  }
}

/** As who opens it will read it. */
function readBack(content: Content): ReturnType<typeof arrivalOf> {
  const read = readContent(writeContent(content));
  return read.type === 'ok' ? arrivalOf(read.content) : read;
}

/** Without pictures, recordings and what nothing names. */
function needed(files: Folder): Folder {
  const kept = new Set(editable(files));
  const folder = Object.fromEntries(Object.entries(files).filter(([path]) => kept.has(path)));
  return experimentFromFolder(folder).type === 'ok' ? folder : files;
}

/** Its manifest under another name: the list of experiments goes by it. */
function named(folder: Folder, name: string): Folder {
  const manifest = JSON.parse(folder['experiment.json'] ?? '{}') as Readonly<Record<string, unknown>>;
  return { ...folder, 'experiment.json': `${JSON.stringify({ ...manifest, name }, null, 2)}\n` };
}

function nameIn(folder: Folder): string {
  const found = experimentFromFolder(folder);
  return found.type === 'ok' ? found.experiment.name : 'shared';
}

function ownBase(): string | null {
  return /^https?:/.test(location.origin) ? `${location.origin}/api/v1` : null;
}
