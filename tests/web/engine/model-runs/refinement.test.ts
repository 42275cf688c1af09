/** Improvement after the evaluation: a model is shown what came of its program, and what it then makes is in the log. */
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import type { ModelRequest } from '../../../../web/engine/models/model.ts';
import type { Files } from '../../../../web/engine/program.ts';
import {
  diffOf,
  holds,
  issues,
  jobOf,
  numberIn,
  played,
  replies,
  results,
  said,
  shownIn,
  type Played,
} from './play.ts';

const line = (value: number): string => `export const a = ${value};`;

const shown = (request: ModelRequest): number => numberIn(shownIn(request));

/** Ten up at first; then a hundred up, or in every third job a step back. */
function says(request: ModelRequest): string | null {
  const value = shown(request);
  if (request.purpose !== 'refine') return diffOf(line(value), line(value + 10 + jobOf(request)));
  return diffOf(line(value), line(jobOf(request) % 3 === 0 ? value - 7 : value + 100), 'better');
}

/** Texts of all programs, made again from the changes in the log. */
function textsOf({ log }: Played): Map<number, Files> {
  const texts = new Map<number, Files>();
  const parents = new Map(issues(log).map(({ job, parent }) => [job, parent]));
  for (const { job, change } of results(log)) {
    const parent = parents.get(job);
    if (change?.type === 'files') texts.set(job, change.files);
    else if (change && typeof parent === 'number') texts.set(job, applyEdits(texts.get(parent) as Files, change.edits));
  }
  return texts;
}

const once = { strategy: { models: { refinements: 1 }, selection: { type: 'uniform' } }, says } as const;

describe('a run with refinements', () => {
  it('comes to refine after an evaluation, and keeps the better of the two with its parent', async () => {
    const run = await played(once);
    const { log } = run;
    const texts = textsOf(run);
    const value = (job: number): number => numberIn(texts.get(job)?.['seed.js'] ?? '');
    let [better, worse] = [0, 0];
    for (const { job, parent } of issues(log).slice(1)) {
      const result = results(log).find((event) => event.job === job);
      if (!result || result.status !== 'correct') continue;
      const purposes = replies(log)
        .filter((event) => event.job === job)
        .map(({ purpose }) => purpose);
      if (result.evaluations < 2) continue;
      expect(purposes).toEqual(['propose', 'refine']);
      const program = run.run.state.programs[job];
      expect(program?.parent).toBe(parent);
      const first = value(parent as number) + 10 + job;
      const second = job % 3 === 0 ? first - 7 : first + 100;
      const kept = Math.abs(second - 400) < Math.abs(first - 400) ? second : first;
      expect(value(job)).toBe(kept);
      expect(program?.evaluation?.fitness).toBe(-Math.abs(kept - 400));
      expect(result.note.includes('; refined: ')).toBe(kept === second);
      if (kept === second) better++;
      else worse++;
    }
    expect(better).toBeGreaterThan(3);
    expect(worse).toBeGreaterThan(1);
    // What was refined is a parent like any other.
    const refined = new Set(results(log).flatMap(({ job, note }) => (note.includes('refined:') ? [job] : [])));
    expect(issues(log).some(({ parent }) => parent !== null && refined.has(parent))).toBe(true);
  });

  it('shows the program just scored, with its figures', async () => {
    const { models, log } = await played(once);
    const asked = models.requests.filter(({ purpose }) => purpose === 'refine');
    expect(asked.length).toBeGreaterThan(5);
    const starts = new Map(
      models.requests.filter(({ purpose }) => purpose === 'propose').map((r) => [jobOf(r), shown(r)]),
    );
    for (const request of asked) {
      const job = jobOf(request);
      const first = (starts.get(job) as number) + 10 + job;
      expect(shown(request)).toBe(first);
      expect(said(request)).toContain(String(-Math.abs(first - 400)));
    }
    expect(log.some(({ type }) => type === 'run-finished')).toBe(true);
  });

  it('spends what it reserved and no more, is the same after a cut, and replays', async () => {
    const run = await played(once);
    expect(run.run.state.evaluations).toBeLessThanOrEqual(30);
    for (const { job, evaluations } of results(run.log)) {
      const issued = issues(run.log).find((event) => event.job === job);
      expect(evaluations).toBeLessThanOrEqual(issued?.reserved.evaluations ?? 0);
    }
    await holds(run);
  });

  it('asks for none where none is wanted', async () => {
    const run = await played({ ...once, strategy: { models: { refinements: 0 } } });
    expect(replies(run.log).every(({ purpose }) => purpose === 'propose')).toBe(true);
    expect(results(run.log).every(({ evaluations }) => evaluations <= 1)).toBe(true);
  });
});

describe('refine as an operator', () => {
  it('takes a scored program for its parent and shows its figures', async () => {
    const run = await played({ strategy: { operators: { refine: 1 } }, says });
    const jobs = issues(run.log).filter(({ operator }) => operator === 'refine');
    expect(jobs.length).toBeGreaterThan(10);
    for (const request of run.models.requests) {
      expect(request.purpose).toBe('refine');
      const parent = run.run.state.programs[jobs.find(({ job }) => job === jobOf(request))?.parent as number];
      expect(parent?.evaluation).not.toBeNull();
      expect(said(request)).toContain(String(parent?.evaluation?.fitness));
    }
    expect(run.run.state.programs.some((program) => program?.operator === 'refine' && program.parent !== null)).toBe(
      true,
    );
    await holds(run);
  });
});
