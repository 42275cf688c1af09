/** `npm start`: from a fresh clone to a page in the browser. Runs on any Node from 20.19 on; `serve.ts` needs a newer one. */
import { run } from './setup/child.mjs';
import { flags, wholeNumber } from './setup/flags.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSite } from './setup/site.mjs';

const usage = `npm start [-- --port N --no-open]

  --port N     serve on that port of 127.0.0.1 (default: 8420, or the next one free; 0: any)
  --no-open    do not open a browser`;

const { values } = flags(usage, { port: { type: 'string' }, 'no-open': { type: 'boolean' } });
const port = wholeNumber(usage, 'port', values.port, { from: 0, to: 65535 });

await ensurePackages({ development: false });
const node = await newerNode();
const built = await ensureSite(node);
if (built !== 0) process.exit(built);
process.exitCode = await run(node, [
  'scripts/serve.ts',
  ...(port === null ? [] : ['--port', String(port)]),
  ...(values['no-open'] ? ['--no-open'] : []),
]);
