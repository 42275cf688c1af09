/** What programs do as the likeness that an archive goes by, in whole runs. */
import { expect, it } from 'vitest';
import type { RunEvent } from '../../../../web/engine/events.ts';
import type { EvaluationPort } from '../../../../web/engine/ports.ts';
import type { ArchiveSettings } from '../../../../web/engine/strategy.ts';
import { canonicalLog, evaluation, numberIn } from '../stand-ins.ts';
import { checkLog, checkText } from './invariants.ts';
import { openWorld, type World } from './world.ts';

const KINDS = 4;

/** A program's kind is the rest of its number, seen only in what it gave for the probe inputs; kinds differ in what they can reach. */
const evaluations: EvaluationPort = {
  open: ({ files }) => {
    const value = numberIn(files['seed.js'] ?? '');
    const kind = Math.abs(value) % KINDS;
    const probe = { answers: [kind === 1, kind * 3, 10 - kind] };
    const scored = evaluation(1_000 * kind - Math.abs(value - 400), { artifacts: { probe } });
    return Promise.resolve({
      type: 'ok',
      session: {
        evaluate: (requests) =>
          Promise.resolve(requests.map(() => ({ type: 'scored', evaluation: scored, milliseconds: 0 }))),
        close() {},
      },
    });
  },
};

async function play(archive: ArchiveSettings, timing: number | null = null): Promise<World> {
  const world = await openWorld({
    strategy: { operators: { mutate: 1 }, archive, islands: { count: 1 }, selection: { type: 'uniform' } },
    budget: { evaluations: 300 },
    seed: 21,
    evaluations,
    timing,
  });
  await world.finish();
  return world;
}

function kindOf({ run }: World, id: number): number {
  const probe = run.state.programs[id]?.evaluation?.artifacts['probe'] as { answers: number[] };
  return (probe.answers[1] as number) / 3;
}

/** Best fitness of each kind, by the results in the log. */
function bestOf(log: readonly RunEvent[]): number[] {
  const best = Array.from({ length: KINDS }, () => -Infinity);
  for (const event of log) {
    if (event.type !== 'evaluated' || event.status !== 'correct') continue;
    const probe = event.evaluation?.artifacts['probe'] as { answers: number[] };
    const kind = (probe.answers[1] as number) / 3;
    best[kind] = Math.max(best[kind] as number, event.evaluation?.fitness ?? -Infinity);
  }
  return best;
}

it('the best of every kind of behaviour lives on, where by fitness or by text one kind takes all', async () => {
  const world = await play({ type: 'crowding', size: KINDS, criteria: { fitness: 1 }, by: 'behaviour' });
  checkLog(world.log);
  checkText(world.log);
  const { archive } = world.run.state.islands[0]!;
  expect(archive.map((id) => kindOf(world, id)).toSorted()).toEqual([0, 1, 2, 3]);
  const best = bestOf(world.log);
  for (const id of archive) {
    expect(world.run.state.programs[id]?.evaluation?.fitness).toBe(best[kindOf(world, id)]);
  }
  const words = world.log.flatMap((event) => (event.type === 'added' ? [event.reason] : []));
  expect(words.some((reason) => /the nearest by behaviour: .*, 0 apart/.test(reason))).toBe(true);
  for (const other of [
    { type: 'fitness', size: KINDS, criteria: { fitness: 1 } },
    { type: 'crowding', size: KINDS, criteria: { fitness: 1 }, by: 'syntax' },
  ] as const) {
    const plain = await play(other);
    const kinds = new Set(plain.run.state.islands[0]!.archive.map((id) => kindOf(plain, id)));
    expect(kinds.size, other.type).toBeLessThan(KINDS);
  }
});

it('is one log for any timing', async () => {
  const settings: ArchiveSettings = { type: 'crowding', size: 3, criteria: { fitness: 1 }, by: 'behaviour' };
  expect(canonicalLog((await play(settings, 3)).log)).toEqual(canonicalLog((await play(settings)).log));
});
