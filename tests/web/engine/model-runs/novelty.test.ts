/** Too like what is there: turned away before an evaluation is spent, and tried again where the settings say so. */
import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../../web/engine/models/model.ts';
import type { Operator } from '../../../../web/engine/operators/operator.ts';
import type { StrategyPart } from '../stand-ins.ts';
import { FILES, farReply, nearReply } from './alike.ts';
import { holds, issues, jobOf, played, replies, results, said } from './play.ts';

const alike = (threshold: number, judge: string | null = null): NonNullable<StrategyPart['novelty']> => ({
  vectors: 'local',
  threshold,
  judge,
  model: null,
});

describe('a run that compares texts', () => {
  const near = {
    files: FILES,
    strategy: { novelty: alike(0.99), models: { attempts: 1 } },
    budget: { calls: 12 },
    says: nearReply,
  } as const;

  it('turns near copies away before they are evaluated, and says what they are like', async () => {
    const run = await played(near);
    const made = results(run.log).filter(({ job }) => job > 0);
    expect(made.length).toBe(12);
    for (const { status, reason, nearest, evaluations, evaluation, hash } of made) {
      expect({ status, evaluations, evaluation }).toEqual({ status: 'not-novel', evaluations: 0, evaluation: null });
      expect(nearest?.program).toBe(0);
      expect(nearest?.similarity).toBeGreaterThan(0.99);
      expect(nearest?.similarity).toBeLessThan(1);
      expect(reason).toBe(`its text is ${((nearest?.similarity ?? 0) * 100).toFixed(2)} % like program 0`);
      expect(hash).not.toBeNull();
    }
    // The seed's evaluation is the only one.
    expect(run.standIn.opened).toBe(1);
    expect(run.run.state.evaluations).toBe(1);
    expect(run.run.state.programs.every((program) => program?.id === 0 || program?.status === 'not-novel')).toBe(true);
    await holds(run, 7);
  });

  it('lets the same texts pass where the threshold does, and where nothing is compared', async () => {
    for (const novelty of [alike(1), { ...alike(0.99), vectors: 'none' as const }]) {
      const run = await played({ ...near, strategy: { ...near.strategy, novelty } });
      expect(results(run.log).every(({ status }) => status === 'correct')).toBe(true);
      expect(run.run.state.evaluations).toBe(13);
      const compared = results(run.log).filter(({ nearest }) => nearest !== null);
      expect(compared.length).toBe(novelty.vectors === 'none' ? 0 : 12);
    }
  });

  it('lets another attempt follow in the same conversation, which is told why', async () => {
    const says = (request: ModelRequest): string | null =>
      request.messages.some(({ role }) => role === 'assistant') ? farReply(request) : nearReply(request);
    const setup = {
      ...near,
      says,
      strategy: { ...near.strategy, models: { attempts: 2 } },
      budget: { evaluations: 12 },
    };
    const run = await played(setup);
    const made = results(run.log).filter(({ job }) => job > 0);
    expect(made.filter(({ status }) => status === 'correct').length).toBe(11);
    for (const { job, nearest } of made) {
      const asked = run.models.requests.filter((request) => jobOf(request) === job);
      expect(asked.length).toBe(2);
      expect(said(asked[1] as ModelRequest)).toMatch(/its text is 99\.\d\d % like program \d+/);
      expect(nearest?.similarity).toBeLessThan(0.99);
    }
    await holds(run, 11);
  });

  it('gives an operator without a model its attempts as well', async () => {
    /** Its first two texts are near copies, whoever asks for them, and every later one is far from all others. */
    const moody = (tries: number[]): Operator => ({
      id: 'mutate',
      applies: () => true,
      propose({ parent, attempts, random }) {
        const near = tries.push(attempts.length) <= 2;
        const text = parent.files['seed.js'] as string;
        const number = text.indexOf('const g = ') + 'const g = '.length;
        const place = near
          ? { start: number, end: text.indexOf(';', number) }
          : { start: text.length, end: text.length };
        const written = near ? `${random.below(1e6)}` : `const fresh = ${random.below(1e6)};\n${FAR_LINES}`;
        const edit = { file: 'seed.js', ...place, text: written };
        return { type: 'edits', edits: [edit], note: `try ${attempts.length}` };
      },
    });
    const run = async (attempts: number) => {
      const tries: number[] = [];
      const { log } = await played({
        files: FILES,
        operators: [moody(tries)],
        strategy: {
          operators: { mutate: 1 },
          novelty: alike(0.99),
          attempts,
          lookAhead: 1,
          models: { ensemble: {} },
        },
        budget: { evaluations: 2 },
      });
      return { results: results(log), tries: tries.slice(0, 3) };
    };
    const three = await run(3);
    expect(three.tries).toEqual([0, 1, 2]);
    expect(three.results[1]).toMatchObject({ status: 'correct', note: 'try 2', evaluations: 1 });
    const two = await run(2);
    expect(two.tries).toEqual([0, 1, 0]);
    expect(two.results[1]).toMatchObject({ status: 'not-novel', note: 'try 1', evaluations: 0 });
    expect(two.results[2]).toMatchObject({ status: 'correct', note: 'try 0', evaluations: 1 });
  });
});

const FAR_LINES = Array.from(
  { length: 30 },
  (_, i) => `for (let i${i} = 0; i${i} < ${i}; i${i}++) fresh * i${i};`,
).join('\n');

describe('a judge of novelty', () => {
  const judged = {
    files: FILES,
    strategy: { novelty: alike(0.99, 'j'), models: { attempts: 1 } },
    budget: { calls: 24 },
  } as const;
  /** Even jobs bring something new, and in every third nothing is alike in the first place. */
  const says = (request: ModelRequest): string | null => {
    const job = jobOf(request);
    if (request.purpose === 'judge') return job % 2 === 0 ? 'NOVEL: it brings another rule.' : 'NOT_NOVEL: a constant.';
    return job % 3 === 0 ? farReply(request) : nearReply(request);
  };

  it('is asked once about each candidate above the threshold and of no other, and has the last word', async () => {
    const run = await played({ ...judged, says });
    const asked = replies(run.log).filter(({ purpose }) => purpose === 'judge');
    const made = results(run.log).filter(({ job }) => job > 0);
    const [overruled, turnedAway, unlike] = [new Set<number>(), new Set<number>(), new Set<number>()];
    for (const { job, nearest, status, reason, evaluations } of made) {
      if (status === 'invalid-patch') continue;
      const calls = asked.filter((event) => event.job === job);
      if ((nearest?.similarity ?? 0) <= 0.99) {
        expect(calls).toEqual([]);
        unlike.add(job);
        continue;
      }
      // Where the cap on calls left room for the proposal alone the vectors decide.
      if (issues(run.log).find((event) => event.job === job)?.reserved.calls === 1) continue;
      expect(calls.map(({ model }) => model)).toEqual(['j']);
      expect(status).toBe(job % 2 === 0 ? 'correct' : 'not-novel');
      expect(evaluations).toBe(job % 2 === 0 ? 1 : 0);
      if (status === 'not-novel')
        expect(reason).toMatch(/^its text is .* % like program \d+; the judge says: a constant\.$/);
      (job % 2 === 0 ? overruled : turnedAway).add(job);
    }
    expect(Math.min(overruled.size, turnedAway.size, unlike.size)).toBeGreaterThan(2);
    expect(asked.length).toBe(overruled.size + turnedAway.size);
  });

  it('is shown both programs, at temperature 0', async () => {
    const run = await played({ ...judged, says });
    const [first] = run.models.requests.filter(({ purpose }) => purpose === 'judge');
    expect(first).toMatchObject({ model: 'j', temperature: 0, effort: 'none' });
    expect(said(first as ModelRequest).split('const g = ').length).toBe(3);
  });

  it('has its cost under a purpose of its own, within the caps', async () => {
    const run = await played({ ...judged, says });
    const lines = [...run.run.state.ledger.values()];
    const line = (purpose: string) => lines.find((each) => each.purpose === purpose);
    const asked = replies(run.log).filter(({ purpose }) => purpose === 'judge');
    expect(line('judge')).toMatchObject({ model: 'j', calls: asked.length });
    expect(line('judge')?.dollars).toBeCloseTo(asked.length * 0.001, 9);
    expect(line('propose')?.model).toBe('m');
    expect(run.run.state.spent.calls).toBe(replies(run.log).length);
    expect(run.run.state.spent.calls).toBeLessThanOrEqual(24);
    const { spent } = results(run.log).find(({ job }) => job === asked[0]?.job) as { spent: { calls: number } };
    expect(spent.calls).toBe(2);
  });

  it('is not asked again by a resume from any cut, nor by a replay', async () => {
    await holds(await played({ ...judged, says }), 3);
  });

  it('is not asked again about a text that a model writes twice', async () => {
    const stubborn = (request: ModelRequest): string | null =>
      request.purpose === 'judge' ? 'NOT_NOVEL: a constant.' : nearReply(request);
    const run = await played({ ...judged, says: stubborn, strategy: { ...judged.strategy, models: { attempts: 3 } } });
    const jobs = new Set(issues(run.log).map(({ job }) => job));
    const repeated = [...jobs].filter(
      (job) => run.models.requests.filter((r) => jobOf(r) === job && r.purpose === 'propose').length === 3,
    );
    expect(repeated.length).toBeGreaterThan(2);
    for (const job of repeated) {
      const calls = replies(run.log).filter((event) => event.job === job && event.purpose === 'judge');
      expect(calls.length).toBe(1);
    }
  });

  it('leaves the decision to the vectors where it fails or says nothing', async () => {
    const silent = (request: ModelRequest): string | null => (request.purpose === 'judge' ? 'Hm.' : nearReply(request));
    const run = await played({ ...judged, says: silent, budget: { calls: 8 } });
    for (const { status, reason } of results(run.log).slice(1)) {
      expect(status).toBe('not-novel');
      expect(reason).not.toContain('the judge');
    }
  });
});
