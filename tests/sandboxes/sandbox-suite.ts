/** What every member of the sandbox family must do; `isolated` members must also survive what can't be stopped from inside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Limits, Sandbox, Session } from '../../sandboxes/contract.ts';
import { type Member, sourceOf } from './members.ts';
import { LIMITS } from './trial.ts';

export function sandboxSuite(name: string, create: () => Promise<Sandbox>, isolated: boolean, member: Member): void {
  const { programs } = member;
  const scripts = member.language === 'typescript';

  describe(`${name}: sandbox`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await create();
      const session = await open(programs.good);
      await session.call('f', [1]);
      session.close();
    }, 60_000);
    afterAll(() => sandbox.close());

    async function open(text: string, limits: Partial<Limits> = {}): Promise<Session> {
      const prepared = await sandbox.prepare(sourceOf(member, text));
      if (prepared.type !== 'ok') throw new Error(prepared.reason);
      const result = await sandbox.open(prepared, { ...LIMITS, milliseconds: 8000, ...limits });
      if (result.type !== 'ok') throw new Error(result.reason);
      return result.session;
    }

    it('calls exports, keeps state between calls, and makes it anew when given parameters', async () => {
      const session = await open(programs.count);
      expect(await session.call('f', [1])).toMatchObject({ type: 'ok', value: 1 });
      expect(await session.call('f', [1])).toMatchObject({ type: 'ok', value: 2 });
      expect(await session.call('f', [1], [10])).toMatchObject({ type: 'ok', value: 1 });
      session.close();
      expect((await session.call('f', [1])).type).toBe('killed');
    });

    if (scripts)
      it('hands a script its parameters', async () => {
        const session = await open('export const f = (by: number) => by + ($p[0] ?? 0);');
        expect(await session.call('f', [1], [10])).toMatchObject({ type: 'ok', value: 11 });
        session.close();
      });

    it('gives failures as values', async () => {
      const session = await open(programs.throws);
      expect((await session.call('f', [1])).type).toBe('failed');
      expect(await session.call('none', [])).toMatchObject({
        type: 'failed',
        reason: expect.stringContaining('no function "none"') as string,
      });
      session.close();
      expect(await sandbox.prepare(sourceOf(member, '(((')).then(({ type }) => type)).toBe(
        // Python reads its own texts, and so says it when it is called.
        member.id === 'python' ? 'ok' : 'build-failed',
      );
    });

    it('counts fuel', async () => {
      const session = await open(programs.work, { fuel: 50_000 });
      const first = await session.call('f', [2]);
      expect(first.type === 'ok' ? first.fuel : 0).toBeGreaterThan(100);
      expect(await session.call('f', [2], [])).toEqual(first);
      expect(await session.call('f', [100_000])).toMatchObject({ type: 'timeout', reason: 'out of fuel' });
      expect((await session.call('f', [2])).type).toBe('ok');
      session.close();
    });

    if (isolated)
      it('ends what does not end, and goes on in a fresh realm', async () => {
        const loop = member.id === 'javascript' ? 'export const f = () => { for (;;); };' : programs.loop;
        const session = await open(loop, { milliseconds: 300, fuel: 1e15 });
        expect((await session.call('f', [1])).type).toBe('timeout');
        const pending = session.call('f', [1]);
        session.close();
        expect((await pending).type).toBe('killed');
        const next = await open(programs.good);
        expect(await next.call('f', [3])).toMatchObject({ type: 'ok', value: 4 });
        next.close();
      });

    if (isolated)
      it('refuses arguments that are no plain data and says which limit was hit', async () => {
        const session = await open(programs.bomb);
        expect((await session.call('f', [() => 1])).type).toBe('failed');
        expect(['out-of-memory', 'timeout', 'crashed', 'failed']).toContain((await session.call('f', [1])).type);
        session.close();
      });
  });
}
