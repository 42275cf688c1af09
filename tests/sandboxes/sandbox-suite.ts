/** What every member of the sandbox family must do; `isolated` members must also survive what can't be stopped from inside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Limits, Sandbox, Session } from '../../sandboxes/contract.ts';
import { LIMITS } from './trial.ts';

export function sandboxSuite(name: string, create: () => Promise<Sandbox>, isolated: boolean): void {
  describe(`${name}: sandbox`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await create();
    });
    afterAll(() => sandbox.close());

    async function open(text: string, limits: Partial<Limits> = {}): Promise<Session> {
      const prepared = await sandbox.prepare({ language: 'typescript', files: { 'a.ts': text }, entry: 'a.ts' });
      if (prepared.type !== 'ok') throw new Error(prepared.reason);
      const result = await sandbox.open(prepared, { ...LIMITS, ...limits });
      if (result.type !== 'ok') throw new Error(result.reason);
      return result.session;
    }

    it('calls exports, keeps module state between calls, and makes it anew when given parameters', async () => {
      const session = await open('let n = 0; export const next = (by: number) => (n += by + ($p[0] ?? 0));');
      expect(await session.call('next', [1])).toMatchObject({ type: 'ok', value: 1 });
      expect(await session.call('next', [1])).toMatchObject({ type: 'ok', value: 2 });
      expect(await session.call('next', [1], [10])).toMatchObject({ type: 'ok', value: 11 });
      session.close();
      expect((await session.call('next', [1])).type).toBe('killed');
    });

    it('gives failures as values', async () => {
      const session = await open(
        'export const bad = () => { throw new Error("x"); }; export const fn = () => () => 1;',
      );
      expect(await session.call('bad', [])).toMatchObject({ type: 'failed', reason: 'Error: x' });
      expect((await session.call('fn', [])).type).toBe('failed');
      expect(await session.call('none', [])).toMatchObject({ type: 'failed', reason: 'exports no function "none"' });
      session.close();
      expect(
        await sandbox.prepare({ language: 'javascript', files: { 'a.js': 'let =' }, entry: 'a.js' }),
      ).toMatchObject({
        type: 'build-failed',
        reason: expect.stringMatching(/^a\.js:1:/) as string,
      });
    });

    it('counts fuel', async () => {
      const session = await open(
        'export function f(n: number) { for (let i = 0; i < n; i++) if (--$fuel.n < 0) $fuel.out(); return n; }',
        {
          fuel: 100,
        },
      );
      expect(await session.call('f', [7])).toEqual({ type: 'ok', value: 7, fuel: 7 });
      expect(await session.call('f', [1e9])).toMatchObject({ type: 'timeout', reason: 'out of fuel' });
      expect((await session.call('f', [7])).type).toBe('ok');
      session.close();
    });

    it.runIf(isolated)('ends what does not end, and goes on in a fresh realm', async () => {
      const session = await open('export const spin = () => { for (;;); }; export const f = () => 1;', {
        milliseconds: 200,
      });
      expect((await session.call('spin', [])).type).toBe('timeout');
      expect(await session.call('f', [])).toMatchObject({ type: 'ok', value: 1 });
      const pending = session.call('spin', []);
      session.close();
      expect((await pending).type).toBe('killed');
    });

    it.runIf(isolated)('refuses arguments that are no plain data and says which limit was hit', async () => {
      const session = await open('export const f = () => 1; export const big = () => { new ArrayBuffer(1e9); };');
      expect((await session.call('f', [() => 1])).type).toBe('failed');
      expect((await session.call('big', [])).type).toBe('out-of-memory');
      expect(await session.call('f', [])).toMatchObject({ type: 'ok', value: 1 });
      session.close();
    });
  });
}
