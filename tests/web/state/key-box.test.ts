import { beforeEach, describe, expect, it } from 'vitest';
import { forget, isKept, ITERATIONS, keep, seal, takeOut, unseal } from '../../../web/state/key-box.ts';
import { fakeStorage } from './storage.ts';

const KEY = 'sk-planted-0123456789abcdef';
const PASS = 'correct horse battery';

async function sealed(iterations = 1_000): Promise<string> {
  const box = await seal({ openai: KEY }, PASS, iterations);
  if (box.type === 'failed') throw new Error(box.reason);
  return box.text;
}

describe('a box of keys', () => {
  it('gives back what was put in, and shows nothing of it', async () => {
    const text = await sealed();
    expect(text).not.toContain(KEY);
    expect(text).not.toContain('openai');
    expect(await unseal(text, PASS)).toEqual({ type: 'ok', kept: { openai: KEY } });
  });

  it('takes another salt and another nonce each time', async () => {
    const [a, b] = [JSON.parse(await sealed()), JSON.parse(await sealed())] as Record<string, string>[];
    expect(a?.['salt']).not.toBe(b?.['salt']);
    expect(a?.['iv']).not.toBe(b?.['iv']);
    expect(a?.['data']).not.toBe(b?.['data']);
  });

  it('says that a passphrase is wrong', async () => {
    expect(await unseal(await sealed(), `${PASS}.`)).toEqual({ type: 'wrong' });
  });

  it('opens for the same passphrase in another writing of the same letters', async () => {
    const box = await seal({ a: 'b' }, 'cafe\u0301 olé olé', 1_000);
    expect(await unseal(box.type === 'ok' ? box.text : '', 'caf\u00e9 olé olé')).toEqual({
      type: 'ok',
      kept: { a: 'b' },
    });
  });

  it('opens nothing that was changed, head or data', async () => {
    const box = JSON.parse(await sealed()) as Record<string, unknown>;
    const data = String(box['data']);
    const flipped = `${data.startsWith('A') ? 'B' : 'A'}${data.slice(1)}`;
    expect(await unseal(JSON.stringify({ ...box, data: flipped }), PASS)).toEqual({ type: 'wrong' });
    expect(await unseal(JSON.stringify({ ...box, iterations: 999 }), PASS)).toEqual({ type: 'wrong' });
  });

  it('reads no box of another kind, and none that would keep the page busy', async () => {
    const box = JSON.parse(await sealed()) as Record<string, unknown>;
    for (const other of ['', 'null', '[]', '{"v":2}']) expect((await unseal(other, PASS)).type).toBe('unreadable');
    expect((await unseal(JSON.stringify({ ...box, iterations: 1e9 }), PASS)).type).toBe('unreadable');
    expect((await unseal(JSON.stringify({ ...box, v: 2 }), PASS)).type).toBe('unreadable');
  });

  it('wants a passphrase that is not too short', async () => {
    expect(await seal({}, '1234567')).toEqual({
      type: 'failed',
      reason: 'The passphrase needs at least 8 characters.',
    });
  });
});

describe('keys in this browser', () => {
  let place = fakeStorage();
  beforeEach(() => (place = fakeStorage()));

  it('are kept with six hundred thousand rounds, and forgotten when asked to be', async () => {
    expect(isKept()).toBe(false);
    expect(await keep({ openai: KEY }, PASS)).toBe('');
    expect(isKept()).toBe(true);
    const text = localStorage.getItem('genesis:keys') ?? '';
    expect(text).not.toContain(KEY);
    expect(JSON.parse(text)).toMatchObject({ v: 1, iterations: ITERATIONS });
    expect(ITERATIONS).toBeGreaterThanOrEqual(600_000);
    expect(await takeOut(PASS)).toEqual({ type: 'ok', kept: { openai: KEY } });
    forget();
    expect(isKept()).toBe(false);
    expect((await takeOut(PASS)).type).toBe('unreadable');
  });

  it('says why they could not be kept', async () => {
    place.full = true;
    expect(await keep({ openai: KEY }, PASS)).toBe('The browser does not let this page keep anything.');
  });
});
