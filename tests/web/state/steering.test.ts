import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import { armRows } from '../../../web/state/arms.ts';
import { islandRows, mergeTargets, splitProblem } from '../../../web/state/islands.ts';
import { hasModels } from '../../../web/state/run-models.ts';
import { SettingsForm } from '../../../web/state/settings.svelte.ts';
import { emptyArm } from '../../../web/engine/bandits/arms.ts';
import { emptyState } from '../../../web/engine/state.ts';
import { experiment } from '../engine/stand-ins.ts';
import { value } from '../history/contract.ts';
import { small } from '../worker/stage.ts';
import { goal } from './goals.ts';
import { TestHelm } from './helm.ts';

describe('steering', () => {
  it('says why nothing can be changed', async () => {
    const helm = await TestHelm.begin(3);
    expect(helm.steering.closed).toBe('');
    helm.run.readOnly = 'Another tab has it.';
    const command = { type: 'pin', program: 0, pinned: true } as const;
    expect(await helm.steering.command(command)).toMatchObject({ type: 'refused', reason: 'Another tab has it.' });
    expect(helm.run.state.pinned.size).toBe(0);
    helm.run.readOnly = '';
    expect(await helm.steering.command(command)).toMatchObject({ type: 'ok' });
    expect(helm.run.state.pinned.has(0)).toBe(true);
    helm.run.activity = 'failed';
    expect(helm.steering.closed).toContain('error');
  });

  it('opens a fork on the program it was made at', async () => {
    const helm = await TestHelm.begin(8);
    const before = helm.run.runId;
    expect(await helm.steering.fork(4, 77)).toBe('');
    expect(helm.run.runId).not.toBe(before);
    expect(helm.run).toMatchObject({ seed: 77, selected: 4, forkedAt: 5 });
    expect(helm.run.state.programs.length).toBe(5);
    expect(await helm.steering.fork(99, 1)).toBe('That program is not in the stored run.');
  });

  it('goes through a job stage by stage, and through all that was asked for', async () => {
    const helm = await TestHelm.begin(2);
    void helm.steering.stepStage();
    void helm.steering.stepStage();
    await helm.steering.stepStage();
    expect(helm.steering.stepped?.reports.map(({ stage }) => stage)).toEqual(['propose', 'check', 'evaluate']);
    expect(helm.steering.stepped).toMatchObject({ job: 2, operator: 'mutate' });
    await helm.steering.stepStage();
    expect(helm.steering.stepped?.reports.at(-1)?.stage).toBe('add');
    expect(helm.run.program(2)).not.toBeNull();
    await helm.steering.stepStage();
    expect(helm.steering.stepped).toMatchObject({ job: 3, reports: [{ stage: 'propose' }] });
    expect(helm.steering.stepping).toBe(false);
  });

  it('reads what it has forgotten from the stored log', async () => {
    const helm = await TestHelm.begin(0);
    await helm.finish();
    const { run } = helm;
    const known = run.stories.of(7);
    // As after a long run: nothing of it is at hand.
    for (let job = 10_000; job < 15_001; job++) run.stories.recall(job, [{ ...known!.issued, job }]);
    expect(run.stories.of(7)).toBeNull();
    expect(await helm.steering.recall(7)).toEqual(known);
  });
});

describe('a copy', () => {
  async function editing(text: string): Promise<TestHelm> {
    const helm = await TestHelm.begin(4);
    helm.steering.edit(0);
    helm.steering.copy?.write('seed.js', text);
    await helm.steering.inject();
    return helm;
  }

  it('is put into the run and comes out with a score', async () => {
    const helm = await editing('export const a = 400;\n');
    const copy = helm.steering.copy;
    expect(copy).toMatchObject({ waiting: true, changed: true, problem: '', job: expect.any(Number) as number });
    await helm.finish();
    expect(copy).toMatchObject({
      waiting: false,
      problem: '',
      outcome: { status: 'correct', parent: 0, operator: 'inject' },
    });
    expect(copy?.outcome?.note).toBe('edited by a person from program 0');
  });

  it('says what is wrong with its text, and can be sent again', async () => {
    const helm = await editing('export const a = = 3;\n');
    await helm.finish();
    const copy = helm.steering.copy;
    expect(copy?.problem).toMatch(/rejected by a check: seed\.js:1:16/);
    await helm.send((commands) => commands.command({ type: 'budget', budget: { ...DEFAULT_BUDGET, evaluations: 90 } }));
    copy?.write('seed.js', 'export const a = 402;\n');
    await helm.steering.inject();
    expect(copy).toMatchObject({ waiting: true, problem: '' });
    await helm.finish();
    expect(copy?.outcome?.status).toBe('correct');
  });

  it('waits for a budget, and knows its job once there is one', async () => {
    const helm = await TestHelm.begin(0, small(20));
    await helm.finish();
    helm.steering.edit(0);
    helm.steering.copy?.write('seed.js', 'export const a = 404;\n');
    await helm.steering.inject();
    expect(helm.steering.copy).toMatchObject({ waiting: true, job: null });
    await helm.send((commands) => commands.command({ type: 'budget', budget: { ...DEFAULT_BUDGET, evaluations: 30 } }));
    expect(helm.steering.copy?.job).toEqual(expect.any(Number));
    await helm.finish();
    expect(helm.steering.copy?.outcome?.status).toBe('correct');
  });

  it('is refused in words', async () => {
    const helm = await TestHelm.begin(3);
    helm.steering.edit(0);
    helm.steering.copy?.write('seed.js', 'x'.repeat(600_000));
    await helm.steering.inject();
    expect(helm.steering.copy?.problem).toMatch(/files\.seed\.js: must be at most 500000 characters long/);
  });
});

describe('the settings form', () => {
  it('shows what stands, sends what was typed, and follows the run', async () => {
    const helm = await TestHelm.begin(3);
    const form = new SettingsForm(helm.run, helm.steering);
    expect(form.text('budget.evaluations')).toBe('60');
    expect(form.text('budget.milliseconds')).toBe('');
    expect(form.text('strategy.selection.type')).toBe('tournament');
    expect(form.text('strategy.operators.mutate')).toBe('1');
    form.write('budget.evaluations', '80');
    form.write('budget.milliseconds', '2.5');
    form.write('strategy.operators.tune', '0.5');
    form.write('strategy.islands.migrateEvery', ' 40 ');
    form.write('strategy.exploration', '0.1');
    expect(form.changed).toBe(true);
    await form.apply();
    expect(form).toMatchObject({ changed: false, taken: true, refusal: '', others: [] });
    const { budget, strategy } = helm.run.state.experiment!;
    expect(budget).toEqual({ ...DEFAULT_BUDGET, evaluations: 80, milliseconds: 2_500 });
    expect(strategy.operators).toEqual({ mutate: 1, tune: 0.5 });
    expect(strategy).toMatchObject({ exploration: 0.1, islands: { migrateEvery: 40 } });
    expect(form.text('budget.milliseconds')).toBe('2.5');
    form.write('budget.milliseconds', '');
    await form.apply();
    expect(helm.run.state.experiment?.budget.milliseconds).toBeNull();
    form.write('budget.target', '-2.5');
    form.write('budget.patience', '30');
    await form.apply();
    expect(helm.run.state.experiment?.budget).toMatchObject({ target: -2.5, patience: 30 });
    form.write('budget.patience', '1.5');
    await form.apply();
    expect(form.problem('budget.patience')).toMatch(/whole number/);
  });

  it('changes the rule of selection with parameters of its own', async () => {
    const helm = await TestHelm.begin(3);
    const form = new SettingsForm(helm.run, helm.steering);
    form.write('strategy.selection.size', '9');
    form.write('strategy.selection.type', 'beam');
    expect(form.selection.map(({ path }) => path)).toEqual(['strategy.selection.type', 'strategy.selection.width']);
    await form.apply();
    expect(helm.run.state.experiment?.strategy.selection).toEqual({ type: 'beam', width: 4 });
    form.write('strategy.selection.type', 'cells');
    form.write('strategy.selection.by', 'curiosity');
    await form.apply();
    expect(helm.run.state.experiment?.strategy.selection).toEqual({ type: 'cells', by: 'curiosity' });
    const { length } = helm.stage.log(helm.run.runId ?? '');
    form.write('strategy.selection.by', 'curiosity');
    await form.apply();
    expect(helm.stage.log(helm.run.runId ?? '')).toHaveLength(length);
  });

  it('takes every rule there is with what stands in the form', async () => {
    const helm = await TestHelm.begin(3);
    const form = new SettingsForm(helm.run, helm.steering);
    const types = form.selection[0]?.options?.map(({ value: type }) => type) ?? [];
    expect(types).not.toContain('mix');
    for (const type of types.reverse()) {
      form.write('strategy.selection.type', type);
      await form.apply();
      expect(form.others, type).toEqual([]);
      expect(helm.run.state.experiment?.strategy.selection.type).toBe(type);
    }
  });

  it('says at each field what is wrong with it', async () => {
    const helm = await TestHelm.begin(3);
    const before = helm.run.state.experiment;
    const form = new SettingsForm(helm.run, helm.steering);
    form.write('strategy.islands.migrateEvery', '−3');
    form.write('strategy.operators.mutate', '0');
    form.write('strategy.exploration', '');
    form.write('budget.milliseconds', 'soon');
    await form.apply();
    expect(form.problem('strategy.islands.migrateEvery')).toMatch(/whole number from 0 .*not -3/);
    expect(form.problem('strategy.operators')).toMatch(/at least one operator/);
    expect(form.problem('strategy.exploration')).toMatch(/must be a number from 0 up to 1/);
    expect(form.problem('budget.milliseconds')).toMatch(/seconds/);
    expect(form.others).toHaveLength(1);
    expect(form).toMatchObject({ changed: true, taken: false });
    expect(helm.run.state.experiment).toBe(before);
    form.write('strategy.exploration', '0.2');
    expect(form.problem('strategy.exploration')).toBe('');
    form.discard();
    expect(form.changed).toBe(false);
    expect(form.problem('budget.milliseconds')).toBe('');
  });

  it('keeps what was taken where the rest is refused', async () => {
    const helm = await TestHelm.begin(3);
    const form = new SettingsForm(helm.run, helm.steering);
    form.write('strategy.exploration', '0.9');
    form.write('budget.evaluations', '1.5');
    await form.apply();
    expect(helm.run.state.experiment?.strategy.exploration).toBe(0.9);
    expect(form.edited('strategy.exploration')).toBe(false);
    expect(form.text('budget.evaluations')).toBe('1.5');
  });

  it('shows what models may spend only where there are models', async () => {
    const helm = await TestHelm.begin(3);
    const form = new SettingsForm(helm.run, helm.steering);
    expect(form.budget.map(({ path }) => path)).not.toContain('budget.dollars');
    expect(form.operators.map(({ label }) => label)).toEqual([
      'brood',
      'mutate',
      'recreate',
      'splice',
      'merge',
      'tune',
    ]);
    expect(hasModels(experiment())).toBe(false);
    expect(hasModels(experiment({ models: { ensemble: { small: 1 } } }))).toBe(true);
    expect(
      hasModels(
        experiment({ islands: { own: [{ models: { ...experiment().strategy.models, ensemble: { small: 1 } } }] } }),
      ),
    ).toBe(true);
  });
});

describe('tables beside the settings', () => {
  it('show islands and what can be done with them', async () => {
    const helm = await TestHelm.begin(4);
    const files = { 'seed.js': 'export const a = 300;\n' };
    await helm.steering.command({ type: 'inject', files, note: '', parent: 0, island: 0 });
    await helm.finish();
    const { best } = helm.run.state;
    await helm.steering.command({ type: 'spawn', from: [best ?? 0], own: null });
    const rows = islandRows(helm.run.state, goal);
    expect(rows.map(({ number, alive }) => [number, alive])).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ]);
    const [first, , third] = rows;
    expect(third).toMatchObject({ size: 1, best });
    expect(splitProblem(third!)).toContain('too few');
    expect(splitProblem(first!)).toBe('');
    expect(mergeTargets(rows, third!).map(({ number }) => number)).toEqual([1, 2]);
    await helm.steering.command({ type: 'merge', from: 2, into: 0 });
    const retired = islandRows(helm.run.state, goal)[2]!;
    expect(retired).toMatchObject({ alive: false, size: 0 });
    expect(splitProblem(retired)).toContain('retired');
    expect(mergeTargets(islandRows(helm.run.state, goal), first!).map(({ number }) => number)).toEqual([2]);
  });

  it('show arms by operator, model and prompt', () => {
    const state = emptyState();
    state.arms.set('tune', { ...emptyArm(), pulls: 3, submitted: 3, reward: 1, weight: 2, accepted: 2, bests: 1 });
    state.arms.set('diff', emptyArm());
    state.arms.set('diff·small', { ...emptyArm(), pulls: 5, submitted: 5, reward: 1, weight: 4 });
    state.arms.set('diff·large·p2', { ...emptyArm(), submitted: 1 });
    state.arms.set('mutate', emptyArm());
    expect(armRows(state).map(({ words, pulls, reward }) => [words, pulls, reward])).toEqual([
      ['diff with small', 5, 0.25],
      ['tune', 3, 0.5],
      ['diff with large, prompt p2', 0, null],
      ['mutate', 0, null],
    ]);
  });

  it('keep a run’s own record of where it was forked', async () => {
    const helm = await TestHelm.begin(6);
    const from = helm.run.runId;
    await helm.steering.fork(2, 5);
    const record = value(await helm.stage.history.runs()).find((run) => run.runId === helm.run.runId);
    expect(record?.origin?.runId).toBe(from);
  });
});
