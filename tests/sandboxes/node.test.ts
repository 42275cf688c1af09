import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { contractSuite } from './contract-suite.ts';
import { hostileSuite } from './hostile-suite.ts';
import type { Place } from './trial.ts';

const place: Place = {
  name: 'Node',
  create: (options) => Promise.resolve(createNodeHost(options)),
  dispose: () => {},
};

contractSuite(place);
hostileSuite(place);
