import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunEvent } from '../../../../web/engine/events.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { canonicalLog, realSyntax } from '../stand-ins.ts';
import { orders, playWith, type Order } from './commands.ts';
import { checkLog, checkState, checkText, paidCalls } from './invariants.ts';
import { seeds, setups, share } from './settings.ts';
import { trial } from './trial.ts';
import { openWorld, OPERATORS, type Setup, type World } from './world.ts';
import { VirtualTime } from './virtual-time.ts';

/** The log without what may differ between machines: times, and how many work at once. */
function comparable(log: readonly RunEvent[]): string[] {
  const lanes = { proposals: 1, evaluations: 0 };
  return canonicalLog(
    log.map((event): RunEvent => {
      if (event.type === 'strategy-changed') return { ...event, strategy: { ...event.strategy, ...lanes } };
      if (event.type !== 'run-started') return event;
      const { experiment } = event;
      return { ...event, experiment: { ...experiment, strategy: { ...experiment.strategy, ...lanes } } };
    }),
  );
}

async function play(setup: Setup, list: readonly Order[], stopAt?: number): Promise<{ world: World; took: Order[] }> {
  const world = await openWorld(setup);
  const took: Order[] = [];
  await playWith(world, list, stopAt, (order, ok) => void (ok && took.push(order)));
  return { world, took };
}

const lanes = fc.record({ proposals: fc.integer({ min: 1, max: 9 }), evaluations: fc.integer({ min: 0, max: 5 }) });

it('one log for any timing and any number of workers, whatever a person does; a kill at any event changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(setups, orders, lanes, seeds, share, async (setup, list, wide, timing, at) => {
      const { world, took } = await play(setup, list);
      const expected = comparable(world.log);
      checkLog(world.log);
      checkState(world.run.state, world.log);
      checkText(world.log);

      const elsewhere = { ...setup, strategy: { ...setup.strategy, ...wide }, timing };
      const { world: other } = await play(elsewhere, list);
      expect(comparable(other.log)).toEqual(expected);
      checkLog(other.log);

      // The log of the slow run has replies between all other events.
      const prefix = other.log.slice(0, 1 + Math.floor(at * (other.log.length - 1)));
      const { world: resumed } = await play({ ...elsewhere, timing: timing + 1, log: prefix }, took);
      expect(comparable(resumed.log)).toEqual(expected);
      const paid = new Set(paidCalls(prefix));
      const asked = resumed.requests.map(({ key }) => key.split('/').slice(1, 3).join('/'));
      expect(asked.filter((key) => paid.has(key))).toEqual([]);
      expect([...paid, ...asked].toSorted()).toEqual(paidCalls(resumed.log).toSorted());
      checkState(resumed.run.state, resumed.log);

      const choices = timing % 2 === 0 ? 'check' : 'read';
      const { clock } = new VirtualTime();
      const syntax = await realSyntax();
      const found = await replay(other.log, { syntax, clock, operators: OPERATORS, choices });
      expect(found).toMatchObject({ type: 'same' });
    }),
    trial(600, 21),
  );
}, 240_000);
