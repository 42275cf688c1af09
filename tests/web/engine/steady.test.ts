import { describe, expect, it } from 'vitest';
import type { EvaluationOutcome, EvaluationRequest } from '../../../web/engine/ports.ts';
import { createSteadyEvaluations, type MortalHost } from '../../../web/engine/steady.ts';
import { evaluation } from './stand-ins.ts';

const crashed: EvaluationOutcome = { type: 'failed', status: 'crashed', reason: 'the sandbox died', milliseconds: 0 };
const request: EvaluationRequest = { parameters: [], seed: 1, picture: false };

/** Scores by the entry's name; one called `killer` takes the whole host with it. */
function mortal(lost: (reason: string) => void, kills = Infinity) {
  const pending = new Set<() => void>();
  const stats = { atOnce: 0, most: 0, deaths: 0, runs: [] as string[], closed: false };
  const host: MortalHost = {
    open: (candidate) =>
      Promise.resolve({
        type: 'ok',
        session: {
          evaluate: (requests) =>
            new Promise((resolve) => {
              stats.runs.push(candidate.entry);
              stats.most = Math.max(stats.most, ++stats.atOnce);
              const end = (outcomes: readonly EvaluationOutcome[]): void => {
                stats.atOnce--;
                pending.delete(die);
                resolve(outcomes);
              };
              const die = (): void => end(requests.map(() => crashed));
              pending.add(die);
              setTimeout(() => {
                if (!pending.has(die)) return;
                if (candidate.entry === 'killer' && stats.deaths < kills) {
                  stats.deaths++;
                  for (const each of [...pending]) each();
                  lost('the sandbox died');
                } else end(requests.map(() => ({ type: 'scored', evaluation: evaluation(1), milliseconds: 1 })));
              }, 5);
            }),
          close: () => {},
        },
      }),
    close: () => (stats.closed = true),
  };
  return { host, stats };
}

function steady(kills?: number) {
  const broken: string[] = [];
  let made: ReturnType<typeof mortal> | null = null;
  const evaluations = createSteadyEvaluations(
    (lost) => (made = mortal(lost, kills)).host,
    (reason) => broken.push(reason),
  );
  const evaluate = async (entry: string): Promise<string> => {
    const opened = await evaluations.open({ language: 'javascript', files: {}, entry }, new AbortController().signal);
    if (opened.type === 'failed') return opened.status;
    const [outcome] = await opened.session.evaluate([request]);
    opened.session.close();
    return outcome?.type === 'failed' ? outcome.status : (outcome?.type ?? 'nothing');
  };
  return { evaluations, evaluate, broken, stats: () => (made as unknown as ReturnType<typeof mortal>).stats };
}

describe('createSteadyEvaluations', () => {
  it('passes on what a healthy sandbox says, several at once', async () => {
    const { evaluate, stats } = steady();
    expect(await Promise.all(['a', 'b', 'c'].map(evaluate))).toEqual(['scored', 'scored', 'scored']);
    expect(stats().most).toBe(3);
    expect(stats().runs).toEqual(['a', 'b', 'c']);
  });

  it('blames the one that kills the sandbox, and nobody beside it', async () => {
    const { evaluate, stats, broken } = steady();
    const results = await Promise.all(['a', 'killer', 'b', 'c'].map(evaluate));
    expect(results).toEqual(['scored', 'crashed', 'scored', 'scored']);
    expect(stats().deaths).toBe(2);
    expect(broken).toEqual([]);
  });

  it('blames each of two killers', async () => {
    const { evaluate } = steady();
    expect(await Promise.all(['killer', 'a', 'killer', 'b'].map(evaluate))).toEqual([
      'crashed',
      'scored',
      'crashed',
      'scored',
    ]);
  });

  it('blames nobody where the sandbox died by itself', async () => {
    const { evaluate, stats } = steady(1);
    expect(await Promise.all(['killer', 'a'].map(evaluate))).toEqual(['scored', 'scored']);
    expect(stats().deaths).toBe(1);
  });

  it('lets new work wait until what was lost has been tried again', async () => {
    const { evaluate, stats } = steady();
    const first = Promise.all(['killer', 'a', 'b'].map(evaluate));
    while (stats().deaths === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 0));
    const later = evaluate('late');
    expect(await first).toEqual(['crashed', 'scored', 'scored']);
    expect(await later).toBe('scored');
    expect(stats().runs.at(-1)).toBe('late');
  });

  it('gives up where the sandbox keeps dying, once', async () => {
    const { evaluate, broken } = steady();
    for (let i = 0; i < 5; i++) expect(await evaluate('killer')).toBe('crashed');
    expect(broken).toEqual(['the sandbox died']);
  });

  it('is patient with killers among healthy programs', async () => {
    const { evaluate, broken } = steady();
    for (let i = 0; i < 8; i++) expect(await Promise.all(['a', 'killer'].map(evaluate))).toEqual(['scored', 'crashed']);
    for (let i = 0; i < 8; i++) {
      expect(await evaluate('killer')).toBe('crashed');
      expect(await evaluate('a')).toBe('scored');
    }
    expect(broken).toEqual([]);
  });

  it('ends with its host', async () => {
    const { evaluations, stats } = steady();
    evaluations.close();
    expect(stats().closed).toBe(true);
  });
});
