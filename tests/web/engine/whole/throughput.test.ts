import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replay } from '../../../../web/engine/replay.ts';
import { realSyntax } from '../stand-ins.ts';
import { orders, playWith, type Order } from './commands.ts';
import { checkLog, checkState, checkText, paidCalls } from './invariants.ts';
import { seeds, setups, share } from './settings.ts';
import { trial } from './trial.ts';
import { openWorld, OPERATORS, type Setup, type World } from './world.ts';
import { VirtualTime } from './virtual-time.ts';

async function play(setup: Setup, list: readonly Order[], stopAt?: number): Promise<World> {
  const world = await openWorld(setup);
  await playWith(world, list, stopAt);
  return world;
}

it('throughput runs, whatever a person does: replay repeats the log, any cut and any kill goes on to an end, no reply is paid twice', async () => {
  const syntax = await realSyntax();
  const { clock } = new VirtualTime();
  await fc.assert(
    fc.asyncProperty(
      setups,
      orders,
      seeds,
      share,
      fc.integer({ min: 0, max: 5 }),
      async (drawn, list, timing, at, more) => {
        const strategy = { ...drawn.strategy, mode: 'throughput' as const, mostAhead: more * 4 };
        const setup: Setup = { ...drawn, strategy, timing };
        const whole = await play(setup, list);
        checkLog(whole.log);
        checkText(whole.log);
        checkState(whole.run.state, whole.log);
        for (const choices of ['check', 'read'] as const) {
          expect(await replay(whole.log, { syntax, clock, operators: OPERATORS, choices })).toMatchObject({
            type: 'same',
          });
        }

        const cut = whole.log.slice(0, 1 + Math.floor(at * (whole.log.length - 1)));
        expect(await replay(cut, { syntax, clock, operators: OPERATORS })).toMatchObject({ type: 'same' });
        // Killed in the midst of its work, with calls and evaluations open.
        const killed = await play(setup, list, Math.floor(at * 20));
        for (const prefix of [cut, [...killed.log]]) {
          const resumed = await play({ ...setup, timing: timing + 1, log: prefix }, []);
          checkLog(resumed.log);
          checkText(resumed.log);
          checkState(resumed.run.state, resumed.log);
          expect(resumed.log.slice(0, prefix.length)).toEqual(prefix);
          const paid = paidCalls(prefix);
          const asked = resumed.requests.map(({ key }) => key.split('/').slice(1, 3).join('/'));
          expect([...paid, ...asked].toSorted()).toEqual(paidCalls(resumed.log).toSorted());
          expect(await replay(resumed.log, { syntax, clock, operators: OPERATORS })).toMatchObject({ type: 'same' });
        }
      },
    ),
    trial(400, 22),
  );
}, 240_000);
