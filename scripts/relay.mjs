/** `npm run relay`: the page with models behind it. Flags are read by `relay/command.ts`. */
import { join } from 'node:path';
import { root, run } from './setup/child.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSite } from './setup/site.mjs';

await ensurePackages({ development: false });
const node = await newerNode();
const rest = process.argv.slice(2);
const built = rest.includes('--help') ? 0 : await ensureSite(node);
process.exitCode = built !== 0 ? built : await run(node, ['relay/command.ts', '--site', join(root, 'dist'), ...rest]);
