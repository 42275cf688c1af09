/** What a person may do at a moment, drawn as plain numbers and made out against the state: also what must be refused. */
import fc from 'fast-check';
import type { Command } from '../../../../web/engine/control.ts';
import type { RunEvent } from '../../../../web/engine/events.ts';
import type { Experiment, Strategy } from '../../../../web/engine/experiment.ts';
import type { RunState } from '../../../../web/engine/state.ts';
import type { World } from './world.ts';

const KINDS = [
  ...(['strategy', 'inject', 'hint', 'take-back-hint', 'pin', 'unpin', 'ban', 'unban'] as const),
  ...(['spawn', 'merge', 'split', 'budget', 'fork'] as const),
] as const;
type Kind = (typeof KINDS)[number];

export interface Order {
  /** Given when so many results have been consumed, or at the end. */
  readonly after: number;
  readonly kind: Kind;
  readonly n: number;
}

/** At most one budget of each kind is raised, so every run ends. */
export const orders: fc.Arbitrary<Order[]> = fc
  .array(
    fc.record({
      after: fc.integer({ min: 0, max: 40 }),
      kind: fc.constantFrom(...KINDS),
      n: fc.integer({ min: 0, max: 1e6 }),
    }),
    { maxLength: 8 },
  )
  .map((list) => list.toSorted((a, b) => a.after - b.after));

export function commandOf({ kind, n }: Order, state: RunState): Command {
  const { strategy, budget } = state.experiment as Experiment;
  const program = n % (state.nextJob + 2);
  const island = n % (state.islands.length + 1);
  switch (kind) {
    case 'strategy':
      return { type: 'strategy', strategy: changed(strategy, n) };
    case 'inject': {
      const files = n % 7 === 0 ? { 'other.js': '' } : { 'seed.js': `export const a = ${n % 900};\n` };
      return { type: 'inject', files, note: 'mine', ...(n % 3 === 0 ? { parent: program, island } : {}) };
    }
    case 'hint':
      return { type: 'hint', text: n % 9 === 0 ? ' ' : `try ${n}`, island: n % 2 === 0 ? null : island };
    case 'take-back-hint':
      return { type: 'take-back-hint', id: n % 3 };
    case 'pin':
    case 'unpin':
      return { type: 'pin', program, pinned: kind === 'pin' };
    case 'ban':
    case 'unban': {
      const best = n % 3 === 0 ? (state.best ?? program) : program;
      return { type: 'ban', program: best, banned: kind === 'ban' };
    }
    case 'spawn':
      return { type: 'spawn', from: [state.best ?? 0, program].slice(0, 1 + (n % 2)), own: null };
    case 'merge':
      return { type: 'merge', from: island, into: (n >> 8) % (state.islands.length + 1) };
    case 'split':
      return { type: 'split', island };
    case 'budget':
      return {
        type: 'budget',
        budget: { ...budget, evaluations: 1 + (n % 40), calls: n % 5 === 0 ? 10 : budget.calls },
      };
    case 'fork':
      return { type: 'fork', seed: n };
    default:
      return kind satisfies never;
  }
}

function changed(strategy: Strategy, n: number): Strategy {
  const selections: Strategy['selection'][] = [
    { type: 'best-of-n' },
    { type: 'uniform' },
    { type: 'tournament', size: 2 },
    { type: 'mix', of: [{ type: 'best-of-n' }, { type: 'beam', width: 2 }], bandit: { type: 'fixed' } },
  ];
  return {
    ...strategy,
    lookAhead: 1 + (n % 9),
    exploration: (n % 11) / 10,
    selection: selections[n % selections.length] as Strategy['selection'],
    archive: n % 2 === 0 ? strategy.archive : { type: 'fitness', size: 1 + (n % 5), criteria: { fitness: 1 } },
    islands: { ...strategy.islands, restartAfter: n % 12, migrateEvery: n % 5 },
    models: {
      ...strategy.models,
      prices: { cheap: { input: 0.5 + (n % 3), output: 1 }, dear: { input: 4, output: 9 - (n % 4) } },
    },
  };
}

/** Whether a person is behind it. */
export function isOrder(event: RunEvent): boolean {
  switch (event.type) {
    case 'island-spawned':
    case 'island-merged':
      return event.by === 'person';
    case 'island-split':
    case 'forked':
    case 'budget-changed':
    case 'strategy-changed':
    case 'injected':
    case 'hinted':
    case 'pinned':
    case 'banned':
      return true;
    default:
      return false;
  }
}

/**
 * Plays to the end and gives each order when it is due. Of a run that goes on from a log `list` holds what was taken: refused orders leave
 * no event, and those whose events the log has are had. `stopAt`: results after which the run is killed.
 */
export async function playWith(
  { run, log, time }: World,
  list: readonly Order[],
  stopAt = Infinity,
  onOrder: (order: Order, took: boolean) => void = () => {},
): Promise<void> {
  let next = log.filter(isOrder).length;
  const due = (order: Order): boolean => order.after <= run.state.consumed || run.activity === 'finished';
  for (;;) {
    for (let order = list[next]; order && due(order); order = list[++next]) {
      const before = log.length;
      const result = run.command(commandOf(order, run.state));
      if (result.type === 'refused' && log.length !== before) throw new Error('a refused command left an event');
      onOrder(order, result.type === 'ok');
    }
    if (run.activity === 'finished') return;
    if (run.state.consumed >= stopAt) {
      run.stop();
      return;
    }
    await time.until(run.step());
  }
}
