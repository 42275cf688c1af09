/** Serves the built page and the relay on one loopback port until it is told to end. Started by `start.mjs`. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createApp } from '../relay/app.ts';
import { listen } from '../relay/server.ts';

const DEFAULT_PORT = 8420;

const { values } = parseArgs({ options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } } });
const app = createApp({ site: fileURLToPath(new URL('../dist', import.meta.url)) });
const result = await listen(
  app,
  values.port === undefined ? { port: DEFAULT_PORT, further: 50 } : { port: Number(values.port) },
);

if (result.type === 'failed') {
  console.error(`Can't serve: ${result.reason}. Another one can be named with \`npm start -- --port N\`.`);
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
