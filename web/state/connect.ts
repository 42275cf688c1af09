/** The real shells behind `Services`. Each loads when it is first needed, so that the first frame waits for neither. */
import { catalogue } from '../../examples/catalogue.ts';
import type { Services } from './services.ts';

export const services: Services = {
  catalogue,
  async openRuns(document) {
    const { RunClient } = await import('../worker/run-client.ts');
    return RunClient.create(document);
  },
  async openArchive() {
    const { openHistory } = await import('../history/index.ts');
    return openHistory();
  },
  async pageModels() {
    return (await import('../models/page-models.ts')).pageModels;
  },
};
