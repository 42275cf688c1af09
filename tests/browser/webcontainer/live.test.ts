/** Against the real service, where a person asks for it: VITE_LIVE_WEBCONTAINER=1 npx vitest run tests/browser/webcontainer/live.test.ts */
import { describe, expect } from 'vitest';
import { createWebContainerSandbox } from '../../../sandboxes/webcontainer/index.ts';
import { needing } from '../../needing.ts';

const asked = (import.meta as { env?: Record<string, unknown> }).env?.['VITE_LIVE_WEBCONTAINER'] === '1';

const needed = needing(asked ? null : 'needs VITE_LIVE_WEBCONTAINER=1 and the network');

describe('the WebContainer service', () => {
  needed(
    'runs a project with a package',
    async () => {
      const sandbox = createWebContainerSandbox({ isolated: true, milliseconds: 30_000 });
      const files = {
        'package.json': '{"type":"module","dependencies":{"is-odd":"3.0.1"}}',
        'main.js': "import isOdd from 'is-odd';\nexport const odd = (n) => isOdd(n);\n",
      };
      const prepared = await sandbox.prepare({ language: 'javascript', files, entry: 'main.js' });
      if (prepared.type !== 'ok') throw new Error(prepared.reason);
      const limits = { milliseconds: 5_000, megabytes: 64, outputBytes: 1_000, messages: 10, fuel: 1 };
      const opened = await sandbox.open(prepared, limits);
      if (opened.type !== 'ok') throw new Error(opened.reason);
      expect(await opened.session.call('odd', [3])).toEqual({ type: 'ok', value: true, fuel: 0 });
      sandbox.close();
    },
    180_000,
  );
});
