import { mountFrame } from '../../../sandboxes/hosting/browser/frame.ts';
import { sandboxes } from '../../../sandboxes/registry.ts';
import { sandboxSuite } from '../../sandboxes/sandbox-suite.ts';

for (const [id, entry] of sandboxes)
  sandboxSuite(`${id} in a page`, () => entry.inPage(mountFrame(document).port), true);
