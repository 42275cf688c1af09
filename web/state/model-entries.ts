/** The rows of the list of models: what sources offer, and what the page has itself. */
import type { Price } from '../engine/models/price.ts';
import type { PageModel, PageStanding } from '../models/page-model.ts';
import type { ListedModel } from '../models/source.ts';
import type { Source } from './model-source.ts';
import { FREE, isThisMachine, whereWords } from './model-words.ts';

export interface ModelEntry {
  readonly id: string;
  /** As a run calls it. */
  readonly name: string;
  readonly title: string;
  readonly where: string;
  /** As its source says; null: nobody knows. */
  readonly price: Price | null;
  readonly standing: PageStanding;
  readonly from: Source | PageModel;
  readonly listed: ListedModel | null;
}

export interface Offers {
  readonly sources: readonly Source[];
  /** API of the relay the page comes from. */
  readonly own: string | null;
  readonly page: readonly { readonly model: PageModel; readonly standing: PageStanding }[];
}

const READY: PageStanding = { type: 'ready', words: '' };

/** `wanted`: names that the run on screen has for its models. The same model at two places has two names, and a run keeps those it knows. */
export function entriesOf(
  { sources, own, page }: Offers,
  wanted: readonly string[],
  purpose: ListedModel['purpose'] = 'text',
): ModelEntry[] {
  const names = new Set<string>();
  const name = (model: string, place: string): string => {
    const long = `${model}@${place}`;
    const chosen = wanted.includes(long) || names.has(model) ? long : model;
    names.add(chosen);
    return chosen;
  };
  const offered = sources.flatMap((source) => {
    const models = source.listed?.type === 'ok' ? source.listed.models : [];
    return models
      .filter((listed) => listed.purpose === purpose)
      .map((listed) => ({
        ...{ id: `${source.id} ${listed.model}`, name: name(listed.model, source.place), title: listed.model },
        where: whereWords(source.way, listed.provider, own),
        ...{ price: priceAt(source, listed), standing: READY, from: source, listed },
      }));
  });
  if (purpose === 'vectors') return offered;
  const here = page.map(({ model, standing }) => ({
    ...{ id: `page ${model.id}`, name: name(model.id, 'page'), title: model.title },
    where: model.id === PERSON ? 'To you' : 'Stays in this page',
    ...{ price: FREE, standing, from: model, listed: null },
  }));
  return [...offered, ...here];
}

export function isPageModel(from: ModelEntry['from']): from is PageModel {
  return 'availability' in from;
}

/** The model of the page that is a person. */
const PERSON = 'you';

export function isPerson({ from }: ModelEntry): boolean {
  return isPageModel(from) && from.id === PERSON;
}

/** What runs on this computer, or has been paid for already, costs nothing. */
function priceAt({ way }: Source, { price }: ListedModel): Price | null {
  const local = way.type === 'endpoint' && way.base !== null && isThisMachine(way.base);
  return way.type === 'recorded' || (local && price === null) ? FREE : price;
}
