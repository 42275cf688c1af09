import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { memberSuite } from './member-suite.ts';
import { MEMBERS } from './members.ts';

for (const member of MEMBERS) {
  memberSuite(
    { name: 'Node', create: (options) => Promise.resolve(createNodeHost(options)), dispose: () => {} },
    member,
  );
}
