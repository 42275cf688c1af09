/** What a model costs: the run's own table first, then the built-in one. */
import type { ModelsSettings } from '../strategy.ts';
import type { ModelFacts, Price } from './price.ts';
import { PRICE_TABLE } from './price-table.ts';
import { DEAREST_SEARCH } from './search.ts';

export type PriceOverrides = ModelsSettings['prices'];

const BY_NAME: ReadonlyMap<string, ModelFacts> = new Map(PRICE_TABLE.map((facts) => [facts.model, facts]));

/** Dearest price a person may enter, US dollars per million tokens: beyond it there is a slip of the pen. */
const DEAREST = 100_000;

/** null for a model the table does not know. A name with the day of a snapshot at its end is known by the rest. */
export function factsOf(model: string): ModelFacts | null {
  return BY_NAME.get(model) ?? BY_NAME.get(model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, '')) ?? null;
}

/** null where nobody has named a price: such a model's dollars can't be counted. A person's price holds for any input. */
export function priceOf(model: string, overrides: PriceOverrides): Price | null {
  if (!Object.hasOwn(overrides, model)) return factsOf(model);
  const own = overrides[model];
  if (!own) return null;
  const { input, output, search } = own;
  return { input, cached: input, output, written: null, long: null, ...(search === undefined ? {} : { search }) };
}

/** Models of the list without a price, in its order: the run must say that it can't count their dollars. */
export function unpriced(models: readonly string[], overrides: PriceOverrides): string[] {
  return models.filter((model) => priceOf(model, overrides) === null);
}

/** What is wrong with a table of prices, one sentence each; nothing where it can be used. */
export function problemsOfPrices(prices: unknown): string[] {
  if (typeof prices !== 'object' || prices === null || Array.isArray(prices))
    return ['prices must be a table by model'];
  return Object.entries(prices as Record<string, unknown>).flatMap(([model, price]) => {
    if (model.trim() === '') return ['a price has no model'];
    if (typeof price !== 'object' || price === null) return [`the price of ${model} must have input and output`];
    const { search, ...tokens } = price as Record<string, unknown>;
    const wrong = (['input', 'output'] as const).flatMap((part) => {
      const value = tokens[part];
      if (typeof value === 'number' && value >= 0 && value <= DEAREST) return [];
      return [`the ${part} price of ${model} must be between 0 and ${DEAREST} US dollars per million tokens`];
    });
    if (search === undefined || (typeof search === 'number' && search >= 0 && search <= DEAREST_SEARCH)) return wrong;
    return [...wrong, `the price of a search of ${model} must be between 0 and ${DEAREST_SEARCH} US dollars`];
  });
}
