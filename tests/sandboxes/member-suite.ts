/** What every member of the family owes its caller, and survives, whatever language its candidates are in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationHost, EvaluationOutcome, EvaluationRequest } from '../../sandboxes/contract.ts';
import type { Behaviour, Member } from './members.ts';
import { options, type Place, REQUEST } from './trial.ts';

/** Calls `f` three times and tells all of it. */
const EVALUATOR = `
export async function evaluate(candidate, context) {
  const values = [];
  for (let i = 0; i < 3; i++) values.push(await candidate.call('f', 3));
  return { fitness: typeof values[0] === 'number' ? values[0] : 0, correct: true, artifacts: { values }, metrics: { fuel: candidate.fuel() } };
}`;

export function memberSuite(place: Place, member: Member): void {
  const { sandbox, language, entry, programs, compile } = member;

  describe(`${place.name}: every sandbox (${sandbox})`, () => {
    let host: EvaluationHost;
    beforeAll(async () => {
      // Fuel decides, not the clock of a busy machine.
      const given = options(EVALUATOR, { milliseconds: 10_000, megabytes: 64, fuel: 200_000 });
      host = await place.create({ ...given, sandbox, ...(compile ? { compile } : {}) });
      await run('twice');
    }, 60_000);
    afterAll(() => {
      host.close();
      place.dispose();
    });

    async function run(
      behaviour: Behaviour,
      requests: readonly Partial<EvaluationRequest>[] = [{}],
    ): Promise<readonly EvaluationOutcome[]> {
      const files = { [entry]: programs[behaviour] };
      const opened = await host.open({ language, files, entry }, new AbortController().signal);
      if (opened.type === 'failed') return [{ ...opened, milliseconds: 0 }];
      const outcomes = await opened.session.evaluate(requests.map((request) => ({ ...REQUEST, ...request })));
      opened.session.close();
      return outcomes;
    }
    const values = (outcome: EvaluationOutcome | undefined): unknown =>
      outcome?.type === 'scored' ? outcome.evaluation.artifacts['values'] : outcome;
    const healthy = async (): Promise<void> => expect(values((await run('twice'))[0])).toEqual([6, 6, 6]);

    it('calls functions and counts what they do, the same each time', async () => {
      const [first] = await run('twice');
      const [second] = await run('twice');
      expect(values(first)).toEqual([6, 6, 6]);
      if (first?.type !== 'scored' || second?.type !== 'scored') throw new Error('not scored');
      expect(second.evaluation.fuel).toBe(first.evaluation.fuel);
      // Scripts count where their text was made to; these were not.
      if (sandbox !== 'javascript') expect(first.evaluation.fuel).toBeGreaterThan(0);
    });

    it('keeps state between calls, and makes it anew with each request', async () => {
      const outcomes = await run('next', [{}, { seed: 2 }]);
      expect(outcomes.map(values)).toEqual([
        [3, 6, 9],
        [3, 6, 9],
      ]);
    });

    it('repeats randomness by seed, and shows a clock that stands still', async () => {
      const [a, b, c] = (await run('chance', [{ seed: 5 }, { seed: 5 }, { seed: 6 }])).map(values);
      expect(a).toEqual(b);
      expect(a).not.toEqual(c);
      expect(new Set(a as number[]).size).toBe(3);
      expect(new Set(values((await run('clock'))[0]) as number[]).size).toBe(1);
    });

    it.each([
      ['fails', ['crashed']],
      ['broken', ['build-failed']],
      ['other', ['crashed']],
      ['spins', ['timed-out']],
      ['spinsEarly', ['timed-out']],
      ['deep', ['crashed', 'timed-out', 'out-of-memory']],
      ['bomb', ['out-of-memory', 'timed-out', 'crashed']],
    ] as const)('contains a program that %s, says why, and goes on', async (behaviour, statuses) => {
      const [outcome] = await run(behaviour);
      expect(outcome?.type).toBe('failed');
      if (outcome?.type !== 'failed') return;
      expect(statuses).toContain(outcome.status);
      expect(outcome.reason.length).toBeGreaterThan(3);
      await healthy();
    });

    it('scores the requests after one that cost the candidate its realm', async () => {
      const outcomes = await run('spins', [{}, {}]);
      expect(outcomes.map(({ type }) => type)).toEqual(['failed', 'failed']);
      await healthy();
    });

    it('leaves no realm behind', async () => {
      for (let i = 0; i < 60; i++) await run('twice');
      // Warm ones, and the evaluators'.
      await expect.poll(() => host.stats().alive).toBeLessThanOrEqual(8);
    });

    it('settles when it is closed in the middle', async () => {
      const given = options(EVALUATOR, { milliseconds: 10_000, fuel: Number.MAX_SAFE_INTEGER });
      const own = await place.create({ ...given, sandbox, ...(compile ? { compile } : {}) });
      const opened = await own.open(
        { language, files: { [entry]: programs.spins }, entry },
        new AbortController().signal,
      );
      if (opened.type === 'failed') throw new Error(opened.reason);
      const outcomes = opened.session.evaluate([REQUEST]);
      setTimeout(() => own.close(), 200);
      expect((await outcomes)[0]?.type).toBe('failed');
    });
  });
}
