/** Serves the built page and the relay on one loopback port until it is told to end. Started by `start.mjs`. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from '../relay/main.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } } });
const result = await serve({
  site: fileURLToPath(new URL('../dist', import.meta.url)),
  file: 'genesis.config.json',
  flags: { host: '127.0.0.1', port: values.port === undefined ? undefined : Number(values.port) },
  environment: process.env,
  further: values.port === undefined ? 50 : 0,
  say: console.log,
});

if (result.type === 'failed') {
  for (const problem of result.problems) console.error(`Can't serve: ${problem}.`);
  console.error('Another port can be named with `npm start -- --port N`.');
  process.exitCode = 1;
} else {
  console.log(`Genesis is at ${result.url} (Ctrl-C ends it)`);
  if (someoneIsThere() && !values['no-open']) openBrowser(result.url);
  const end = () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end);
    void result.close().then(() => console.log('\nEnded.'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}

function someoneIsThere(): boolean {
  if (!process.stdout.isTTY || process.env['CI'] !== undefined) return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

function openBrowser(url: string): void {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]];
  const child = spawn(command as string, args as string[], { stdio: 'ignore', detached: true });
  child.on('error', () => console.log('No browser could be opened; follow the address above.'));
  child.unref();
}
