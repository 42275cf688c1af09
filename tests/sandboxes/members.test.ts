import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { memberContract, memberHostile } from './member-suites.ts';
import { members } from './members.ts';
import type { Place } from './trial.ts';

const place: Place = {
  name: 'Node',
  create: (options) => Promise.resolve(createNodeHost(options)),
  dispose: () => {},
};

for (const member of members) {
  memberContract(place, member);
  memberHostile(place, member);
}
