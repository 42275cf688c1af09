/** Models that answer in the page itself: whether each can be used here, and fetching what it needs. */
import type { ModelReply } from '../engine/models/model.ts';
import type { PageModel, PageProgress, PageStanding } from '../models/page-model.ts';

const UNKNOWN: PageStanding = {
  ...{ type: 'missing', reason: 'This could not be found out', remedy: 'Reload the page to try again' },
};

export class PageShelf {
  /** Those whose standing is known, in their order. */
  all = $state.raw<readonly { readonly model: PageModel; readonly standing: PageStanding }[]>([]);
  /** How far what a model needs has come, by its id. */
  loading = $state.raw<Readonly<Record<string, PageProgress>>>({});
  /** Why the last one could not be fetched; empty where it could. */
  problem = $state.raw('');
  readonly #models: readonly PageModel[];
  readonly #loads = new Map<string, AbortController>();

  constructor(models: readonly PageModel[]) {
    this.#models = models;
  }

  async look(): Promise<void> {
    this.all = await Promise.all(
      this.#models.map(async (model) => ({ model, standing: await model.availability().catch(() => UNKNOWN) })),
    );
  }

  /** A person has seen how large it is. */
  async load(model: PageModel): Promise<void> {
    if (this.#loads.has(model.id)) return;
    const stop = new AbortController();
    this.#loads.set(model.id, stop);
    this.problem = '';
    const tell = (progress: PageProgress): void => {
      this.loading = { ...this.loading, [model.id]: progress };
    };
    tell({ step: 'Beginning', share: null });
    try {
      await model.load(tell, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.#loads.delete(model.id);
      const { [model.id]: _, ...rest } = this.loading;
      this.loading = rest;
      await this.look();
    }
  }

  /** The reply of one of these. */
  answer(id: string, ...call: Parameters<PageModel['complete']>): Promise<ModelReply> {
    const model = this.#models.find((each) => each.id === id);
    return model ? model.complete(...call) : Promise.resolve(noModel(id));
  }

  stop(model: PageModel): void {
    this.#loads.get(model.id)?.abort();
  }
}

export function noModel(id: string): ModelReply {
  const usage = { input: 0, output: 0, cached: 0, reasoning: 0 };
  return { type: 'failed', reason: `this page has no model ${id}`, retryAfter: null, usage, dollars: 0 };
}
