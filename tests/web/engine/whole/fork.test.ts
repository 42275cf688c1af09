import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forkLog } from '../../../../web/engine/fork.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { canonicalLog, realSyntax } from '../stand-ins.ts';
import { orders, playWith } from './commands.ts';
import { checkLog, checkState, checkText, paidCalls } from './invariants.ts';
import { seeds, setups, share } from './settings.ts';
import { trial } from './trial.ts';
import { openWorld, OPERATORS, type Setup, type World } from './world.ts';
import { VirtualTime } from './virtual-time.ts';

async function finished(setup: Setup): Promise<World> {
  const world = await openWorld(setup);
  await world.finish();
  return world;
}

it('a fork at any event shares what was before, pays nothing of it again, goes its own way, and can itself be cut and replayed', async () => {
  const syntax = await realSyntax();
  const { clock } = new VirtualTime();
  const seen = new Set<string>();
  let [same, all] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      setups,
      orders,
      share,
      share,
      seeds,
      fc.constantFrom('ordered' as const, 'ordered' as const, 'throughput' as const),
      async (drawn, list, at, cutAt, timing, mode) => {
        const setup: Setup = { ...drawn, strategy: { ...drawn.strategy, mode }, timing };
        const whole = await openWorld(setup);
        await playWith(whole, list);
        const event = Math.floor(at * (whole.log.length - 1));
        seen.add(whole.log[event]?.type ?? '');
        const prefix = forkLog(whole.log, event, timing + 1);
        expect(prefix.slice(0, -1)).toEqual(whole.log.slice(0, prefix.length - 1));
        expect(prefix.length).toBeGreaterThan(event + 1);
        checkText(prefix);

        const forked = await finished({ ...setup, log: prefix });
        expect(forked.log.slice(0, prefix.length)).toEqual(prefix);
        checkLog(forked.log);
        checkState(forked.run.state, forked.log);
        checkText(forked.log);
        const asked = forked.requests.map(({ key }) => key.split('/').slice(1, 3).join('/'));
        expect([...paidCalls(prefix), ...asked].toSorted()).toEqual(paidCalls(forked.log).toSorted());
        expect(await replay(forked.log, { syntax, clock, operators: OPERATORS })).toMatchObject({ type: 'same' });

        // Whoever takes the same fork comes to the same log, also after a kill.
        const cut = prefix.length + Math.floor(cutAt * (forked.log.length - prefix.length));
        const again = await finished({ ...setup, timing: timing + 2, log: forked.log.slice(0, cut) });
        if (mode === 'ordered') expect(canonicalLog(again.log)).toEqual(canonicalLog(forked.log));
        else checkLog(again.log);

        // Another seed goes another way as soon as something is chosen.
        const other = await finished({ ...setup, log: forkLog(whole.log, event, timing + 2) });
        const after = (world: World): string[] => canonicalLog(world.log.slice(prefix.length));
        if (after(forked).filter((line) => line.includes('"issued"')).length >= 8) {
          all++;
          if (JSON.stringify(after(other)) === JSON.stringify(after(forked))) same++;
        }
      },
    ),
    trial(300, 24),
  );
  for (const type of ['run-started', 'issued', 'evaluated', 'added', 'replied', 'run-finished'])
    expect(seen).toContain(type);
  expect(all).toBeGreaterThan(20);
  expect(same).toBe(0);
}, 240_000);
