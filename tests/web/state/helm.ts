/** A run desk on stand-ins with the page's state before it: what steering needs of a page, and no more. */
import type { Experiment } from '../../../web/engine/experiment.ts';
import type { RunArchive, RunSource } from '../../../web/state/services.ts';
import { RunView } from '../../../web/state/run-view.svelte.ts';
import { Steering } from '../../../web/state/steering.svelte.ts';
import type { Helm } from '../../../web/state/steering.svelte.ts';
import { value } from '../history/contract.ts';
import { small, Stage, stored } from '../worker/stage.ts';

export class TestHelm implements Helm {
  run = new RunView(null);
  readonly steering = new Steering(this);
  readonly stage: Stage;
  #read = 0;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Paused, after some results. */
  static async begin(results: number, experiment: Experiment = small()): Promise<TestHelm> {
    const helm = new TestHelm(new Stage(await stored()));
    helm.run.runId = await helm.stage.start(experiment, true);
    for (let i = 0; i < results; i++) await helm.stage.desk.step();
    helm.sync();
    return helm;
  }

  /** Folds what the worker has posted, as the page does once a frame. */
  sync(): void {
    for (const batch of this.stage.batches.slice(this.#read)) {
      if (batch.runId === this.run.runId) this.run.receive(batch);
    }
    this.#read = this.stage.batches.length;
    this.run.flush();
  }

  async send<T>(ask: (commands: RunSource['commands']) => Promise<T>): Promise<T> {
    const answer = await ask(Object.assign(this.stage.desk, { enterRelay: () => Promise.resolve() }));
    this.sync();
    return answer;
  }

  async openRun(id: string): Promise<boolean> {
    const events = value(await this.stage.history.events(id));
    this.run = new RunView(null);
    this.run.runId = id;
    this.run.load(events);
    this.run.activity = 'paused';
    return (await this.stage.desk.reopen(id)).type === 'ok';
  }

  async openedArchive(): Promise<RunArchive> {
    return this.stage.history;
  }

  async finish(): Promise<void> {
    await this.stage.desk.play();
    await this.stage.until(() => this.stage.last.activity === 'finished');
    this.sync();
  }
}
