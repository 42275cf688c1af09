/** `npm run bench`: the figures this project states, each by its name. */
import { run } from './setup/child.mjs';
import { flags } from './setup/flags.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSite } from './setup/site.mjs';
import { ensureChromium } from './test/chromium.mjs';

const usage = `npm run bench [-- name ...] [--json]

  name      beginning of figures' names, e.g. engine or page.first; all where none is given
  --json    one line a figure: {"name", "value", "unit"}`;

const { values, positionals } = flags(usage, { json: { type: 'boolean' } }, { positionals: true });

await ensurePackages({ development: true });
const node = await newerNode();
/** @type {Record<string, string>} */
const env = {};
const needsBrowser = positionals.length === 0 || positionals.some((name) => !name.startsWith('engine'));
if (needsBrowser) {
  const chromium = await ensureChromium(node);
  if (chromium.path === null) console.error(`Figures of sandbox and page can't be measured: ${chromium.reason}`);
  else env['CHROMIUM'] = chromium.path;
  const built = await ensureSite(node);
  if (built !== 0) process.exit(built);
}
const json = values.json ? ['--json'] : [];
process.exitCode = await run(node, ['--expose-gc', 'tests/bench/main.ts', ...positionals, ...json], { env });
