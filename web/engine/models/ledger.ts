/** What models have cost, summed by purpose and by model: for people; what may still be spent is decided by reservations. */
import { PURPOSES, type Purpose, type Spending, type Usage } from './model.ts';
import { fromNano, nanoUp } from './money.ts';

/** One call. */
export interface Entry {
  readonly purpose: Purpose;
  readonly model: string;
  readonly usage: Usage;
  /** US dollars; null where nobody knows the price. */
  readonly dollars: number | null;
  /** The call brought no reply. */
  readonly failed: boolean;
}

export interface LedgerLine extends Spending {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
  /** Searches of the web. */
  readonly searches: number;
  readonly failed: number;
  /** Calls whose price nobody knew: where there are some, `dollars` is too low. */
  readonly unpriced: number;
}

export const EMPTY_LINE: LedgerLine = {
  calls: 0,
  tokens: 0,
  dollars: 0,
  input: 0,
  output: 0,
  cached: 0,
  reasoning: 0,
  searches: 0,
  failed: 0,
  unpriced: 0,
};

export interface Ledger {
  readonly total: LedgerLine;
  /** In the order of PURPOSES; those without a call are left out. */
  readonly purposes: ReadonlyMap<Purpose, LedgerLine>;
  /** By name. */
  readonly models: ReadonlyMap<string, LedgerLine>;
}

/** The line with one call more. */
export function addEntry(line: LedgerLine, { usage, dollars, failed }: Omit<Entry, 'purpose' | 'model'>): LedgerLine {
  return addLines(line, {
    calls: 1,
    tokens: usage.input + usage.output,
    dollars: dollars ?? 0,
    ...usage,
    searches: usage.searches ?? 0,
    failed: failed ? 1 : 0,
    unpriced: dollars === null ? 1 : 0,
  });
}

export function addLines(a: LedgerLine, b: LedgerLine): LedgerLine {
  return {
    calls: a.calls + b.calls,
    tokens: a.tokens + b.tokens,
    dollars: fromNano(nanoUp(a.dollars) + nanoUp(b.dollars)),
    input: a.input + b.input,
    output: a.output + b.output,
    cached: a.cached + b.cached,
    reasoning: a.reasoning + b.reasoning,
    searches: a.searches + b.searches,
    failed: a.failed + b.failed,
    unpriced: a.unpriced + b.unpriced,
  };
}

/** Sums over lines that were kept apart by purpose and model, e.g. those of a run's state. */
export function ledgerOf(lines: Iterable<LedgerLine & { readonly purpose: Purpose; readonly model: string }>): Ledger {
  let total = EMPTY_LINE;
  const byPurpose = new Map<Purpose, LedgerLine>();
  const byModel = new Map<string, LedgerLine>();
  for (const line of lines) {
    total = addLines(total, line);
    byPurpose.set(line.purpose, addLines(byPurpose.get(line.purpose) ?? EMPTY_LINE, line));
    byModel.set(line.model, addLines(byModel.get(line.model) ?? EMPTY_LINE, line));
  }
  const purposes = new Map(PURPOSES.flatMap((purpose) => each(purpose, byPurpose.get(purpose))));
  const models = new Map([...byModel].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { total, purposes, models };
}

/** A ledger of single calls. */
export function ledgerOfEntries(entries: Iterable<Entry>): Ledger {
  const lines: (LedgerLine & { purpose: Purpose; model: string })[] = [];
  for (const entry of entries) {
    lines.push({ ...addEntry(EMPTY_LINE, entry), purpose: entry.purpose, model: entry.model });
  }
  return ledgerOf(lines);
}

function each(purpose: Purpose, line: LedgerLine | undefined): [Purpose, LedgerLine][] {
  return line ? [[purpose, line]] : [];
}
