import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { confinement, permissionFlags } from '../../sandboxes/hosting/node/confine.ts';
import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { needing } from '../needing.ts';
import { evaluate, options, told } from './trial.ts';

const GOOD = 'export const f = (x: number) => x + 1;';
const linux = existsSync(`/proc/${process.pid}/task/${process.pid}/children`);

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function until(check: () => boolean): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    if (check()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

describe('the jailed process', () => {
  it('reads no file, starts no process, sees no environment and reaches no network', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const text = `
      const open = [];
      try { require('node:fs').readFileSync('/etc/hostname'); open.push('read'); } catch {}
      try { require('node:fs').writeFileSync('/tmp/x', ''); open.push('write'); } catch {}
      try { require('node:child_process').execSync('true'); open.push('process'); } catch {}
      if (process.env.SECRET_OF_THE_PARENT) open.push('environment');
      const socket = require('node:net').connect(${port}, '127.0.0.1');
      socket.on('connect', () => { open.push('network'); done(); }); socket.on('error', done);
      function done() { process.stdout.write(JSON.stringify(open)); process.exit(); }`;
    const { command, note } = confinement();
    const [program, ...args] = [...command, process.execPath, ...permissionFlags(), '--eval', text];
    const child = spawn(program as string, args, { env: { TZ: 'UTC' }, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    server.close();
    expect(JSON.parse(output)).toEqual(note === '' ? [] : ['network']);
  });

  needing(linux ? null : 'looks into /proc, which only Linux has')(
    'is replaced when it is killed, and what was pending settles',
    async () => {
      const before = new Set(childrenOf(process.pid));
      const host = createNodeHost(options(undefined, { milliseconds: 60_000 }));
      expect(told(await evaluate(host, GOOD)).status).toBe('scored');
      const [jail] = childrenOf(process.pid).filter((pid) => !before.has(pid));
      const pending = evaluate(host, 'export const f = () => { for (;;); };');
      process.kill(jail as number, 'SIGKILL');
      expect(told(await pending)).toMatchObject({ status: 'crashed', reason: 'the jailed process ended' });
      expect(told(await evaluate(host, GOOD)).value).toBe(4);
      const [next] = childrenOf(process.pid).filter((pid) => !before.has(pid));
      host.close();
      expect(
        await until(() => !existsSync(`/proc/${next}/exe`) || !childrenOf(process.pid).includes(next as number)),
      ).toBe(true);
    },
  );

  it('does not keep its parent alive, and ends with it', () => {
    const script = `
      import { createNodeHost } from ${JSON.stringify(new URL('../../sandboxes/hosting/node/host.ts', import.meta.url).href)};
      const host = createNodeHost({ slots: 1, limits: { milliseconds: 5000, megabytes: 64, outputBytes: 1000, messages: 10, fuel: 10 },
        evaluator: { entry: 'e.js', files: { 'e.js': 'export const evaluate = () => ({ fitness: 1, correct: true });' } } });
      const opened = await host.open({ language: 'javascript', entry: 'm.js', files: { 'm.js': '' } }, new AbortController().signal);
      const [outcome] = await opened.session.evaluate([{ parameters: [], seed: 1, picture: false }]);
      console.log(outcome.type);`;
    const result = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect([result.status, result.stdout.trim(), result.stderr]).toEqual([0, 'scored', '']);
  });
});
