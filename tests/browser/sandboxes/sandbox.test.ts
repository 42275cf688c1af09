import { mountFrame } from '../../../sandboxes/hosting/browser/frame.ts';
import { sandboxes } from '../../../sandboxes/registry.ts';
import { wat } from '../../../wasm-toolchains/wat/index.ts';
import { members } from '../../sandboxes/members.ts';
import { sandboxSuite } from '../../sandboxes/sandbox-suite.ts';

const options = { megabytes: 64, compile: wat.compile };

for (const member of members) {
  const entry = sandboxes.get(member.id);
  if (!entry) throw new Error(`${member.id} is in no registry`);
  sandboxSuite(`${member.id} in a page`, () => entry.inPage(mountFrame(document).port, options), true, member);
}
