/**
 * What the relay remembers: who may use it, what was spent, what models answered, what was shared. A port, so that several relays
 * behind one load balancer can share a store; `sqlite.ts` is the one that needs no server. Every method is one atomic step: what two
 * relays do at once comes out as if one had done it after the other.
 */
import type { ModelReply } from '../../web/engine/models/model.ts';

export type Role = 'owner' | 'member';

/** Somebody with a token. Tokens themselves are never stored, only their SHA-256. */
export interface Client {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  /** Join code it came in by; null for an owner. */
  readonly code: string | null;
  /** Models it may ask; null: all the relay has. */
  readonly models: readonly string[] | null;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** From then on its token is refused; null: never. */
  readonly expires: number | null;
}

export interface JoinCode {
  readonly id: string;
  readonly label: string;
  readonly created: number;
  readonly expires: number;
  /** How many may join by it, and how many have. */
  readonly seats: number;
  readonly joined: number;
  readonly models: readonly string[] | null;
  /** Each member's own limits; the code's account holds those of all together. */
  readonly each: Caps;
}

/** Money in whole nano-dollars: `web/engine/models/money.ts`. */
export interface Amount {
  readonly nano: number;
  readonly tokens: number;
  readonly calls: number;
}

/** null = no cap. */
export type Caps = { readonly [K in keyof Amount]: number | null };

/** Whoever spends: a client (`client:<id>`), a join code (`code:<id>`), a run of a client (`run:<client>:<run>`), the relay as a whole (`relay`). */
export interface Account {
  readonly id: string;
  readonly caps: Caps;
  readonly spent: Amount;
  /** Set aside for calls under way. */
  readonly held: Amount;
}

/** One call to a model, set aside before it is made. */
export interface Hold {
  /** Who asks, and what it calls the request: the same pair is the same call and is paid once. */
  readonly client: string;
  readonly key: string;
  /** SHA-256 of everything in the request: the same key with another request is refused. */
  readonly digest: string;
  readonly model: string;
  readonly purpose: string;
  /** All of these must have room. */
  readonly accounts: readonly string[];
  /** Whether the reply that anybody got to the very same request will do: an owner may want it for a class that does one lesson. */
  readonly reuse: boolean;
  /** The worst case. */
  readonly amount: Amount;
  readonly now: number;
  /** Until then the relay that holds it counts as alive; it moves this forward while it works. */
  readonly lease: number;
}

export type Held =
  | { readonly type: 'held'; readonly call: number }
  /** It has been answered before; nothing is paid. */
  | { readonly type: 'answered'; readonly reply: ModelReply }
  /** It is being asked right now, by this relay or another. */
  | { readonly type: 'under-way'; readonly call: number }
  | { readonly type: 'other-request' }
  /** `account` has too little of `what`. */
  | { readonly type: 'short'; readonly account: string; readonly what: keyof Amount; readonly left: number }
  | { readonly type: 'no-account'; readonly account: string };

export interface Settlement {
  readonly call: number;
  readonly amount: Amount;
  /** Kept, and given again to who asks with the same key; null where there is nothing to keep: the key may then be asked again. */
  readonly reply: ModelReply | null;
  readonly now: number;
}

export interface CallRecord {
  readonly client: string;
  readonly model: string;
  readonly purpose: string;
  readonly amount: Amount;
  readonly state: 'held' | 'settled' | 'lost';
  readonly at: number;
}

export interface Share {
  /** SHA-256 of the bytes, base64url. */
  readonly id: string;
  readonly owner: string;
  readonly bytes: number;
  readonly created: number;
  /** Its content is encrypted, with a key the relay never sees. */
  readonly sealed: boolean;
}

/** What is older than that may be forgotten, milliseconds since 1970; null: nothing of it. */
export interface Oldest {
  readonly calls: number | null;
  readonly clients: number | null;
}

/** What remains of one client's calls to one model on one day, once they were forgotten. */
export interface DayTotal {
  /** In UTC, `2026-11-23`. */
  readonly day: string;
  readonly client: string;
  readonly model: string;
  readonly amount: Amount;
}

export interface Store {
  addClient(client: Client, tokenHash: string, caps: Caps): Promise<void>;
  clientByToken(tokenHash: string): Promise<Client | null>;
  clients(): Promise<readonly Client[]>;
  /** Its token is refused from now on; what it spent stays. */
  removeClient(id: string): Promise<boolean>;

  addCode(code: JoinCode, codeHash: string, caps: Caps): Promise<void>;
  codes(): Promise<readonly JoinCode[]>;
  removeCode(id: string): Promise<boolean>;
  /** Takes one seat of a code that is still good and puts the client in it, in one step. */
  join(codeHash: string, client: Omit<Client, 'code' | 'models'>, tokenHash: string): Promise<Joined>;

  account(id: string): Promise<Account | null>;
  /** Makes the account where there is none. */
  setCaps(id: string, caps: Caps): Promise<void>;

  hold(hold: Hold): Promise<Held>;
  /** Once only: a second settlement of a call changes nothing and gives false. */
  settle(settlement: Settlement): Promise<boolean>;
  extend(calls: readonly number[], lease: number): Promise<void>;
  /** The reply of a call, once it is settled; `open` while it is under way. */
  outcome(
    call: number,
  ): Promise<{ readonly type: 'open' } | { readonly type: 'settled'; readonly reply: ModelReply | null }>;
  /**
   * Calls whose relay died: nobody knows what the provider charged, so all that was set aside counts as spent. Gives how many there were.
   */
  sweep(now: number): Promise<number>;
  calls(client: string | null, limit: number): Promise<readonly CallRecord[]>;

  /**
   * Forgets, oldest first and no more than `most` of a kind at a time: calls that have ended, with their replies, which then count by the day;
   * clients whose token or code expired, that keep no share and of whom no call is left; codes nobody is left of. Accounts stay as they are.
   * Gives how many it forgot.
   */
  tidy(oldest: Oldest, most: number): Promise<number>;
  days(): Promise<readonly DayTotal[]>;

  /** `known`: this owner has shared these bytes already; `full`: it has as many shares as it may. Bytes stay as long as one owner keeps them. */
  addShare(share: Share, content: Uint8Array, most: number): Promise<'added' | 'known' | 'full'>;
  share(id: string): Promise<{ readonly share: Share; readonly content: Uint8Array } | null>;
  sharesOf(owner: string): Promise<readonly Share[]>;
  removeShare(id: string, owner: string): Promise<boolean>;

  close(): void;
}

export type Joined =
  | { readonly type: 'joined'; readonly client: Client }
  | { readonly type: 'refused'; readonly reason: 'unknown' | 'expired' | 'full' };

export const NO_CAPS: Caps = { nano: null, tokens: null, calls: null };
export const NOTHING: Amount = { nano: 0, tokens: 0, calls: 0 };
