/** What every sandbox must do with candidates of its language: one contract, and one set of attacks. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationHost } from '../../sandboxes/contract.ts';
import { ask, type Member, memberOptions } from './members.ts';
import { type Place, PLAIN_EVALUATOR, told } from './trial.ts';

const START = 60_000;

export function memberContract(place: Place, member: Member): void {
  describe(`${member.id} in ${place.name}: contract of candidates`, () => {
    const { programs } = member;
    const slots = 2;
    let host: EvaluationHost;
    beforeAll(async () => {
      host = await place.create(memberOptions(member, PLAIN_EVALUATOR, {}, slots));
      await ask(host, member, programs.good);
    }, START);
    afterAll(() => {
      host.close();
      place.dispose();
    });
    const first = async (text: string, on = host) => told((await ask(on, member, text))[0]!);

    async function withHost<T>(evaluator: string, run: (own: EvaluationHost) => Promise<T>, limits = {}): Promise<T> {
      const own = await place.create(memberOptions(member, evaluator, limits, 1));
      try {
        return await run(own);
      } finally {
        own.close();
      }
    }

    it('scores a program', async () => {
      expect(await first(programs.good)).toEqual({ status: 'scored', reason: '', value: 4 });
    });

    it('tells what does not build, with its line', async () => {
      const { status, reason } = await first(programs.broken);
      expect([status, reason]).toEqual([
        'build-failed',
        expect.stringMatching(new RegExp(`^${member.entry.replace('.', '\\.')}:2:\\d+: `)),
      ]);
    });

    it('says so when the export is missing, or fails', async () => {
      const missing = await first(programs.missing);
      expect([missing.status, missing.reason]).toEqual(['crashed', expect.stringMatching(/no function "f"/)]);
      expect((await first(programs.throws)).status).toBe('crashed');
    });

    it('answers requests in order, state made anew for each, chance by their seeds, time at a stand', async () => {
      const three = [{ seed: 1 }, { seed: 2 }, { seed: 1 }];
      const values = async (text: string) => (await ask(host, member, text, three)).map((one) => told(one).value);
      expect(await values(programs.count)).toEqual([1, 1, 1]);
      const [a, b, c] = await values(programs.random);
      expect(a).not.toBe(b);
      expect(a).toBe(c);
      expect(await values(programs.random)).toEqual([a, b, c]);
      expect(await values(programs.clock)).toEqual([946684800, 946684800, 946684800]);
    });

    it('keeps state between the calls of one evaluation, counts its work, and tells its size', async () => {
      const evaluator = `export async function evaluate(candidate) {
        const values = [await candidate.call('f', 0), ...(await candidate.callMany('f', [[0], [0]]))];
        const before = candidate.fuel();
        return { fitness: 1, correct: true, artifacts: { value: [values, before, await candidate.facts(), candidate.fuel()] } };
      }`;
      await withHost(evaluator, async (own) => {
        const [values, before, facts, after] = (await first(programs.count, own)).value as [
          number[],
          number,
          { size: number; memory: number },
          number,
        ];
        expect(values).toEqual([1, 2, 3]);
        expect(facts.size).toBeGreaterThan(10);
        expect(facts.memory).toBeGreaterThanOrEqual(0);
        expect(after).toBe(before);
      });
    });

    it('counts the same work the same, more for more, and stops at the limit', async () => {
      const evaluator = `export async function evaluate(candidate, context) {
        const start = candidate.fuel(); await candidate.call('f', context.seed);
        return { fitness: 1, correct: true, artifacts: { value: candidate.fuel() - start } };
      }`;
      await withHost(
        evaluator,
        async (own) => {
          const outcomes = [
            ...(await ask(own, member, programs.work, [{ seed: 1 }, { seed: 10 }, { seed: 1 }, { seed: 10 }])),
            ...(await ask(own, member, programs.work, [{ seed: 10 }, { seed: 100_000 }, { seed: 10 }])),
          ].map(told);
          const work = outcomes.map(({ value, status }) => (status === 'scored' ? (value as number) : status));
          const [one, ten] = work as number[];
          expect(work).toEqual([one, ten, one, ten, ten, 'timed-out', ten]);
          expect(ten).toBeGreaterThan(3 * (one as number));
          expect(outcomes[5]?.reason).toBe('out of fuel');
        },
        { fuel: 300_000 },
      );
    });

    it('settles when it is closed in the middle', async () => {
      const own = await place.create(memberOptions(member, PLAIN_EVALUATOR, { fuel: 1e15 }, 1));
      await ask(own, member, programs.good);
      const pending = ask(
        own,
        member,
        member.id === 'javascript' ? 'export const f = () => { for (;;); };' : programs.loop,
      );
      setTimeout(() => own.close(), 100);
      expect(told((await pending)[0]!).status).toBe('crashed');
    });

    it('leaves no realm behind', async () => {
      const sessions = member.id === 'javascript' || member.id === 'wasi' ? 60 : member.id === 'pyodide' ? 5 : 20;
      const requests = Array.from({ length: Math.ceil(150 / sessions) }, () => ({}));
      for (let i = 0; i < sessions; i++) {
        const outcomes = await ask(host, member, programs.good, requests);
        expect(outcomes.every((one) => told(one).value === 4)).toBe(true);
      }
      await ask(host, member, programs.good);
      const { alive, opened } = host.stats();
      expect(opened).toBeGreaterThan(sessions);
      // An evaluator a slot, as many warm realms and two to spare, the one that has just ended.
      expect(alive).toBeLessThanOrEqual(2 * slots + 3);
    });
  });
}

export function memberHostile(place: Place, member: Member): void {
  describe(`${member.id} in ${place.name}: hostile candidates`, () => {
    const { programs } = member;
    let host: EvaluationHost;
    beforeAll(async () => {
      host = await place.create(memberOptions(member));
      await ask(host, member, programs.good);
    }, START);
    afterEach(async () => {
      const [good] = await ask(host, member, programs.good);
      expect(told(good!), 'a good candidate right after').toMatchObject({ status: 'scored', value: 4 });
    });
    afterAll(() => {
      host.close();
      place.dispose();
    });
    const run = async (text: string) => told((await ask(host, member, text))[0]!);
    const ended = ['out-of-memory', 'timed-out', 'crashed'];

    it('an endless loop', async () => {
      expect(await run(programs.loop)).toMatchObject({ status: 'timed-out', reason: 'out of fuel' });
    });

    it('an endless loop while it is loaded', async () => {
      expect((await run(programs.loadLoop)).status).toBe('timed-out');
    });

    it('an endless loop that outlasts the clock', async () => {
      const own = await place.create(memberOptions(member, PLAIN_EVALUATOR, { fuel: 1e15, milliseconds: 500 }, 1));
      await ask(own, member, programs.good);
      const outcomes = await ask(
        own,
        member,
        member.id === 'javascript' ? 'export const f = () => { for (;;); };' : programs.loop,
        [{}, {}],
      );
      expect(outcomes.map((one) => told(one).status)).toEqual(['timed-out', 'timed-out']);
      own.close();
    });

    it('an allocation bomb', async () => {
      expect(ended).toContain((await run(programs.bomb)).status);
    });

    it('calls nested without end', async () => {
      expect(ended).toContain((await run(programs.deep)).status);
    });

    it('a flood of output', async () => {
      expect(ended).toContain((await run(programs.flood)).status);
    });

    it('ends its process', async () => {
      expect((await run(programs.exits)).status).toBe('crashed');
    });

    it('looks for files, network and processes', async () => {
      expect(await run(programs.reach)).toMatchObject({ status: 'scored', value: 0 });
    });

    it('leaves traces for the next', async () => {
      expect((await run(programs.leak)).value).toBe(0);
      expect((await run(programs.leak)).value).toBe(0);
      // The globals of a script's realm last as long as its session.
      if (member.id === 'javascript') return;
      expect((await ask(host, member, programs.leak, [{}, {}])).map((one) => told(one).value)).toEqual([0, 0]);
    });

    it('is called by names that lead elsewhere', async () => {
      const names = [
        '__proto__',
        'constructor',
        'toString',
        '',
        'memory',
        '__init__',
        'genesis_fuel',
        'f\u0000',
        '../f',
      ];
      const evaluator = `export async function evaluate(candidate) {
        const given = [];
        for (const name of ${JSON.stringify(names)}) { try { await candidate.call(name, 1); given.push(name); } catch (error) { if (error.status !== 'failed') given.push(error.status); } }
        return { fitness: 1, correct: true, artifacts: { value: given } };
      }`;
      const own = await place.create(memberOptions(member, evaluator, {}, 1));
      expect(told((await ask(own, member, programs.good))[0]!)).toMatchObject({ status: 'scored', value: [] });
      own.close();
    });

    it('is given what is no argument', async () => {
      const evaluator = `export async function evaluate(candidate) {
        const given = [];
        for (const args of [[], [1, 2, 3], [null], ['text'], [{ a: [NaN, 1e400] }], [new Float64Array(3)], [2 ** 70], [[[]]]]) {
          try { await candidate.call('f', ...args); given.push('ok'); } catch (error) { given.push(error.status); }
        }
        return { fitness: 1, correct: true, artifacts: { value: given } };
      }`;
      const own = await place.create(memberOptions(member, evaluator, {}, 1));
      const { status, value } = told((await ask(own, member, programs.good))[0]!);
      own.close();
      expect(status).toBe('scored');
      expect((value as string[]).filter((one) => one !== 'ok' && one !== 'failed')).toEqual([]);
    });
  });
}
