/** `npm run build`: the static site in `dist/`. */
import { flags } from './setup/flags.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSite } from './setup/site.mjs';

flags('npm run build', {});
await ensurePackages({ development: false });
process.exitCode = await ensureSite(await newerNode(), { always: true });
