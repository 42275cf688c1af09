import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  baseOf,
  enter,
  join,
  joinedRelays,
  keepToken,
  leave,
  placeOf,
  standing,
} from '../../../web/state/relay-access.ts';
import { openedRelay, type Opened } from '../../relay/open.ts';
import { fakeStorage } from './storage.ts';

describe('the address of a relay', () => {
  it('is read as people write it', () => {
    expect(baseOf('relay.example.org')).toBe('https://relay.example.org/api/v1');
    expect(baseOf(' https://relay.example.org/some/page#x ')).toBe('https://relay.example.org/api/v1');
    expect(baseOf('localhost:8420')).toBe('http://localhost:8420/api/v1');
    expect(baseOf('192.168.1.20:8420')).toBe('http://192.168.1.20:8420/api/v1');
    expect(baseOf('[::1]:8420')).toBe('http://[::1]:8420/api/v1');
    expect(baseOf('teacher.local:8420')).toBe('http://teacher.local:8420/api/v1');
    expect(baseOf('http://127.0.0.1:8420')).toBe('http://127.0.0.1:8420/api/v1');
  });

  it('is no other scheme, holds no password, and is not empty', () => {
    for (const text of ['', 'ftp://a', 'javascript:alert(1)', 'https://me:secret@a', 'a b'])
      expect(baseOf(text), text).toBe(null);
  });
});

describe('a relay', () => {
  let relay: Opened;
  let code = '';
  beforeAll(async () => {
    relay = await openedRelay();
    const owner = await relay.session();
    const body = { label: 'class', hours: 1, seats: 1, each: { dollars: 0.5 }, together: { dollars: 2 } };
    code = ((await (await relay.call(owner, 'POST', '/codes', body)).json()) as { code: string }).code;
  });
  afterAll(() => relay.close());
  beforeEach(() => void fakeStorage());

  /** As the relay's own page asks. */
  const own: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), origin: relay.url } });

  it('lets the page of its own machine in without a word, and no other page', async () => {
    const entered = await enter(relay.base, own);
    expect(entered).toMatchObject({ type: 'ok', value: { member: { role: 'owner', name: 'this machine' } } });
    const foreign = await enter(relay.base, fetch);
    expect(foreign).toEqual({
      type: 'refused',
      code: 'not-local',
      words: 'This relay gives no token without a code. Join with a code.',
    });
  });

  it('is joined by a code, says what is left, and is left again', async () => {
    const joined = await join(relay.base, ` ${code.toLowerCase()} `, ' Ada ', own);
    if (joined.type !== 'ok') throw new Error(joined.words);
    const { token, member } = joined.value;
    expect(member).toMatchObject({ role: 'member', name: 'Ada' });
    expect(await standing(relay.base, token, own)).toMatchObject({
      type: 'ok',
      value: {
        member: { name: 'Ada' },
        own: { caps: { dollars: 0.5 }, spent: { dollars: 0 } },
        shared: { caps: { dollars: 2 } },
      },
    });
    expect(await join(relay.base, code, 'Bob', own)).toMatchObject({
      type: 'refused',
      code: 'code-full',
      words: 'All seats of this code are taken. Ask whoever gave you the code for a new one.',
    });
    expect(await leave(relay.base, token, own)).toEqual({ type: 'ok', value: true });
    expect((await standing(relay.base, token, own)).type).toBe('refused');
  });

  it('says in its own words that a code is wrong', async () => {
    expect(await join(relay.base, 'AAAA-BBBB-CCCC', 'Ada', own)).toMatchObject({
      type: 'refused',
      words: 'There is no such code. Ask whoever gave you the code for a new one.',
    });
  });

  it('is told from what is none, and from nothing', async () => {
    const other: typeof fetch = () => Promise.resolve(new Response('<h1>Not found</h1>', { status: 404 }));
    expect(await join('https://a.example/api/v1', code, 'Ada', other)).toEqual({
      type: 'unreachable',
      words: 'What answers at a.example is not a relay.',
    });
    const nobody: typeof fetch = () => Promise.reject(new TypeError('no'));
    expect((await enter('https://a.example/api/v1', nobody)).type).toBe('unreachable');
  });

  it('has its token kept under its address until it is left', () => {
    expect(joinedRelays()).toEqual([]);
    keepToken(relay.base, 'genesis_token');
    expect(joinedRelays()).toEqual([{ base: relay.base, token: 'genesis_token' }]);
    keepToken(relay.base, null);
    expect(joinedRelays()).toEqual([]);
    expect(placeOf(relay.base)).toBe(relay.url.slice('http://'.length));
  });
});
