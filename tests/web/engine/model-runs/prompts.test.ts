/** Task prompts that evolve: written by jobs beside the programs, with their parents, and tried as arms of the bandit. */
import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../../../web/engine/experiment.ts';
import { parseArm } from '../../../../web/engine/models/ensemble.ts';
import type { PromptWritten, RunEvent } from '../../../../web/engine/events.ts';
import { promptLineage } from '../../../../web/engine/memory/prompt-evolution.ts';
import type { ModelRequest } from '../../../../web/engine/models/model.ts';
import { reduce } from '../../../../web/engine/reduce.ts';
import { emptyState } from '../../../../web/engine/state.ts';
import { finish } from '../stand-ins.ts';
import { diffOf, holds, issues, jobOf, open, played, replies, said, type Setup } from './play.ts';

const TASK = 'Bring the number near four hundred.';

/** The text a request shows as it is now. */
function current(request: ModelRequest): string {
  const text = said(request);
  return /# The text as it is now\n[^]*?```text\n([^]*?)\n```/.exec(text)?.[1] ?? '';
}

/** One line more than before, with the job in it; where all is to be written anew, that line and the first. */
function says(request: ModelRequest): string | null {
  if (request.purpose !== 'prompt') return null;
  const lines = current(request).split('\n');
  const line = `Think of way ${jobOf(request)}, please.`;
  if (said(request).includes('<PROMPT>')) return `<NAME>anew</NAME>\n<PROMPT>\n${TASK}\n${line}\n</PROMPT>`;
  const last = lines.at(-1) as string;
  return diffOf(last, `${last}\n${line}`, 'one-line-more');
}

const PROMPTS = { task: TASK, evolveEvery: 5, size: 4 };
const setup = {
  strategy: {
    prompts: PROMPTS,
    operators: { diff: 1 },
    selection: { type: 'uniform' },
  },
  budget: { evaluations: 70 },
  says,
} satisfies Setup;

const written = (log: readonly RunEvent[]): PromptWritten[] => log.filter((event) => event.type === 'prompt-written');

describe('a run whose task prompt evolves', () => {
  it('writes prompts with their parents, down to the one a person wrote', async () => {
    const { log, run } = await played(setup);
    const prompts = written(log);
    expect(prompts.length).toBeGreaterThan(8);
    const texts = new Map([['own', TASK]]);
    for (const { id, parent, text, name, reason, job } of prompts) {
      expect(reason).toBe('');
      expect(id).toBe(`p${job}`);
      expect(text).toContain(`Think of way ${job}, please.`);
      const before = texts.get(parent as string) as string;
      expect(before).toBeDefined();
      if (name === 'one-line-more') expect(text).toBe(`${before}\nThink of way ${job}, please.`);
      else expect(text).toBe(`${TASK}\nThink of way ${job}, please.`);
      texts.set(id, text as string);
    }
    expect(new Set(prompts.map(({ name }) => name)).size).toBe(2);
    const records = run.state.prompts.map(({ record }) => record);
    const lines = prompts.map(({ id }) => promptLineage(records, id));
    for (const line of lines) expect(line.at(-1)).toBe('own');
    expect(Math.max(...lines.map(({ length }) => length))).toBeGreaterThan(2);
  });

  it('asks every so many results, with what the prompt has come to and the best programs', async () => {
    const { log, models, run } = await played(setup);
    const asked = models.requests.filter(({ purpose }) => purpose === 'prompt');
    expect(asked.length).toBe(written(log).length);
    const jobs = issues(log).filter(({ kind }) => kind === 'prompt');
    for (const [i, issued] of jobs.entries()) {
      const between = log.slice(jobs[i - 1] ? log.indexOf(jobs[i - 1] as RunEvent) : 0, log.indexOf(issued));
      expect(between.filter((event) => event.type === 'evaluated' && event.job > 0).length).toBeGreaterThanOrEqual(5);
    }
    expect(asked.some((request) => /\d+ correct programs were made with it/.test(said(request)))).toBe(true);
    for (const request of asked) expect(said(request)).toContain('export const a = ');
    const line = [...run.state.ledger.values()].find(({ purpose }) => purpose === 'prompt');
    expect(line?.calls).toBe(replies(log).filter(({ purpose }) => purpose === 'prompt').length);
  });

  it('makes later programs with them, each as an arm that the bandit knows', async () => {
    const { log, models, run } = await played(setup);
    const texts = new Map(written(log).map(({ id, text }) => [id, text as string]));
    const proposals = new Map(
      models.requests.filter(({ purpose }) => purpose === 'propose').map((r) => [jobOf(r), said(r)]),
    );
    const used = new Set<string>();
    for (const { job, kind, prompt, choices, model } of issues(log)) {
      if (kind !== 'program' || model === null) continue;
      const arm = choices.find(({ choice }) => choice === 'operator');
      expect(parseArm(String(arm?.chosen))).toEqual({ operator: 'diff', model: 'm', prompt });
      if (prompt === null) {
        expect(proposals.get(job)).not.toContain('Think of way');
        continue;
      }
      used.add(prompt);
      // It was there when the job was issued.
      expect(log.findIndex((event) => event.type === 'prompt-written' && event.id === prompt)).toBeLessThan(
        log.findIndex((event) => event.type === 'issued' && event.job === job),
      );
      for (const line of (texts.get(prompt) as string).split('\n')) expect(proposals.get(job)).toContain(line);
      expect(run.state.programs[job]?.prompt).toBe(prompt);
    }
    expect(used.size).toBeGreaterThan(4);
    for (const id of used) expect(run.state.arms.get(`diff·m·${id}`)?.pulls).toBeGreaterThan(0);
    const several = issues(log).flatMap(({ choices }) =>
      choices.filter(({ choice, among }) => choice === 'operator' && among > 2),
    );
    expect(several.length).toBeGreaterThan(10);
  });

  it('scores them by their programs, keeps so many, and uses none that has left', async () => {
    const { log, run } = await played(setup);
    const alive = run.state.prompts.filter((prompt) => prompt.alive);
    expect(alive.length).toBe(4);
    expect(run.state.prompts.length).toBeGreaterThan(6);
    expect(run.state.prompts[0]).toMatchObject({ alive: true, record: { id: 'own', text: TASK } });
    for (const { record } of run.state.prompts) {
      const made = run.state.programs.filter((program) => program?.model && (program.prompt ?? 'own') === record.id);
      expect(record.results ?? 0).toBe(made.length);
    }
    const state = emptyState();
    for (const event of log) {
      if (event.type === 'issued') {
        const there = state.prompts.filter((prompt) => prompt.alive).map(({ record }) => record.id);
        const arm = event.choices.find(({ choice }) => choice === 'operator');
        for (const [name] of arm?.top ?? []) expect(there).toContain(parseArm(String(name)).prompt ?? 'own');
        if (event.kind === 'prompt') expect(there).toContain(event.prompt);
      }
      reduce(state, event);
    }
  });

  it('is the same from any cut, and replays', async () => {
    await holds(await played(setup), 43);
  });

  it('writes the next ones from the task as a person has changed it', async () => {
    const NOW = 'Bring the number near five hundred.';
    const plain = (request: ModelRequest): string | null =>
      request.purpose === 'prompt'
        ? (says(request) as string).replace(`<PROMPT>\n${TASK}`, `<PROMPT>\n${current(request).split('\n')[0]}`)
        : null;
    const run = await open({ ...setup, says: plain });
    while (run.run.state.evaluations < 3 && run.run.activity !== 'finished') await run.run.step();
    const strategy = run.run.state.experiment?.strategy as Strategy;
    run.run.command({ type: 'strategy', strategy: { ...strategy, prompts: { ...strategy.prompts, task: NOW } } });
    expect(issues(run.log).some(({ kind }) => kind === 'prompt')).toBe(false);
    await finish(run);
    const later = written(run.log).filter(({ parent }) => parent === 'own');
    expect(later.length).toBeGreaterThan(0);
    for (const { text } of later) expect(text?.startsWith(NOW)).toBe(true);
  });

  it('goes on with what it had where a reply is no prompt', async () => {
    const bad = (request: ModelRequest): string | null => (request.purpose === 'prompt' ? 'I would rather not.' : null);
    const { log, run } = await played({ ...setup, says: bad, budget: { evaluations: 25 } });
    expect(written(log).length).toBeGreaterThan(2);
    for (const { text, reason } of written(log)) {
      expect(text).toBeNull();
      expect(reason).toMatch(/has no (DIFF|PROMPT) part/);
    }
    expect(run.state.prompts.length).toBe(1);
    expect(issues(log).every(({ prompt, kind }) => kind !== 'program' || prompt === null)).toBe(true);
  });
});
