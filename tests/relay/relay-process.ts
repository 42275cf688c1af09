/** A relay in a process of its own, as `npm run relay` starts it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RelayProcess {
  readonly child: ChildProcess;
  /** Without a slash at its end. */
  readonly url: string;
  /** All it has printed so far. */
  printed(): string;
  /** Rejects where the relay does not end within twenty seconds. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface RelayProcessOptions {
  readonly args: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Flags of Node. */
  readonly node?: readonly string[];
}

/** No more of this process's environment than a relay needs to start. */
export const surroundings = (): NodeJS.ProcessEnv => {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) };
};

export const command = fileURLToPath(new URL('../../relay/command.ts', import.meta.url));

/** Settles when it listens; rejects with what it printed where it ends first. */
export async function startRelay({ args, environment = {}, node = [] }: RelayProcessOptions): Promise<RelayProcess> {
  const child = spawn(process.execPath, [...node, command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...surroundings(), ...environment },
  });
  let printed = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      printed += chunk.toString();
      const found = /Genesis is at (http:\/\/\S+)\//.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    void ended.then((code) => reject(new Error(`the relay ended (${code}): ${printed}`)));
  });
  return {
    ...{ child, url, printed: () => printed },
    async end(signal) {
      child.kill(signal);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          child.kill('SIGKILL');
          reject(new Error(`the relay did not end: ${printed}`));
        }, 20_000);
      });
      return Promise.race([ended, late]).finally(() => clearTimeout(timer));
    },
  };
}

/** An owner's token, as the page of this machine gets it. */
export async function sessionOf(url: string): Promise<string> {
  const headers = { origin: url, 'x-genesis': '1' };
  const response = await fetch(`${url}/api/v1/session`, { method: 'POST', headers });
  return ((await response.json()) as { token: string }).token;
}
