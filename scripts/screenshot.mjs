/** `npm run screenshot`: renews docs/screenshot.png from the real page. */
import { run } from './setup/child.mjs';
import { flags } from './setup/flags.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSite } from './setup/site.mjs';
import { ensureChromium } from './test/chromium.mjs';

flags('npm run screenshot', {});
await ensurePackages({ development: true });
const node = await newerNode();
const chromium = await ensureChromium(node);
const built = await ensureSite(node);
if (chromium.path === null) console.error(chromium.reason);
process.exitCode =
  chromium.path === null || built !== 0
    ? 1
    : await run(node, ['tests/study/screenshot.ts'], { env: { CHROMIUM: chromium.path } });
