import { describe, expect, it } from 'vitest';
import { mountFrame } from '../../../sandboxes/hosting/browser/frame.ts';
import { connectFrame } from '../../../sandboxes/hosting/browser/connect-frame.ts';
import { loadPageRealm } from '../../../sandboxes/hosting/browser/realms.ts';
import { createHost } from '../../../sandboxes/hosting/host.ts';
import { shelf } from '../../../sandboxes/pyodide/packages-page.ts';
import { createPackages } from '../../../sandboxes/pyodide/packages.ts';
import { memberContract, memberHostile } from '../../sandboxes/member-suites.ts';
import { pyodide } from '../../sandboxes/members.ts';
import { memberPackages } from '../../sandboxes/pyodide-suite.ts';
import { lockOf, wheel } from '../../sandboxes/wheel.ts';
import { pagePlace } from './place.ts';

memberContract(pagePlace(), pyodide);
memberHostile(pagePlace(), pyodide);
memberPackages('page', async (options, packages) => {
  const frame = mountFrame(document);
  const host = createHost(connectFrame(frame.port), options, { loadRealm: loadPageRealm, packages });
  return {
    open: host.open.bind(host),
    stats: host.stats.bind(host),
    close() {
      host.close();
      frame.remove();
    },
  };
});

describe('packages in a page', () => {
  it('are kept by the browser for the next visit', async () => {
    const bytes = wheel({ 'one.py': 'VALUE = 1' });
    let asked = 0;
    const visit = () =>
      createPackages({
        lock: () => lockOf({ one: [bytes, []] }),
        base: () => Promise.resolve('https://packages.test/full/'),
        fetch: () => Promise.resolve((asked++, new Response(bytes))),
        shelf,
      }).wheels({ 'main.py': 'import one' });
    for (let i = 0; i < 2; i++) expect(await visit()).toMatchObject({ type: 'ok', wheels: [{ name: 'one', bytes }] });
    expect(asked).toBe(1);
    await caches.delete('python-packages');
  });
});
