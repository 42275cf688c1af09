/**
 * Caps that are never passed: what a job may spend at most is set aside when it is issued, and only what is neither spent nor set
 * aside may be reserved. Dollars are added and compared as whole nano-dollars (money.ts), so nothing drifts.
 */
import type { Reserved } from '../events.ts';
import type { Budget } from '../experiment.ts';
import { worstCostOf } from './cost.ts';
import type { Spending } from './model.ts';
import { fromNano, nanoDown, nanoUp } from './money.ts';
import type { Price } from './price.ts';
import { readAtMost } from './search.ts';

export const NOTHING_RESERVED: Reserved = { evaluations: 0, calls: 0, tokens: 0, dollars: 0 };

export function addReserved(a: Reserved, b: Reserved): Reserved {
  return {
    evaluations: a.evaluations + b.evaluations,
    calls: a.calls + b.calls,
    tokens: a.tokens + b.tokens,
    dollars: fromNano(nanoUp(a.dollars) + nanoUp(b.dollars)),
  };
}

/** `a` without `b`, which was part of it; never below 0. */
export function subtractReserved(a: Reserved, b: Reserved): Reserved {
  return {
    evaluations: Math.max(0, a.evaluations - b.evaluations),
    calls: Math.max(0, a.calls - b.calls),
    tokens: Math.max(0, a.tokens - b.tokens),
    dollars: fromNano(Math.max(0, nanoUp(a.dollars) - nanoUp(b.dollars))),
  };
}

/** What may still be reserved; Infinity where there is no cap. */
export function left(budget: Budget, spent: Reserved, held: Reserved): Reserved {
  const of = (cap: number | null, key: 'evaluations' | 'calls' | 'tokens'): number =>
    cap === null ? Infinity : Math.max(0, cap - spent[key] - held[key]);
  const money = (cap: number | null): number =>
    cap === null ? Infinity : fromNano(Math.max(0, nanoDown(cap) - nanoUp(spent.dollars) - nanoUp(held.dollars)));
  return {
    evaluations: of(budget.evaluations, 'evaluations'),
    calls: of(budget.calls, 'calls'),
    tokens: of(budget.tokens, 'tokens'),
    dollars: money(budget.dollars),
  };
}

/** Whether `wanted` may be reserved out of `room`. */
export function fits(wanted: Reserved, room: Reserved): boolean {
  return (
    wanted.evaluations <= room.evaluations &&
    wanted.calls <= room.calls &&
    wanted.tokens <= room.tokens &&
    (room.dollars === Infinity || nanoUp(wanted.dollars) <= nanoDown(room.dollars))
  );
}

/** Calls of one kind that a job may make. */
export interface CallDemand {
  readonly model: string;
  /** null: nobody knows it. */
  readonly price: Price | null;
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** Searches of the web that each call may make; absent: none. */
  readonly searches?: number;
  /** Most calls, and fewest with which the job still makes sense. */
  readonly most: number;
  readonly least: number;
}

export interface Demand {
  /** Most evaluations, and fewest with which the job still makes sense. */
  readonly evaluations: { readonly most: number; readonly least: number };
  readonly calls: readonly CallDemand[];
}

export type Reservation =
  | {
      readonly type: 'reserved';
      readonly reserved: Reserved;
      /** Calls reserved, one number a demand. */
      readonly calls: readonly number[];
    }
  /** `short`: what there is too little of; null where it is something else. */
  | { readonly type: 'refused'; readonly reason: string; readonly short: Counted | null };

/** What is reserved, each for itself. */
type Counted = keyof Omit<Reserved, 'kept'>;

/** The worst case of a job, shrunk to what still fits; refused where not even the least does. Dollars can't be reserved without a price. */
export function reserve(demand: Demand, room: Reserved): Reservation {
  const worst = demand.calls.map(worstCall);
  const unknown = demand.calls.find(({ price, least }) => price === null && least > 0);
  if (room.dollars !== Infinity && unknown) {
    return {
      type: 'refused',
      reason: `nobody knows the price of ${unknown.model}, so a limit in dollars can't be kept`,
      short: null,
    };
  }
  const counts = demand.calls.map(({ least }) => least);
  let reserved: Reserved = { ...NOTHING_RESERVED, evaluations: demand.evaluations.least };
  worst.forEach((call, i) => (reserved = addReserved(reserved, times(call, counts[i] as number))));
  if (!fits(reserved, room)) {
    const short = shortOf(reserved, room);
    return { type: 'refused', reason: SHORT[short], short };
  }
  demand.calls.forEach(({ most, price }, i) => {
    const call = worst[i] as Reserved;
    if (price === null && room.dollars !== Infinity) return;
    const more = Math.min(most - (counts[i] as number), callsIn(subtractRoom(room, reserved), call));
    if (!(more > 0)) return;
    counts[i] = (counts[i] as number) + more;
    reserved = addReserved(reserved, times(call, more));
  });
  const evaluations = Math.max(reserved.evaluations, Math.min(demand.evaluations.most, room.evaluations));
  return { type: 'reserved', reserved: { ...reserved, evaluations }, calls: counts };
}

export interface ModelDemandSettings {
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** Calls one conversation may take: 1 + retries. */
  readonly attempts: number;
  readonly refinements: number;
}

/**
 * The calls of a job that asks `model`: a program's conversation and refinements, and one call of the judge that novelty may want;
 * memory takes up to three parts; a prompt one. Half-way through, a conversation still makes sense with one call. `searches`: of the web,
 * that each call of a program's conversation may make.
 */
export function callsOf(
  kind: 'program' | 'memory' | 'prompt',
  settings: ModelDemandSettings,
  model: { readonly name: string; readonly price: Price | null },
  judge: { readonly name: string; readonly price: Price | null } | null,
  searches = 0,
): CallDemand[] {
  const { promptTokens, replyTokens } = settings;
  const attempts = Math.max(1, settings.attempts);
  const own = { model: model.name, price: model.price, promptTokens, replyTokens };
  switch (kind) {
    case 'program': {
      const refinements = Math.max(0, settings.refinements);
      const calls: CallDemand[] =
        searches > 0
          ? [
              { ...own, searches, most: attempts, least: 1 },
              { ...own, most: refinements, least: 0 },
            ]
          : [{ ...own, most: attempts + refinements, least: 1 }];
      if (judge) calls.push({ model: judge.name, price: judge.price, promptTokens, replyTokens, most: 1, least: 0 });
      return calls;
    }
    case 'memory':
      return [{ ...own, most: 3 * attempts, least: 3 }];
    case 'prompt':
      return [{ ...own, most: attempts, least: 1 }];
    default:
      throw new Error(`no job is a ${JSON.stringify(kind satisfies never)}`);
  }
}

/**
 * Whether models must rest because a soft cap is reached by what is spent and what is expected of jobs in flight: as much per call
 * as calls have cost so far, and never more than is set aside for them. Operators that need no model go on.
 */
export function softReached(budget: Budget, spent: Spending, held: Spending): keyof Budget['soft'] | null {
  const expected = (key: 'tokens' | 'dollars'): number =>
    spent.calls > 0 ? Math.min(held[key], (spent[key] / spent.calls) * held.calls) : held[key];
  const { calls, tokens, dollars } = budget.soft;
  if (calls !== null && spent.calls + held.calls >= calls) return 'calls';
  if (tokens !== null && spent.tokens + expected('tokens') >= tokens) return 'tokens';
  if (dollars !== null && nanoUp(spent.dollars) + nanoUp(expected('dollars')) >= nanoDown(dollars)) return 'dollars';
  return null;
}

function worstCall({ price, promptTokens, replyTokens, searches = 0 }: CallDemand): Reserved {
  const dollars = price === null ? 0 : worstCostOf(promptTokens, replyTokens, price, searches);
  return { evaluations: 0, calls: 1, tokens: readAtMost(promptTokens, searches) + replyTokens, dollars };
}

function times(call: Reserved, n: number): Reserved {
  return { evaluations: 0, calls: n, tokens: n * call.tokens, dollars: fromNano(n * nanoUp(call.dollars)) };
}

/** Room that may be infinite, less what is reserved already. */
function subtractRoom(room: Reserved, reserved: Reserved): Reserved {
  const dollars = room.dollars === Infinity ? Infinity : fromNano(nanoDown(room.dollars) - nanoUp(reserved.dollars));
  return {
    evaluations: room.evaluations - reserved.evaluations,
    calls: room.calls - reserved.calls,
    tokens: room.tokens - reserved.tokens,
    dollars,
  };
}

function callsIn(room: Reserved, call: Reserved): number {
  const byTokens = call.tokens > 0 ? Math.floor(room.tokens / call.tokens) : Infinity;
  const cost = nanoUp(call.dollars);
  const byDollars = room.dollars === Infinity || cost === 0 ? Infinity : Math.floor(nanoDown(room.dollars) / cost);
  return Math.min(Math.floor(room.calls), byTokens, byDollars);
}

function shortOf(wanted: Reserved, room: Reserved): Counted {
  if (wanted.evaluations > room.evaluations) return 'evaluations';
  if (wanted.calls > room.calls) return 'calls';
  return wanted.tokens > room.tokens ? 'tokens' : 'dollars';
}

const SHORT: Readonly<Record<Counted, string>> = {
  evaluations: 'too few evaluations are left',
  calls: 'too few model calls are left',
  tokens: 'too few tokens are left',
  dollars: 'too few dollars are left',
};
