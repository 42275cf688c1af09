import { expect, it } from 'vitest';
import { createInlineSandbox } from '../../sandboxes/inline/index.ts';
import { sandboxes } from '../../sandboxes/registry.ts';
import { wat } from '../../wasm-toolchains/wat/index.ts';
import { members } from './members.ts';
import { sandboxSuite } from './sandbox-suite.ts';

const compile = wat.compile;

for (const member of members) {
  const entry = sandboxes.get(member.id);
  if (!entry) throw new Error(`${member.id} is in no registry`);
  sandboxSuite(`${member.id} in Node`, () => entry.inNode({ megabytes: 64, compile }), true, member);
  if (member.id === 'javascript') sandboxSuite('inline', () => Promise.resolve(createInlineSandbox()), false, member);
}

it('lists no sandbox without isolation', () => {
  expect([...sandboxes.keys()]).not.toContain('inline');
});
