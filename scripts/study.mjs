/** `npm run study`: longer measurements that a report quotes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './setup/child.mjs';
import { fail, flags } from './setup/flags.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSite } from './setup/site.mjs';
import { ensureChromium } from './test/chromium.mjs';

if (process.argv[2] === 'control') {
  // Its flags are read by `tests/study/control-options.ts`.
  await ensurePackages({ development: true });
  process.exit(await run(await newerNode(), ['tests/study/control.ts', ...process.argv.slice(3)]));
}

const usage = `npm run study -- control --help
npm run study -- offline [--examples a,b] [--seeds 1,2,3] [--seconds 1,10,60,300] [--where page,terminal] [--json]

  Best strict fitness without a language model after so many seconds, for each example and seed.`;

const { values, positionals } = flags(
  usage,
  {
    examples: { type: 'string' },
    seeds: { type: 'string' },
    seconds: { type: 'string' },
    where: { type: 'string' },
    json: { type: 'boolean' },
  },
  { positionals: true },
);
if (positionals.length !== 1 || positionals[0] !== 'offline') fail(usage, 'Name the study: control or offline');
for (const name of list('examples')) {
  if (!existsSync(join(root, 'examples', name, 'experiment.json'))) fail(usage, `There is no example '${name}'`);
}
for (const name of ['seeds', 'seconds']) {
  const odd = list(name).find((text) => !/^\d+$/.test(text) || (name === 'seconds' && Number(text) === 0));
  if (odd !== undefined) fail(usage, `--${name} wants whole numbers with commas between them, not '${odd}'`);
}
const places = list('where');
const place = places.find((name) => name !== 'page' && name !== 'terminal');
if (place !== undefined) fail(usage, `--where wants page, terminal or both, not '${place}'`);

await ensurePackages({ development: true });
const node = await newerNode();
/** @type {Record<string, string>} */
const env = {};
if (places.length === 0 || places.includes('page')) {
  const chromium = await ensureChromium(node);
  if (chromium.path === null) fail(usage, `The page can't be studied here: ${chromium.reason}`);
  env['CHROMIUM'] = chromium.path;
  const built = await ensureSite(node);
  if (built !== 0) process.exit(built);
}
const passed = Object.entries(values).flatMap(([name, value]) =>
  value === true ? [`--${name}`] : [`--${name}`, String(value)],
);
process.exitCode = await run(node, ['tests/study/main.ts', ...passed], { env });

/** @param {string} name */
function list(name) {
  const text = values[name];
  return typeof text === 'string' ? text.split(',') : [];
}
