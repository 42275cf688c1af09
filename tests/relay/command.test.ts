/** `relay/command.ts` as a person runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandIn, STAND_IN_KEY } from './llm/stand-in.ts';
import { providersAt } from './open.ts';
import { command, sessionOf, startRelay, surroundings } from './relay-process.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'genesis-command-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [command, ...args], {
    ...{ cwd: folder, encoding: 'utf8', timeout: 30_000, env: { ...surroundings(), ...environment } },
  });

it('says what it can do', () => {
  const { status, stdout } = run(['--help']);
  expect(status).toBe(0);
  for (const flag of [
    'config',
    'host',
    'port',
    'store',
    'name',
    'origin',
    'owner',
    'class',
    'dollars',
    'each',
    'seats',
  ])
    expect(stdout).toContain(`--${flag}`);
  expect(stdout).toContain('OPENAI_API_KEY');
});

describe('says what is wrong and where', () => {
  it.each([
    [['--prot', '1'], {}, 2, '--prot'],
    [['--class', ''], {}, 2, '--class takes a name'],
    [['--class', 'a'], {}, 2, '--class needs --dollars'],
    [['--class', 'a', '--dollars', 'many'], {}, 2, '--dollars takes a number of at least 0, not "many"'],
    [['--class', 'a', '--dollars', '1', '--seats', '0'], {}, 2, '--seats takes a number of at least 1'],
    [['--dollars', '5'], {}, 2, '--dollars belongs to a class'],
    [['--port', 'x'], {}, 1, '--port: port must be a number'],
    [['--host', 'localhost'], {}, 1, '--host: host must be an IP address'],
    [['--name', 'https://x'], {}, 1, '--name: names.0 must be a host name'],
    [['--port', '0'], { GENESIS_PROXIES: 'x' }, 1, 'GENESIS_PROXIES: proxies must be a number'],
    [['--port', '0', '--store', '/no/such/folder/x'], {}, 1, 'store: /no/such/folder/x'],
  ] as const)('%j', (args, environment, status, words) => {
    const ended = run(args, environment);
    expect(ended.stderr).toContain(words);
    expect(ended.status).toBe(status);
  });

  it('in the file too, without its values', () => {
    writeFileSync(join(folder, 'genesis.config.json'), '{"providers": [{"kind": "openai", "key": "sk-secret"}]}');
    const { status, stderr } = run(['--port', '0']);
    expect(stderr).toContain('genesis.config.json: providers.0.key is no setting of this relay');
    expect(stderr).not.toContain('sk-secret');
    expect(status).toBe(1);
  });
});

it('starts a class: a code with seats, money and models; tells what it does not offer; ends in order', async () => {
  const standIn = await startStandIn();
  try {
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ providers: providersAt(standIn.url), log: 'requests' }));
    const relay = await startRelay({
      args: [
        ...['--config', join(folder, 'c.json'), '--store', join(folder, 's.sqlite'), '--site', folder, '--port', '0'],
        ...[
          '--class',
          '7b',
          '--dollars',
          '2',
          '--each',
          '0.25',
          '--seats',
          '2',
          '--models',
          'small, nothing',
          '--owner',
        ],
      ],
      environment: { STAND_IN_KEY },
    });
    try {
      const code = /Code to join "7b", good for 4 h and 2 seats: (\S+)/;
      await expect.poll(() => code.test(relay.printed()), { timeout: 10_000 }).toBe(true);
      expect(relay.printed()).toContain('Not offered here: nothing.');
      const post = (path: string, body: unknown): Promise<Response> =>
        fetch(`${relay.url}/api/v1${path}`, {
          ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
        });
      const joined = await post('/join', { code: code.exec(relay.printed())?.[1], name: 'Ada' });
      expect(joined.status).toBe(201);
      const { token } = (await joined.json()) as { token: string };
      const get = async (path: string, bearer: string): Promise<unknown> =>
        (await fetch(`${relay.url}/api/v1${path}`, { headers: { authorization: `Bearer ${bearer}` } })).json();
      expect(await get('/me', token)).toMatchObject({
        client: { role: 'member', models: ['small', 'nothing'] },
        own: { caps: { dollars: 0.25 } },
        shared: { caps: { dollars: 2 } },
      });
      expect(await get('/models', token)).toMatchObject({ models: [{ name: 'small' }] });
      const owner = /shown this once: (genesis_\S+)/.exec(relay.printed())?.[1] ?? '';
      expect(await get('/codes', owner)).toMatchObject({ codes: [{ label: '7b', seats: 2, joined: 1 }] });
      expect(await sessionOf(relay.url)).toMatch(/^genesis_/);
      await expect.poll(() => relay.printed()).toContain('"route":"/api/v1/join"');
      expect(relay.printed()).not.toContain(STAND_IN_KEY);
      expect(relay.printed()).not.toContain(token);
    } finally {
      expect(await relay.end('SIGINT')).toBe(0);
    }
    expect(relay.printed()).toContain('Ending');
  } finally {
    await standIn.close();
  }
}, 60_000);

it('says which variable a provider’s key is missing from', async () => {
  writeFileSync(join(folder, 'c.json'), JSON.stringify({ providers: [{ kind: 'openai', keyFrom: 'SCHOOL_KEY' }] }));
  const relay = await startRelay({
    args: ['--config', join(folder, 'c.json'), '--store', join(folder, 's.sqlite'), '--site', folder, '--port', '0'],
  });
  await relay.end('SIGTERM');
  expect(relay.printed()).toContain('SCHOOL_KEY, which would hold its key, is not set');
}, 40_000);
