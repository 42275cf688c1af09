/** Calls to models as they are under way, what went wrong with the latest, and what is left at relays. For people; budgets are kept elsewhere. */
import type { LedgerLine, RunState } from '../engine/state.ts';
import type { ModelTold } from '../models/source.ts';
import type { Spent } from '../models/relay.ts';
import { formatCount, formatDollars } from './measure.ts';
import { sumWords } from './model-words.ts';
import type { Standing } from './relay-access.ts';
import { Throttled } from './throttled.svelte.ts';

export interface CallUnderWay {
  readonly call: number;
  readonly model: string;
  readonly purpose: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What has come so far; only the end of what is long. */
  readonly text: string;
}

export interface Mishap {
  readonly call: number;
  readonly model: string;
  readonly reason: string;
  readonly at: number;
}

export interface SpendingLine {
  readonly model: string;
  readonly purpose: string;
  readonly line: LedgerLine;
}

const REFRESH = 200;
const SHOWN_TEXT = 4_000;
const MISHAPS = 5;
/** Milliseconds for which it is said that a relay is back. */
const SAID_FOR = 20_000;

const PURPOSES: Readonly<Record<string, string>> = {
  propose: 'Proposals',
  fix: 'Repairs',
  refine: 'Refinements',
  judge: 'Judging novelty',
  memory: 'Looking back',
  prompt: 'Writing prompts',
  score: 'Judging scores',
  embed: 'Comparing',
};

/** `unreachable`: tries so far. */
export interface Line {
  readonly base: string;
  readonly tries: number;
}

export class Spending {
  /** Oldest first. */
  readonly underWay = new Throttled<readonly CallUnderWay[]>([], REFRESH);
  /** Newest first. */
  mishaps = $state.raw<readonly Mishap[]>([]);
  /** Relays that can't be reached now. */
  broken = $state.raw<readonly Line[]>([]);
  /** Relays that were lost and are back. */
  back = $state.raw<readonly string[]>([]);
  /** By model: tokens a second, over all calls so far. */
  speeds = $state.raw<Readonly<Record<string, number>>>({});
  readonly #calls = new Map<number, CallUnderWay>();
  readonly #account: (base: string, account: Spent) => void;
  readonly #measured = new Map<string, { tokens: number; milliseconds: number }>();

  /** `account` is told what this page has spent at a relay. */
  constructor(account: (base: string, account: Spent) => void = () => {}) {
    this.#account = account;
  }

  take(told: ModelTold): void {
    switch (told.type) {
      case 'asked': {
        const { call, request, at } = told;
        this.#calls.set(call, { call, model: request.model, purpose: request.purpose, since: at, text: '' });
        break;
      }
      case 'text': {
        const call = this.#calls.get(told.call);
        if (!call) return;
        this.#calls.set(told.call, { ...call, text: (call.text + told.piece).slice(-SHOWN_TEXT) });
        break;
      }
      case 'answered':
        this.#answered(told);
        break;
      case 'account':
        this.#account(told.base, told.account);
        return;
      case 'unreachable':
        this.broken = [...this.broken.filter(({ base }) => base !== told.base), { base: told.base, tries: told.tries }];
        this.back = this.back.filter((base) => base !== told.base);
        return;
      case 'reached':
        if (!this.broken.some(({ base }) => base === told.base)) return;
        this.broken = this.broken.filter(({ base }) => base !== told.base);
        this.back = [...this.back, told.base];
        setTimeout(() => (this.back = this.back.filter((base) => base !== told.base)), SAID_FOR);
        return;
      default:
        told satisfies never;
        return;
    }
    this.underWay.set([...this.#calls.values()], told.type !== 'text');
  }

  /** Another run is on screen. Speeds and accounts are not of one run. */
  clear(): void {
    this.#calls.clear();
    this.underWay.set([], true);
    this.mishaps = [];
    this.broken = [];
    this.back = [];
  }

  #answered({ call, reply, took }: Extract<ModelTold, { type: 'answered' }>): void {
    const asked = this.#calls.get(call);
    this.#calls.delete(call);
    if (!asked) return;
    const reason = reply.type === 'failed' ? reply.reason : FINISHES[reply.finish];
    if (reason !== '') {
      const mishap = { call, model: asked.model, reason, at: asked.since + took };
      this.mishaps = [mishap, ...this.mishaps].slice(0, MISHAPS);
    }
    if (reply.type === 'failed' || reply.usage.output === 0 || took <= 0) return;
    const sum = this.#measured.get(asked.model) ?? { tokens: 0, milliseconds: 0 };
    const next = { tokens: sum.tokens + reply.usage.output, milliseconds: sum.milliseconds + took };
    this.#measured.set(asked.model, next);
    this.speeds = { ...this.speeds, [asked.model]: (next.tokens * 1000) / next.milliseconds };
  }
}

const FINISHES = {
  stop: '',
  length: 'The reply was cut off at its longest length.',
  refused: 'The model refused.',
  filtered: 'The provider’s filter held the reply back.',
} as const;

export function purposeWords(purpose: string): string {
  return PURPOSES[purpose] ?? purpose;
}

/** Dearest first. */
export function linesOf({ ledger }: RunState): SpendingLine[] {
  return [...ledger.values()]
    .map((line) => ({ model: line.model, purpose: line.purpose, line }))
    .sort((a, b) => b.line.dollars - a.line.dollars || b.line.tokens - a.line.tokens);
}

/** Sums to this moment, calls under way not counted: their price is known when they end. */
export function sumOf(lines: readonly SpendingLine[]): {
  dollars: number;
  tokens: number;
  calls: number;
  unpriced: number;
} {
  const sum = { dollars: 0, tokens: 0, calls: 0, unpriced: 0 };
  for (const { line } of lines) {
    sum.dollars += line.dollars;
    sum.tokens += line.tokens;
    sum.calls += line.calls;
    sum.unpriced += line.unpriced;
  }
  return sum;
}

/** What is to be said of relays: that one is lost, or is back; empty where there is nothing. */
export function lostWords({ broken, back }: Spending): string {
  const [lost] = broken;
  if (lost) return `The relay at ${new URL(lost.base).host} can’t be reached. Trying again.`;
  const [found] = back;
  return found === undefined ? '' : `The relay at ${new URL(found).host} is back.`;
}

/** `$0.42 of $0.50 left; all who joined have $1.80 of $2 left.` */
export function leftWords({ own, shared }: Standing): string {
  const parts = [capWords(own, 'You have'), capWords(shared, 'All who joined have')].filter((part) => part !== '');
  return parts.length === 0 ? 'It sets no limit to what you spend.' : `${parts.join('. ')}.`;
}

function leftSum(cap: number, spent: number): string {
  return spent <= 0 ? sumWords(cap) : formatDollars(Math.max(0, cap - spent));
}

function capWords(account: Spent | null, who: string): string {
  if (account === null) return '';
  const { caps, spent } = account;
  const parts = [
    caps.dollars === null ? '' : `${leftSum(caps.dollars, spent.dollars)} of ${sumWords(caps.dollars)}`,
    caps.tokens === null ? '' : `${formatCount(Math.max(0, caps.tokens - spent.tokens))} tokens`,
    caps.calls === null ? '' : `${formatCount(Math.max(0, caps.calls - spent.calls))} calls`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${who} ${parts.join(', ')} left`;
}
