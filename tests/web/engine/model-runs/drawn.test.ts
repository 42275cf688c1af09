/** Temperature and effort: drawn for each job from the settings, written with their probability, and sent with its requests. */
import { describe, expect, it } from 'vitest';
import type { Issued, RunEvent } from '../../../../web/engine/events.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { clock, finish, realSyntax } from '../stand-ins.ts';
import { holds, issues, jobOf, open, OPERATORS, played, replies } from './play.ts';

const TEMPERATURES = [0.1, 0.5, 1];
const EFFORTS = ['low', 'high'] as const;
const setup = {
  strategy: {
    models: { temperatures: TEMPERATURES, efforts: EFFORTS, refinements: 1 },
    selection: { type: 'uniform' },
  },
  budget: { evaluations: 60 },
} as const;

const asking = (log: readonly RunEvent[]): Issued[] => issues(log).filter(({ model }) => model !== null);

describe('a run with several temperatures and efforts', () => {
  it('draws each from its list, and writes what was drawn with its probability', async () => {
    const { log } = await played(setup);
    const jobs = asking(log);
    expect(jobs.length).toBeGreaterThan(25);
    for (const { temperature, effort, choices } of jobs) {
      const drawn = (name: string) => choices.find(({ choice }) => choice === name);
      expect(drawn('temperature')).toMatchObject({ chosen: temperature, among: 3, propensity: 1 / 3 });
      expect(drawn('effort')).toMatchObject({ chosen: effort, among: 2, propensity: 1 / 2 });
      expect(
        drawn('effort')
          ?.top.map(([what]) => what)
          .sort(),
      ).toEqual(['high', 'low']);
    }
    for (const each of TEMPERATURES) expect(jobs.some(({ temperature }) => temperature === each)).toBe(true);
    for (const each of EFFORTS) expect(jobs.some(({ effort }) => effort === each)).toBe(true);
    // The two are drawn apart from each other.
    expect(new Set(jobs.map(({ temperature, effort }) => `${temperature} ${effort}`)).size).toBe(6);
  });

  it('sends them with every request of the job, of refinements too', async () => {
    const { log, models } = await played(setup);
    const jobs = new Map(asking(log).map((event) => [event.job, event]));
    expect(models.requests.some(({ purpose }) => purpose === 'refine')).toBe(true);
    for (const request of models.requests) {
      const { temperature, effort } = jobs.get(jobOf(request)) as Issued;
      expect(request).toMatchObject({ temperature, effort });
    }
  });

  it('draws none where there is nothing to choose, or nobody is asked', async () => {
    const one = await played({ strategy: { models: { temperatures: [0.3], efforts: ['medium'] } } });
    for (const { temperature, effort, choices } of asking(one.log)) {
      expect({ temperature, effort }).toEqual({ temperature: 0.3, effort: 'medium' });
      expect(choices.some(({ choice }) => choice === 'temperature' || choice === 'effort')).toBe(false);
    }
    const nobody = await played({ ...setup, strategy: { ...setup.strategy, operators: { mutate: 1 } } });
    for (const { temperature, effort, choices } of issues(nobody.log)) {
      expect({ temperature, effort }).toEqual({ temperature: null, effort: 'none' });
      expect(choices.some(({ choice }) => choice === 'temperature' || choice === 'effort')).toBe(false);
    }
    const own = await played({ strategy: { models: { temperatures: [], efforts: [] } } });
    expect(own.models.requests.length).toBeGreaterThan(5);
    for (const { temperature, effort } of own.models.requests)
      expect({ temperature, effort }).toEqual({ temperature: null, effort: 'none' });
  });

  it('holds them to the log: a replay draws the same, another figure is found, and one that is read is taken', async () => {
    const run = await played(setup);
    await holds(run, 41);
    const at = run.log.findIndex((event) => event.type === 'issued' && event.model !== null && event.job > 9);
    const issued = run.log[at] as Issued;
    const other = run.log.with(at, { ...issued, temperature: 0.77 });
    const ports = { syntax: await realSyntax(), clock, operators: OPERATORS };
    expect(await replay(other, ports)).toMatchObject({ type: 'differs', at });
    expect(await replay(other, { ...ports, choices: 'read' })).toMatchObject({ type: 'same' });
  });

  it('asks after a resume with what the log says, for jobs that were in flight', async () => {
    const { log } = await played(setup);
    const at = log.findLastIndex((event) => event.type === 'issued' && event.model !== null);
    const { job } = log[at] as Issued;
    const before = log.slice(0, at + 1).filter((event) => !(event.type === 'replied' && event.job === job));
    before[before.length - 1] = { ...(log[at] as Issued), temperature: 0.77, effort: 'medium' };
    const again = await open(setup, before);
    await finish(again);
    const asked = again.models.requests.filter((request) => jobOf(request) === job);
    expect(asked.length).toBeGreaterThan(0);
    for (const request of asked) expect(request).toMatchObject({ temperature: 0.77, effort: 'medium' });
    expect(replies(again.log).some((event) => event.job === job)).toBe(true);
  });
});
