/** `npm run evolve`: the engine in a terminal. Flags are read by `relay/runs/evolve.ts`. */
import { run } from './setup/child.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';

await ensurePackages({ development: false });
process.exitCode = await run(await newerNode(), ['relay/runs/evolve.ts', ...process.argv.slice(2)]);
