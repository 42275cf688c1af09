/** Child processes that end with their parent and pass their exit code on. Plain JavaScript: runs before anything is installed. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Node keeps here what it has compiled, types already stripped, and starts in half the time or less when it is asked again. */
export const compiled = { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled') };

/**
 * Runs a command in the project's root and waits for it. Ctrl-C on a terminal reaches the child by itself, so the parent only waits;
 * a signal sent to the parent alone is passed on.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, quiet?: boolean, aside?: boolean }} [options] `quiet` keeps the output and prints it
 *   only on failure; `aside` sends all of it to stderr, so that stdout holds nothing but a command's result
 * @returns {Promise<number>} exit code; 127 when the command could not be started, 128 + signal number as shells have it
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...compiled, ...process.env, ...options.env },
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : options.aside ? ['inherit', 2, 2] : 'inherit',
      shell: process.platform === 'win32' && command === 'npm',
    });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    const wait = () => {
      if (!process.stdin.isTTY) child.kill('SIGINT');
    };
    const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on('SIGINT', wait);
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    const settle = (/** @type {number} */ code) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', pass);
      process.off('SIGHUP', pass);
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code);
    };
    child.on('error', (error) => {
      output.push(Buffer.from(`${command}: ${error.message}\n`));
      settle(127);
    });
    child.on('close', (code, signal) => settle(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/**
 * npm, as it was started: through its own script where npm started us, so that no shell stands between.
 * @param {readonly string[]} args
 * @param {{ cwd?: string }} [options]
 */
export function npm(args, { cwd = root } = {}) {
  const options = { cwd, aside: true };
  const script = process.env['npm_execpath'];
  if (script !== undefined && /\.c?js$/.test(script) && /npm/.test(script)) {
    return run(process.execPath, [script, ...args], options);
  }
  return run('npm', args, options);
}
