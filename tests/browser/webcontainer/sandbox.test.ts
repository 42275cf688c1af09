/** Our side of a WebContainer, against a stand-in of the service. That the service does what the stand-in does is for the live test. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Limits, Sandbox, Session } from '../../../sandboxes/contract.ts';
import { bootContainer } from '../../../sandboxes/webcontainer/boot.ts';
import { createWebContainerSandbox } from '../../../sandboxes/webcontainer/index.ts';

Object.assign(globalThis, { WEBCONTAINER_API_IFRAME_URL: location.origin });

const limits: Limits = { milliseconds: 300, megabytes: 64, outputBytes: 10_000, messages: 10, fuel: 1 };
const FILES = { 'main.js': 'export const echo = (...list) => list;', 'package.json': '{"type":"module"}' };
const left: Sandbox[] = [];
afterEach(() => left.splice(0).forEach((sandbox) => sandbox.close()));

function sandbox(): Sandbox {
  const made = createWebContainerSandbox({ isolated: true });
  left.push(made);
  return made;
}

async function open(of: Sandbox, files: Record<string, string> = FILES, signal?: AbortSignal): Promise<Session> {
  const prepared = await of.prepare({ language: 'javascript', files, entry: 'main.js' });
  if (prepared.type !== 'ok') throw new Error(prepared.reason);
  const opened = await of.open(prepared, limits, signal);
  if (opened.type !== 'ok') throw new Error(opened.reason);
  return opened.session;
}

async function container() {
  const booted = await bootContainer({ isolated: true });
  if (booted.type !== 'ok') throw new Error(booted.reason);
  return booted.container;
}

describe('a WebContainer', () => {
  it('is refused at once where the page is not isolated, with what to do', async () => {
    expect(await bootContainer({ isolated: false })).toMatchObject({
      type: 'missing',
      reason: expect.stringContaining('isolated') as string,
      remedy: expect.stringContaining('relay') as string,
    });
  });

  it('calls a project, with the files put below its packages', async () => {
    const session = await open(sandbox());
    expect(await session.call('echo', [1, 'ü', { a: [true, null] }, new Float64Array([1.5, 2])])).toEqual({
      type: 'ok',
      value: [1, 'ü', { a: [true, null] }, [1.5, 2]],
      fuel: 0,
    });
    const { fs } = await container();
    const names = await fs.readdir('/');
    expect(names.filter((name) => name.endsWith('/main.js'))).toHaveLength(1);
    session.close();
  });

  it('hears answers only in whole lines that are marked as such', async () => {
    const session = await open(sandbox());
    expect(await session.call('chatty', [])).toEqual({ type: 'ok', value: 'whole', fuel: 0 });
    expect(await session.call('throws', [])).toEqual({ type: 'failed', reason: 'Error: no' });
  });

  it('ends what takes too long, floods or dies, and goes on in a new process', async () => {
    const session = await open(sandbox());
    expect((await session.call('never', [])).type).toBe('timeout');
    expect((await session.call('echo', [1])).type).toBe('ok');
    expect((await session.call('floods', [])).type).toBe('killed');
    const both = await Promise.all([session.call('never', []), session.call('dies', [])]);
    expect(both.map(({ type }) => type)).toEqual(['crashed', 'crashed']);
    expect((await session.call('echo', [2])).type).toBe('ok');
  });

  it('says what is wrong with a project', async () => {
    const made = sandbox();
    await expect(open(made, { ...FILES, 'broken.js': '' })).rejects.toThrow('SyntaxError: broken.js:1');
    expect(await made.prepare({ language: 'javascript', files: FILES, entry: 'x.js' })).toMatchObject({
      type: 'build-failed',
    });
    expect(
      (await made.prepare({ language: 'javascript', files: { 'main.js': '', 'package.json': '{' }, entry: 'main.js' }))
        .type,
    ).toBe('build-failed');
  });

  it('fetches packages once for projects that want the same', async () => {
    const made = sandbox();
    const files = { ...FILES, 'package.json': '{"dependencies":{"left-pad":"1.3.0"}}' };
    await open(made, files);
    await open(made, { ...files, 'other.js': '' });
    const { fs } = await container();
    expect(await fs.readFile('.installs', 'utf-8')).toBe('1');
    const missing = { ...FILES, 'package.json': '{"dependencies":{"no-such-package":"1"}}' };
    await expect(open(made, missing)).rejects.toThrow(/npm install failed: npm error 404/);
  });

  it('leaves no files behind, and settles what is pending', async () => {
    const made = sandbox();
    const session = await open(made);
    const pending = session.call('never', []);
    session.close();
    expect((await pending).type).toBe('killed');
    expect((await session.call('echo', [])).type).toBe('killed');
    expect(made.stats()).toMatchObject({ alive: 0, opened: 1 });
    const { fs } = await container();
    expect((await fs.readdir('/')).filter((name) => name.endsWith('/main.js'))).toEqual([]);
  });

  it('stops at a signal', async () => {
    const stop = new AbortController();
    const session = await open(sandbox(), FILES, stop.signal);
    const pending = session.call('never', []);
    stop.abort();
    expect((await pending).type).toBe('killed');
  });
});
