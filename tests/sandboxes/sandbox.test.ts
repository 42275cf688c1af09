import { expect, it } from 'vitest';
import { createInlineSandbox } from '../../sandboxes/inline/index.ts';
import { sandboxes } from '../../sandboxes/registry.ts';
import { sandboxSuite } from './sandbox-suite.ts';

sandboxSuite('inline', () => Promise.resolve(createInlineSandbox()), false);
for (const [id, entry] of sandboxes) sandboxSuite(`${id} in Node`, () => entry.inNode(), true);

it('lists no sandbox without isolation', () => {
  expect([...sandboxes.keys()]).not.toContain('inline');
});
