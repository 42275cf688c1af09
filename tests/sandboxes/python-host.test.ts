import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { pythonSuite } from './python-suite.ts';

pythonSuite({
  name: 'Node',
  create: (options) => Promise.resolve(createNodeHost(options)),
  dispose: () => {},
});
