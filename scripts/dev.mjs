/** `npm run dev`: the page with hot reload, the relay mounted on the same port. */
import { run } from './setup/child.mjs';
import { flags, wholeNumber } from './setup/flags.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';

const usage = `npm run dev [-- --port N]

  --port N     serve on that port of 127.0.0.1 (default: 5173, or the next one free)`;

const { values } = flags(usage, { port: { type: 'string' } });
const port = wholeNumber(usage, 'port', values.port, { from: 1, to: 65535 });

await ensurePackages({ development: false });
process.exitCode = await run(await newerNode(), ['scripts/develop.ts', ...(port === null ? [] : [String(port)])]);
