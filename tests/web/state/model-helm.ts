/** A run desk on stand-ins with models beside it: what sources offer is a table, and what the page says of models is written down. */
import type { Experiment } from '../../../web/engine/experiment.ts';
import type { Price } from '../../../web/engine/models/price.ts';
import type { PageModel } from '../../../web/models/page-model.ts';
import type { Listed, ListedModel, ModelRoute, ModelSource } from '../../../web/models/source.ts';
import { ModelDoor } from '../../../web/state/model-door.svelte.ts';
import type { ModelHelm } from '../../../web/state/model-gate.ts';
import { RunView } from '../../../web/state/run-view.svelte.ts';
import type { RunSource } from '../../../web/state/services.ts';
import { small, Stage, stored } from '../worker/stage.ts';
import { TestHelm } from './helm.ts';

export const priced = (input: number, output: number): Price => ({
  ...{ input, cached: input, output, written: null, long: null },
});

export const offered = (model: string, price: Price | null, more: Partial<ListedModel> = {}): ListedModel => ({
  ...{ model, provider: 'stand-in', price, context: null, reply: null, reasons: false, purpose: 'text' },
  ...more,
});

export class ModelTestHelm extends TestHelm implements ModelHelm {
  pageModels: readonly PageModel[] = [];
  readonly door = new ModelDoor(this, () => Promise.resolve(this.pageModels));
  /** What the worker was told and asked, in order. */
  readonly said: string[] = [];
  readonly seeds: number[] = [];
  readonly routed: (readonly ModelRoute[])[] = [];
  offers: (source: ModelSource) => Listed = () => ({ type: 'failed', reason: 'Nobody answers', remedy: 'Start it' });

  /** Paused, after some results. */
  static async open(results: number, experiment: Experiment = small()): Promise<ModelTestHelm> {
    const helm = new ModelTestHelm(new Stage(await stored()));
    helm.run.runId = await helm.stage.start(experiment, true);
    for (let i = 0; i < results; i++) await helm.stage.desk.step();
    helm.sync();
    return helm;
  }

  override async send<T>(ask: (commands: RunSource['commands']) => Promise<T>): Promise<T> {
    const { desk } = this.stage;
    const { said } = this;
    const mine: Partial<RunSource['commands']> = {
      enterRelay: () => Promise.resolve(),
      useModels: async (routes) => {
        this.routed.push(routes);
        said.push(`routes ${routes.map(({ name }) => name).join(' ')}`.trim());
      },
      listModels: async (source) => this.offers(source),
      command: async (command) => {
        said.push(command.type);
        return desk.command(command);
      },
    };
    const commands = new Proxy(desk, {
      get: (target, key) => {
        if (key in mine) return mine[key as keyof typeof mine];
        const found: unknown = Reflect.get(target, key);
        return typeof found === 'function' ? (found as () => unknown).bind(target) : found;
      },
    }) as unknown as RunSource['commands'];
    const answer = await ask(commands);
    this.sync();
    return answer;
  }

  async startRun(experiment: Experiment, seed = 1): Promise<void> {
    this.seeds.push(seed);
    const run = new RunView(experiment);
    this.run = run;
    await this.door.entered(run);
    if (this.door.holdsStart(experiment)) return;
    this.said.push('start');
    const id = await this.stage.start(experiment, true);
    run.runId = id;
    this.door.began(id, experiment);
    this.sync();
  }

  async resume(): Promise<void> {
    this.said.push('play');
  }
}
