import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import { replay } from '../../../web/engine/replay.ts';
import { createRandom } from '../../../web/engine/rng.ts';
import { clock, experiment, finish, harness, realSyntax, walk } from './stand-ins.ts';

async function needed() {
  return {
    syntax: await realSyntax(),
    clock,
    operators: [walk],
  };
}

describe('replay', () => {
  it.each(['ordered', 'throughput'] as const)('repeats a %s log exactly, whole or cut', async (mode) => {
    const random = createRandom(3);
    const run = await harness({ experiment: experiment({ mode }), delay: () => random.below(3) });
    await finish(run);
    const log = JSON.parse(JSON.stringify(run.log)) as RunEvent[];
    expect(await replay(log, await needed())).toEqual({ type: 'same', events: log.length });
    const cut = log.slice(0, log.length >> 1);
    expect(await replay(cut, await needed())).toEqual({ type: 'same', events: cut.length });
  });

  it('repeats a log whose budget was raised on the way', async () => {
    const run = await harness();
    await finish(run);
    run.run.setBudget({ ...DEFAULT_BUDGET, evaluations: 80 });
    await finish(run);
    expect(await replay(run.log, await needed())).toMatchObject({ type: 'same' });
  });

  it('finds what was changed, and where', async () => {
    const run = await harness();
    await finish(run);
    const at = run.log.findIndex((event) => event.type === 'issued' && event.job === 20);
    const log = [...run.log];
    log[at] = { ...(log[at] as Extract<RunEvent, { type: 'issued' }>), parent: 0, island: 1 - 0 };
    const result = await replay(log, await needed());
    expect(result).toMatchObject({ type: 'differs', at });
  });

  it('finds a result that was left out', async () => {
    const run = await harness();
    await finish(run);
    const at = run.log.findIndex((event) => event.type === 'evaluated' && event.job === 9);
    const log = [...run.log.slice(0, at), ...run.log.slice(at + 2)];
    expect(await replay(log, await needed())).toMatchObject({ type: 'differs' });
  });
});
