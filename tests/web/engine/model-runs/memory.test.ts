/** Summaries, scratchpad, recommendations: written by jobs beside the programs, and read by the proposals that follow. */
import { describe, expect, it } from 'vitest';
import type { Issued, Remembered, RunEvent } from '../../../../web/engine/events.ts';
import type { ModelRequest } from '../../../../web/engine/models/model.ts';
import { finish } from '../stand-ins.ts';
import { experimentOf, holds, issues, jobOf, open, played, replies, said, type Setup } from './play.ts';

/** Of the shape of a key, and nobody's. */
const SECRET = ['sk', 'proj', 'Zq9xT4mB7vL2kR8wN5cH1jD6'].join('-');

/** What a look back says names its job, so that it is known again where it is read. */
function says(request: ModelRequest): string | null {
  if (request.purpose !== 'memory') return null;
  const job = jobOf(request);
  const text = said(request);
  if (text.includes('<SUMMARIES>')) {
    const ids = /^Summarise these programs: (.+)\.$/m.exec(text)?.[1]?.split(', ') ?? [];
    const lines = ids.map((id) => `Program ${id}: summary ${id} by ${job}, with api_key=${SECRET}.`);
    return `<SUMMARIES>\n${lines.join('\n')}\n</SUMMARIES>`;
  }
  if (text.includes('<SCRATCHPAD>')) {
    return `<SCRATCHPAD>\n## What works\n- note ${job}; the key is ${SECRET}\n</SCRATCHPAD>`;
  }
  return `<RECOMMENDATIONS>\n1. advice ${job} a\n2. advice ${job} b, with ${SECRET}\n3. advice ${job} c\n</RECOMMENDATIONS>`;
}

const EVERY = 6;
const setup = {
  strategy: { memory: { every: EVERY, recommendations: 3, model: null }, selection: { type: 'uniform' } },
  budget: { evaluations: 40 },
  says,
} satisfies Setup;

const looks = (log: readonly RunEvent[]): Remembered[] => log.filter((event) => event.type === 'remembered');

describe('a run with a memory', () => {
  it('looks back every so many results that asked a model, in three calls of a purpose of their own', async () => {
    const { log, run } = await played(setup);
    const jobs = issues(log).filter(({ kind }) => kind === 'memory');
    expect(jobs.length).toBeGreaterThanOrEqual(4);
    // What stands between two of them in the log are the results of programs.
    const marks = jobs.map((job) => log.indexOf(job));
    for (const [i, mark] of marks.entries()) {
      const before = log.slice(marks[i - 1] ?? 0, mark);
      expect(before.filter((event) => event.type === 'evaluated' && event.job > 0).length).toBeGreaterThanOrEqual(
        EVERY,
      );
    }
    for (const { job, model, parent } of jobs) {
      expect({ model, parent }).toEqual({ model: 'm', parent: null });
      expect(replies(log).flatMap((event) => (event.job === job ? [event.purpose] : []))).toEqual([
        'memory',
        'memory',
        'memory',
      ]);
    }
    const line = [...run.state.ledger.values()].find(({ purpose }) => purpose === 'memory');
    expect(line?.calls).toBe(3 * looks(log).length);
  });

  it('has them in the log, each program summed up once, the latest notes and advice', async () => {
    const { log, run } = await played(setup);
    expect(looks(log).length).toBeGreaterThanOrEqual(4);
    for (const { job, memory, reason } of looks(log)) {
      expect(reason).toBe('');
      expect(memory?.scratchpad).toContain(`note ${job};`);
      expect(memory?.recommendations.map((text) => text.slice(0, `advice ${job} a`.length))).toEqual(
        ['a', 'b', 'c'].map((which) => `advice ${job} ${which}`),
      );
    }
    const summed =
      looks(log)
        .at(-1)
        ?.memory?.summaries.map(({ program }) => program) ?? [];
    expect(summed.length).toBeGreaterThan(2 * EVERY);
    expect(new Set(summed).size).toBe(summed.length);
    for (const program of summed) expect(run.state.programs[program]?.model).toBe('m');
    expect(run.state.memory).toEqual(looks(log).at(-1)?.memory);
  });

  it('gives later proposals the notes and the one recommendation drawn, and earlier ones neither', async () => {
    const { log, models } = await played(setup);
    const byJob = new Map(
      models.requests.filter(({ purpose }) => purpose === 'propose').map((r) => [jobOf(r), said(r)]),
    );
    let [told, untold] = [0, 0];
    const taken = new Set<number>();
    let memory: Remembered | null = null;
    for (const event of log) {
      if (event.type === 'remembered') memory = event;
      if (event.type !== 'issued' || event.kind !== 'program' || !byJob.has(event.job)) continue;
      const text = byJob.get(event.job) as string;
      if (memory === null) {
        untold++;
        expect(event.recommendation).toBeNull();
        expect(text).not.toMatch(/note \d|advice \d/);
        continue;
      }
      told++;
      expect(text).toContain(`note ${memory.job};`);
      const { recommendations } = memory.memory as NonNullable<Remembered['memory']>;
      expect(event.choices.find(({ choice }) => choice === 'recommendation')).toMatchObject({
        ...{ chosen: event.recommendation, among: 3, propensity: 1 / 3 },
      });
      recommendations.forEach((advice, i) => expect(text.includes(advice), advice).toBe(i === event.recommendation));
      taken.add(event.recommendation as number);
    }
    expect(Math.min(told, untold)).toBeGreaterThan(5);
    expect(taken.size).toBe(3);
  });

  it('builds on what it remembers', async () => {
    const { log, models } = await played(setup);
    const [first, second] = looks(log);
    const asked = models.requests
      .filter((request) => jobOf(request) === second?.job)
      .map(said)
      .join('\n');
    expect(asked).toContain(`note ${first?.job};`);
    expect(asked).toContain(`by ${first?.job},`);
    expect(asked).toContain(`advice ${first?.job} a`);
  });

  it('takes secrets out before anything is kept or shown', async () => {
    const { log, models } = await played(setup);
    expect(replies(log).some(({ reply }) => reply.type === 'replied' && reply.text.includes(SECRET))).toBe(true);
    for (const look of looks(log)) {
      expect(JSON.stringify(look)).not.toContain(SECRET);
      expect(look.memory?.scratchpad).toContain('the key is [secret removed]');
    }
    for (const request of models.requests) expect(said(request)).not.toContain(SECRET);
  });

  it('keeps it over any cut, and needs no model for a replay', async () => {
    await holds(await played(setup), 29);
  });

  it('goes on where a look back fails, with what it had', async () => {
    const failing = (request: ModelRequest): string | null =>
      request.purpose === 'memory' && jobOf(request) > 20 ? '' : says(request);
    const { log, run } = await played({ ...setup, says: failing });
    const kept = looks(log).filter(({ memory }) => memory !== null);
    const lost = looks(log).filter(({ memory }) => memory === null);
    expect(Math.min(kept.length, lost.length)).toBeGreaterThan(0);
    expect(lost[0]?.reason).toBe('the replies held nothing');
    expect(run.state.memory).toEqual(kept.at(-1)?.memory);
  });
});

describe('looks back that nobody can answer', () => {
  const kinds = (log: readonly RunEvent[]): string[] => [...new Set(issues(log).map(({ kind }) => kind))];
  const named = { ...setup.strategy, memory: { every: 2, recommendations: 3, model: 'elsewhere' } };

  it('are not issued where no model may be asked for programs', async () => {
    for (const memory of [named.memory, { ...named.memory, model: null }]) {
      const strategy = { ...named, memory, prompts: { task: '', evolveEvery: 2, size: 3 } };
      const run = await played({
        ...setup,
        strategy: { ...strategy, operators: { mutate: 1 }, models: { ensemble: {} } },
      });
      expect(kinds(run.log)).toEqual(['program']);
      expect(run.models.requests).toEqual([]);
    }
  });

  it('are not issued after a person has taken the models out of a run', async () => {
    const mixed = {
      ...setup,
      strategy: { ...named, memory: { ...named.memory, every: 1 }, operators: { diff: 1, mutate: 1 } },
    };
    const run = await open(mixed);
    const looked = (): number => issues(run.log).filter(({ kind }) => kind === 'memory').length;
    while (looked() < 2 && run.run.activity !== 'finished') await run.run.step();
    expect(looked()).toBe(2);
    const { strategy } = experimentOf(mixed);
    run.run.command({ type: 'strategy', strategy: { ...strategy, models: { ...strategy.models, ensemble: {} } } });
    const at = run.log.findLastIndex(({ type }) => type === 'strategy-changed');
    await finish(run);
    const after = run.log.slice(at).filter((event): event is Issued => event.type === 'issued');
    expect(after.length).toBeGreaterThan(5);
    expect(after.every(({ kind, model }) => kind === 'program' && model === null)).toBe(true);
  });
});
