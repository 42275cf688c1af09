/**
 * The image without Docker: what the Dockerfile says is read, its bundle is made by its own line, and its entry is run with its own
 * variables in an empty folder, away from the sources and from all packages.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const [build = '', image = ''] = dockerfile.split(/^FROM /m).slice(1);

/** Arguments of an instruction in the form of a list. */
const listOf = (instruction: string): string[] => {
  const found = new RegExp(`^${instruction} .*?(\\[.*\\])$`, 'm').exec(image);
  return JSON.parse(found?.[1] ?? '[]') as string[];
};
const variables = Object.fromEntries(
  (/^ENV (.*)$/m.exec(image)?.[1] ?? '').split(' ').map((pair) => pair.split('=') as [string, string]),
);

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

let folder: string;
let environment: NodeJS.ProcessEnv;
/** Paths of the image as they are here. */
const here = (text: string): string => text.replace(/^\/(genesis|data)/, join(folder, '$1'));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genesis-image-'));
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'genesis', 'dist'), { recursive: true });
  writeFileSync(join(folder, 'genesis', 'dist', 'index.html'), '<!doctype html><title>page</title>');
  const [, line = ''] = /^RUN node_modules\/\.bin\/rolldown (.*)$/m.exec(build) ?? [];
  const args = line.split(' ').map((part) => (part === 'relay-bundle' ? join(folder, 'genesis', 'relay') : part));
  const { status, stderr } = spawnSync(process.execPath, ['node_modules/rolldown/bin/cli.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, here(value)]));
  environment = { ...environment, PATH: process.env['PATH'], GENESIS_PORT: String(await freePort()) };
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The entry, until it says where it is. */
async function start(
  ...flags: string[]
): Promise<{ child: ChildProcess; said: () => string; ended: Promise<number | null> }> {
  const [, ...args] = listOf('ENTRYPOINT').map(here);
  const child = spawn(process.execPath, [...args, ...flags], { cwd: join(folder, 'data'), env: environment });
  let said = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      if (said.includes('Genesis is at')) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    void ended.then((code) => reject(new Error(`ended with ${String(code)}: ${said}`)));
  });
  return { child, said: () => said, ended };
}

const healthy = (): number | null => {
  const [, ...args] = listOf('HEALTHCHECK');
  return spawnSync(process.execPath, args, { env: environment }).status;
};

describe('the image', () => {
  it('keeps sources, packages and secrets out, and runs as nobody in particular', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining(['.git', '.env*', 'node_modules', 'genesis.config.json', '*.sqlite']),
    );
    expect(image).toMatch(/^USER node$/m);
    expect(image).toMatch(/^VOLUME \/data$/m);
    expect(image.match(/^COPY .*$/gm)?.every((line) => line.startsWith('COPY --from=build /genesis/'))).toBe(true);
    expect(dockerfile).not.toMatch(/_API_KEY|ARG /);
    for (const name of Object.keys(variables)) expect(name).toMatch(/^(NODE_ENV|GENESIS_\w+)$/);
  });

  it('starts, is healthy, serves the page, keeps its store in the volume, and ends when it is told to', async () => {
    expect(healthy()).toBe(1);
    const { child, said, ended } = await start('--class', 'Biology', '--dollars', '1');
    try {
      expect(healthy()).toBe(0);
      const url = `http://127.0.0.1:${String(environment['GENESIS_PORT'])}/`;
      expect(await (await fetch(url)).text()).toContain('<title>page</title>');
      expect(said()).toContain('Listening on 0.0.0.0');
      await expect.poll(said).toMatch(/Code to join "Biology".*: [A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}/);
      // Whoever comes from outside needs a code; nobody is this machine.
      const session = { method: 'POST', headers: { origin: url.slice(0, -1), 'x-genesis': '1' } };
      expect((await fetch(`${url}api/v1/session`, session)).status).toBe(403);
      expect(statSync(join(folder, 'data', 'genesis.sqlite')).size).toBeGreaterThan(0);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
    expect(healthy()).toBe(1);
  }, 60_000);

  it('reads a configuration from its volume, and says which field is wrong', async () => {
    const file = join(folder, 'data', 'genesis.config.json');
    writeFileSync(file, JSON.stringify({ limits: { callsAtOnce: 'many' } }));
    await expect(start()).rejects.toThrow('limits.callsAtOnce must be a number');
    rmSync(file);
  }, 60_000);
});
