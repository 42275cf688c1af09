/** Prompts, models and temperatures of an island's own: its requests have them, those of the others do not. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../../../web/engine/defaults.ts';
import type { Issued, RunEvent } from '../../../../web/engine/events.ts';
import type { ModelRequest } from '../../../../web/engine/models/model.ts';
import { replay } from '../../../../web/engine/replay.ts';
import type { IslandStrategy } from '../../../../web/engine/strategy.ts';
import { clock, evaluation, finish, realSyntax, type Score } from '../stand-ins.ts';
import { diffOf, holds, issues, jobOf, open, OPERATORS, played, said, type Played, type Setup } from './play.ts';

const TASK = 'Bring the number near four hundred.';
const WAY = 'Take the other way, whatever it costs.';

const MODELS = { promptTokens: 20_000, replyTokens: 1_000, efforts: ['high'] } as const;
const OWN: Partial<IslandStrategy> = {
  prompts: { ...DEFAULT_STRATEGY.prompts, task: WAY },
  models: { ...DEFAULT_STRATEGY.models, ...MODELS, ensemble: { n: 1 }, temperatures: [0.25] },
};

const setup = {
  strategy: {
    prompts: { ...DEFAULT_STRATEGY.prompts, task: TASK },
    islands: { count: 3, own: [{}, OWN], migrateEvery: 6 },
    selection: { type: 'uniform' },
  },
  budget: { evaluations: 36 },
} satisfies Setup;

const byModels = (log: readonly RunEvent[]): Issued[] =>
  issues(log).filter(({ kind, model }) => kind === 'program' && model !== null);

/** Nothing is ever better than the seed. */
const seedIsBest: Score = (value) => ({
  type: 'scored',
  evaluation: evaluation(value === 1 ? 1 : 0),
  milliseconds: 0,
});

/** Asserts that requests of the named islands have their own settings and all others the run's; gives how many of each. */
function heldApart(run: Played, own: ReadonlySet<number>, from = 0): { own: number; others: number } {
  const requests = new Map<number, ModelRequest>();
  for (const request of run.models.requests) if (request.purpose === 'propose') requests.set(jobOf(request), request);
  const count = { own: 0, others: 0 };
  for (const { job, island, model, temperature, effort, choices } of byModels(run.log.slice(from))) {
    const request = requests.get(job);
    if (!request) continue;
    const its = own.has(island);
    count[its ? 'own' : 'others']++;
    const expected = its
      ? { model: 'n', temperature: 0.25, effort: 'high' }
      : { model: 'm', temperature: 0.7, effort: 'low' };
    expect({ model, temperature, effort }, `job ${job} of island ${island}`).toEqual(expected);
    expect(request).toMatchObject(expected);
    expect(said(request).includes(WAY)).toBe(its);
    expect(said(request).includes(TASK)).toBe(!its);
    const arm = String(choices.find(({ choice }) => choice === 'operator')?.chosen);
    expect(arm.split('·')[1]).toBe(expected.model);
  }
  return count;
}

/** To the end of the budget, from a run that a person has changed: its log replays. */
async function ended(run: Played): Promise<void> {
  await finish(run);
  const ports = { syntax: await realSyntax(), clock, operators: OPERATORS };
  expect(await replay(run.log, ports)).toMatchObject({ type: 'same' });
}

async function halfWay(more: Partial<Setup> = {}): Promise<Played> {
  const run = await open({ ...setup, ...more });
  while (run.run.state.evaluations < 14 && run.run.activity !== 'finished') await run.run.step();
  return run;
}

describe('an island with prompts, models and temperature of its own', () => {
  it('asks its own model at its own temperature for its own task, and no other island does', async () => {
    const run = await played(setup);
    const count = heldApart(run, new Set([1]));
    expect(Math.min(count.own, count.others)).toBeGreaterThan(9);
    // Programs travel, settings do not.
    expect(run.log.some(({ type }) => type === 'migrated')).toBe(true);
    await holds(run, 31);
  });

  it('may have one of them alone', async () => {
    const run = await played({
      ...setup,
      strategy: {
        ...setup.strategy,
        islands: { count: 2, own: [{ prompts: OWN.prompts as IslandStrategy['prompts'] }] },
      },
    });
    for (const { job, island, model } of byModels(run.log)) {
      expect(model).toBe('m');
      const request = run.models.requests.find((each) => jobOf(each) === job) as ModelRequest;
      expect(said(request).includes(WAY)).toBe(island === 0);
    }
  });

  it('keeps its task where the task of the others evolves, and is no part of how that fares', async () => {
    const says = (request: ModelRequest): string | null => {
      if (request.purpose !== 'prompt') return null;
      const text = `${TASK} Think of way ${jobOf(request)}.`;
      if (said(request).includes('<PROMPT>')) return `<NAME>anew</NAME>\n<PROMPT>\n${text}\n</PROMPT>`;
      const last = /# The text as it is now\n[^]*?```text\n([^]*?)\n```/.exec(said(request))?.[1] ?? '';
      return diffOf(last, text, 'changed');
    };
    const prompts = { task: TASK, evolveEvery: 4, size: 4 };
    const run = await played({ ...setup, says, strategy: { ...setup.strategy, prompts } });
    expect(run.log.filter((event) => event.type === 'prompt-written' && event.text !== null).length).toBeGreaterThan(3);
    const count = heldApart(run, new Set([1]));
    expect(count.own).toBeGreaterThan(8);
    const evolved = byModels(run.log).filter(({ prompt }) => prompt !== null);
    expect(evolved.length).toBeGreaterThan(5);
    expect(evolved.every(({ island }) => island !== 1)).toBe(true);
    const results = run.run.state.prompts.reduce((sum, { record }) => sum + (record.results ?? 0), 0);
    expect(results).toBe(run.run.state.programs.filter((program) => program?.model && program.island !== 1).length);
  });
});

describe('after a person has changed the islands', () => {
  it('a split island hands its settings on', async () => {
    const run = await halfWay();
    const from = run.log.length;
    expect(run.run.command({ type: 'split', island: 1 })).toMatchObject({ type: 'ok', event: { into: 3 } });
    await ended(run);
    heldApart(run, new Set([1, 3]));
    expect(byModels(run.log.slice(from)).filter(({ island }) => island === 3).length).toBeGreaterThan(2);
  });

  it('a merged island leaves programs and takes its settings with it', async () => {
    const run = await halfWay();
    run.run.command({ type: 'merge', from: 1, into: 0 });
    const from = run.log.length;
    await ended(run);
    const count = heldApart(run, new Set([1]), from);
    expect(count.own).toBe(0);
    expect(count.others).toBeGreaterThan(5);
  });

  it('what is merged into it comes under its settings', async () => {
    const run = await halfWay();
    for (const from of [0, 2]) run.run.command({ type: 'merge', from, into: 1 });
    const from = run.log.length;
    await ended(run);
    const count = heldApart(run, new Set([1]), from);
    expect(count.others).toBe(0);
    expect(count.own).toBeGreaterThan(5);
  });

  it('a new island has those it was given, or none', async () => {
    for (const own of [OWN, null]) {
      const run = await halfWay();
      const best = run.run.state.best as number;
      expect(run.run.command({ type: 'spawn', from: [best], own })).toMatchObject({ type: 'ok' });
      const from = run.log.length;
      await ended(run);
      heldApart(run, new Set(own ? [1, 3] : [1]));
      expect(byModels(run.log.slice(from)).filter(({ island }) => island === 3).length).toBeGreaterThan(2);
    }
  });

  it('settings that a person gives an island take effect with its next job', async () => {
    const run = await halfWay();
    const { strategy } = run.setup;
    const now = run.run.state.experiment?.strategy as NonNullable<typeof run.run.state.experiment>['strategy'];
    const islands = { ...now.islands, own: [OWN, null, null].map((own) => own ?? {}) };
    expect(strategy.islands?.count).toBe(3);
    run.run.command({ type: 'strategy', strategy: { ...now, islands } });
    const from = run.log.length;
    await ended(run);
    const count = heldApart(run, new Set([0]), from);
    expect(Math.min(count.own, count.others)).toBeGreaterThan(2);
  });

  it('an island that begins anew keeps them', async () => {
    const islands = { ...setup.strategy.islands, migrateEvery: 0, restartAfter: 4 };
    const run = await played({ ...setup, strategy: { ...setup.strategy, islands }, score: seedIsBest });
    expect(run.log.some((event) => event.type === 'island-restarted' && event.island === 1)).toBe(true);
    expect(heldApart(run, new Set([1])).own).toBeGreaterThan(9);
  });
});
