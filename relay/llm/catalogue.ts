/** The models this relay offers: what a client calls them, who answers, what they cost, how much they take. */
import type { Price } from '../../web/engine/models/price.ts';
import { factsOf } from '../../web/engine/models/prices.ts';

export interface OfferedModel {
  /** What clients call it. */
  readonly name: string;
  readonly provider: string;
  /** What the provider calls it. */
  readonly model: string;
  /** null: nobody has named one; then it can't be asked where dollars are limited. */
  readonly price: Price | null;
  /** Longest prompt and reply, tokens; null where nobody knows. */
  readonly context: number | null;
  readonly reply: number | null;
  readonly temperature: 'free' | 'reasoning' | 'fixed' | null;
  readonly reasons: boolean;
  readonly purpose: 'text' | 'vectors';
}

export interface ModelSetting {
  readonly name: string;
  readonly model?: string | undefined;
  /** US dollars per million tokens. */
  readonly price?:
    { readonly input: number; readonly output: number; readonly search?: number | undefined } | undefined;
  readonly purpose?: 'text' | 'vectors' | undefined;
  readonly context?: number | undefined;
  readonly reply?: number | undefined;
  readonly temperature?: 'free' | 'reasoning' | 'fixed' | undefined;
  readonly reasons?: boolean | undefined;
}

export interface ProviderModelsSetting {
  readonly id: string;
  /** Answers cost nothing: a model on a machine of one's own. */
  readonly free: boolean;
  /** Its models may search the web, where their price says what a search costs. */
  readonly searches: boolean;
  readonly models: readonly ModelSetting[];
}

const FREE: Price = { input: 0, cached: 0, output: 0, written: null, long: null };

/** What is not allowed has no price, and so is never asked for. */
function searching({ search: _, ...price }: Price, search: number | undefined): Price {
  return search === undefined ? price : { ...price, search };
}

/** By name; of two providers with a model of the same name the first has it, and the other's is called `provider/name`. */
export function catalogueOf(providers: readonly ProviderModelsSetting[]): ReadonlyMap<string, OfferedModel> {
  const offered = new Map<string, OfferedModel>();
  for (const { id, free, searches, models } of providers) {
    for (const setting of models) {
      const model = setting.model ?? setting.name;
      const facts = factsOf(model);
      const own = setting.price;
      const all = own ? { ...FREE, input: own.input, cached: own.input, output: own.output } : free ? FREE : facts;
      const search = own ? own.search : free ? undefined : facts?.search;
      const price = all && searching(all, searches ? search : undefined);
      const name = offered.has(setting.name) ? `${id}/${setting.name}` : setting.name;
      offered.set(name, {
        name,
        provider: id,
        model,
        price,
        context: setting.context ?? facts?.context ?? null,
        reply: setting.reply ?? facts?.reply ?? null,
        temperature: setting.temperature ?? facts?.temperature ?? null,
        reasons: setting.reasons ?? facts?.reasons ?? false,
        purpose: setting.purpose ?? 'text',
      });
    }
  }
  return offered;
}
