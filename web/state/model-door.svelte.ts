/**
 * Models as the page knows them before anybody wants one: whether the dialog is open, and whether the run on screen waits for a person's
 * word. All else is loaded when it is first needed. No run asks a model that a person has not put into it since the page was opened.
 */
import type { Experiment } from '../engine/experiment.ts';
import type { ModelReply } from '../engine/models/model.ts';
import type { PageModel } from '../models/page-model.ts';
import type { ModelTold } from '../models/source.ts';
import type { Gate, Gatekeeper, ModelHelm } from './model-gate.ts';
import type { Models } from './models.svelte.ts';
import { modelsIn } from '../engine/models/named.ts';
import { hasModels } from './run-models.ts';
import type { RunView } from './run-view.svelte.ts';

export class ModelDoor implements Gatekeeper {
  open = $state.raw(false);
  models = $state.raw<Models | null>(null);
  /** It could not be loaded. */
  failed = $state.raw(false);
  gate = $state.raw<Gate | null>(null);
  readonly #helm: ModelHelm;
  readonly #pageModels: () => Promise<readonly PageModel[]>;
  #loading: Promise<Models | null> | null = null;
  /** Runs that a person has put models into, or has let ask those they had. */
  readonly #allowed = new Set<string>();
  /** The experiment a person has put models into, until its run has begun. */
  #next: Experiment | null = null;

  constructor(helm: ModelHelm, pageModels: () => Promise<readonly PageModel[]> = () => Promise.resolve([])) {
    this.#helm = helm;
    this.#pageModels = pageModels;
  }

  async show(): Promise<void> {
    this.open = true;
    const models = await this.load();
    await models?.connect();
  }

  load(): Promise<Models | null> {
    this.failed = false;
    this.#loading ??= Promise.all([import('./models.svelte.ts'), this.#pageModels()]).then(
      ([{ Models }, own]) => (this.models = new Models(this.#helm, this, own)),
      () => {
        this.#loading = null;
        this.failed = true;
        return null;
      },
    );
    return this.#loading;
  }

  /** Gives models more to spend, and goes on where the run has ended for want of it. */
  async raise(cap: 'calls' | 'tokens' | 'dollars'): Promise<void> {
    const { run } = this.#helm;
    // A run that was opened again has no way to its models yet: the list names the sum, too.
    if (this.models === null || run.runId === null || !this.#allowed.has(run.runId)) return this.show();
    await this.models.raise(cap);
  }

  /** The reply of a model of the page. */
  async answer(id: string, ...call: Parameters<PageModel['complete']>): Promise<ModelReply> {
    const models = await this.load();
    return models === null
      ? { ...{ type: 'failed', reason: 'the page’s models could not be loaded', retryAfter: null }, ...NOTHING }
      : models.shelf.answer(id, ...call);
  }

  /** Calls of models are told of from the moment models are connected; before that there are none. */
  told(told: ModelTold): void {
    this.models?.spending.take(told);
  }

  /** Whether a run that is to begin has to wait: it would ask models, and no person has said that it may. */
  holdsStart(experiment: Experiment): boolean {
    if (!hasModels(experiment) || this.#next === experiment) return false;
    this.gate = gateOf(experiment, true);
    return true;
  }

  /** Whether a stored run has to wait; `going`: it would go on by itself. */
  holdsRun({ runId, experiment, activity }: RunView, going: boolean): boolean {
    if (experiment === null || !hasModels(experiment) || activity === 'finished') return false;
    if (runId !== null && this.#allowed.has(runId)) return false;
    this.gate = gateOf(experiment, going);
    return true;
  }

  allowNext(experiment: Experiment): void {
    this.#next = experiment;
    this.gate = null;
  }

  allow(runId: string | null): void {
    if (runId !== null) this.#allowed.add(runId);
    this.gate = null;
  }

  /** A run has begun; what was said of its experiment holds for it. */
  began(runId: string, experiment: Experiment): void {
    if (this.#next === experiment) this.#allowed.add(runId);
    this.#next = null;
  }

  /** Another run comes on screen: what models were connected is no longer for whatever asks. */
  async entered({ runId, experiment }: RunView): Promise<void> {
    this.gate = null;
    if (this.models === null) return;
    this.models.spending.clear();
    const allowed = runId === null ? experiment !== null && this.#next === experiment : this.#allowed.has(runId);
    await this.models.route(allowed);
  }
}

const NOTHING = { usage: { input: 0, output: 0, cached: 0, reasoning: 0 }, dollars: 0 } as const;

function gateOf({ strategy, budget }: Experiment, going: boolean): Gate {
  return { names: modelsIn(strategy), dollars: budget.dollars, going };
}
