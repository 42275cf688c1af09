/** Where models come from: this page's relay, relays joined by a code, endpoints of the person's own, stored runs. */
import type { EndpointKind, Listed, ModelSource } from '../models/source.ts';
import type { Spent } from '../models/relay.ts';
import * as box from './key-box.ts';
import { sourceTitle } from './model-words.ts';
import {
  baseOf,
  enter,
  join,
  joinedRelays,
  keepOwnToken,
  keepToken,
  leave,
  placeOf,
  standing,
  ownToken,
  type Standing,
} from './relay-access.ts';
import type { RunSource } from './services.ts';
import type { Source } from './model-source.ts';

/** What this page's own relay says to a page that asks nothing but to come in. */
export type OwnRelay = 'unknown' | 'none' | 'wants-code' | 'in';

export type Ask = <T>(ask: (commands: RunSource['commands']) => Promise<T>) => Promise<T | null>;

const UNANSWERED: Listed = { type: 'failed', reason: 'The list could not be had', remedy: 'Try again' };

export class ModelSources {
  all = $state.raw<readonly Source[]>([]);
  ownRelay = $state.raw<OwnRelay>('unknown');
  /** Whether keys are kept in this browser. */
  keysKept = $state.raw(box.isKept());
  /** API of the relay this page comes from; null where it comes from a file. */
  readonly own = ownBase();
  readonly #ask: Ask;
  readonly #gone: () => void;
  #connecting: Promise<void> | null = null;

  /** `gone`: a source is there no more, or has another key. */
  constructor(ask: Ask, gone: () => void) {
    this.#ask = ask;
    this.#gone = gone;
  }

  /** Relays this page may use without being asked for anything. */
  connect(): Promise<void> {
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = null));
    return this.#connecting;
  }

  /** Resolves with what is wrong, or nothing. */
  async join(address: string | null, code: string, name: string): Promise<string> {
    const base = address === null ? this.own : baseOf(address);
    if (base === null) return 'This is no address of a relay. One looks like https://relay.example.org.';
    const joined = await join(base, code, name.trim() === '' ? 'somebody' : name);
    if (joined.type !== 'ok') return joined.words;
    const { token } = joined.value;
    keepToken(base, token);
    if (base === this.own) {
      this.ownRelay = 'in';
      void this.#ask((commands) => commands.enterRelay(token));
    }
    await this.#addRelay(base, token);
    return '';
  }

  async addEndpoint(kind: EndpointKind, base: string | null, key: string): Promise<void> {
    const address = base === null ? null : base.trim().replace(/\/+$/, '');
    const trimmed = key.trim();
    await this.#add({ type: 'endpoint', kind, base: address, key: trimmed === '' ? null : trimmed }, null);
    this.#gone();
  }

  /** A relay that was joined is left: the token is good for nothing then, here and there. */
  async remove(source: Source): Promise<void> {
    const { way, id } = source;
    this.all = this.all.filter((each) => each.id !== id);
    if (way.type === 'relay') {
      keepToken(way.base, null);
      keepOwnToken(way.base, null);
      if (way.base === this.own) {
        this.ownRelay = 'wants-code';
        void this.#ask((commands) => commands.enterRelay(null));
      }
      await leave(way.base, way.token);
    }
    this.#gone();
  }

  async again(source: Source): Promise<void> {
    if (source.way.type === 'relay') await this.#addRelay(source.way.base, source.way.token);
    else await this.#add(source.way, source.standing);
  }

  /** What the page has spent at a relay, as it says with each reply. */
  spent(base: string, own: Spent): void {
    const source = this.all.find(({ way }) => way.type === 'relay' && way.base === base);
    if (source?.standing) this.#change(source.id, { standing: { ...source.standing, own } });
  }

  /** What is left at every relay. */
  async refresh(): Promise<void> {
    await Promise.all(
      this.all.map(async ({ id, way }) => {
        if (way.type !== 'relay') return;
        const said = await standing(way.base, way.token);
        if (said.type === 'ok') this.#change(id, { standing: said.value });
      }),
    );
  }

  /** Keeps the keys of all endpoints under a passphrase. Resolves with what is wrong, or nothing. */
  async keepKeys(passphrase: string): Promise<string> {
    const kept: Record<string, string> = {};
    for (const { id, way } of this.all) {
      if (way.type === 'endpoint' && way.key !== null) kept[id] = JSON.stringify([way.kind, way.base, way.key]);
    }
    const problem = await box.keep(kept, passphrase);
    this.keysKept = box.isKept();
    return problem;
  }

  /** Connects the endpoints whose keys are kept. Resolves with what is wrong, or nothing. */
  async unlock(passphrase: string): Promise<string> {
    const opened = await box.takeOut(passphrase);
    if (opened.type === 'wrong') return 'This is not the passphrase.';
    if (opened.type === 'unreadable') return opened.reason;
    await Promise.all(
      Object.values(opened.kept).map((text) => {
        const [kind, base, key] = JSON.parse(text) as [EndpointKind, string | null, string];
        return this.addEndpoint(kind, base, key);
      }),
    );
    return '';
  }

  forgetKeys(): void {
    box.forget();
    this.keysKept = false;
  }

  get hasKeys(): boolean {
    return this.all.some(({ way }) => way.type === 'endpoint' && way.key !== null);
  }

  async #connect(): Promise<void> {
    const known = (base: string): boolean => this.all.some(({ way }) => way.type === 'relay' && way.base === base);
    const joined = joinedRelays().filter(({ base }) => !known(base));
    const listed = joined.map(({ base, token }) => {
      if (base === this.own) this.ownRelay = 'in';
      return this.#addRelay(base, token);
    });
    const { own } = this;
    if (own !== null && !known(own) && !joined.some(({ base }) => base === own)) listed.push(this.#enterOwn(own));
    else if (own === null) this.ownRelay = 'none';
    await Promise.all([...listed, this.refresh()]);
  }

  async #enterOwn(base: string): Promise<void> {
    const token = ownToken(base);
    if (token !== null) {
      const said = await standing(base, token);
      if (said.type !== 'refused') {
        // A relay that is down will know the token again when it is back.
        this.ownRelay = said.type === 'ok' ? 'in' : 'none';
        return said.type === 'ok' ? this.#addRelay(base, token) : undefined;
      }
      keepOwnToken(base, null);
    }
    const entered = await enter(base);
    if (entered.type !== 'ok') {
      this.ownRelay = entered.type === 'refused' && entered.code === 'not-local' ? 'wants-code' : 'none';
      return;
    }
    this.ownRelay = 'in';
    keepOwnToken(base, entered.value.token);
    return this.#addRelay(base, entered.value.token);
  }

  async #addRelay(base: string, token: string): Promise<void> {
    const said = await standing(base, token);
    const way: ModelSource = { type: 'relay', base, token };
    if (said.type === 'ok') return this.#add(way, said.value);
    const id = this.#put(way, null);
    const remedy = said.type === 'refused' ? 'Leave it and join again' : 'Try again';
    this.#change(id, { listed: { type: 'failed', reason: said.words.replace(/\.$/, ''), remedy } });
  }

  async #add(way: ModelSource, who: Standing | null): Promise<void> {
    const id = this.#put(way, who);
    const listed = (await this.#ask((commands) => commands.listModels(way))) ?? UNANSWERED;
    this.#change(id, { listed });
  }

  #put(way: ModelSource, who: Standing | null): string {
    const id = idOf(way);
    const title = sourceTitle(way, this.own);
    const source: Source = { id, title, place: placeWords(way), way, listed: null, standing: who };
    this.all = [...this.all.filter((each) => each.id !== id), source];
    return id;
  }

  #change(id: string, change: Partial<Source>): void {
    this.all = this.all.map((source) => (source.id === id ? { ...source, ...change } : source));
  }
}

/** Without a space: rows are named by it and their model. */
function idOf(way: ModelSource): string {
  switch (way.type) {
    case 'relay':
      return `relay:${way.base}`;
    case 'endpoint':
      return `endpoint:${way.kind}:${way.base ?? ''}`;
    case 'page':
      return 'page';
    case 'recorded':
      return `recorded:${way.runId}`;
    default:
      return way satisfies never;
  }
}

function placeWords(way: ModelSource): string {
  switch (way.type) {
    case 'relay':
      return placeOf(way.base);
    case 'endpoint':
      return way.base === null ? way.kind : placeOf(way.base);
    case 'page':
      return 'page';
    case 'recorded':
      return `run-${way.runId.slice(0, 6)}`;
    default:
      return way satisfies never;
  }
}

function ownBase(): string | null {
  const { origin } = globalThis.location ?? {};
  return origin !== undefined && /^https?:/.test(origin) ? `${origin}/api/v1` : null;
}
