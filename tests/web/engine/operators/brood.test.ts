import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import { expect, it } from 'vitest';
import { brood } from '../../../../web/engine/operators/brood.ts';
import type { OperatorContext, Search } from '../../../../web/engine/operators/operator.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import type { EvaluationOutcome, EvaluationSession } from '../../../../web/engine/ports.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { checkCandidate } from '../../../../web/engine/syntax/check.ts';
import { evaluation, experiment, finish, harness, realSyntax, walk } from '../stand-ins.ts';

const files = { 'seed.js': 'export function f(x, y) {\n  let sum = x * 3;\n  sum += y;\n  return sum - x / y;\n}\n' };
const setting = experiment({ brood: { size: 9 } }, { files });

async function context(seed: number, evaluations = 9): Promise<OperatorContext> {
  const random = createRandom(seed);
  const parent = { id: 0, files, evaluation: evaluation(10), status: 'correct', reason: '', note: '' } as const;
  return {
    experiment: setting,
    syntax: await realSyntax(),
    parent,
    inspirations: [],
    ancestor: null,
    random,
    evaluations,
    model: null,
    attempts: [],
  };
}

async function searchOf(seed: number, evaluations = 9): Promise<Search> {
  const proposal = await brood.propose(await context(seed, evaluations));
  if (proposal.type !== 'search') throw new Error(proposal.type);
  return proposal.search;
}

/** Scores each variant by its own text. */
function session(search: Search, score: (text: string) => EvaluationOutcome, asked: string[] = []): EvaluationSession {
  return {
    evaluate: (requests) =>
      Promise.resolve(
        requests.map(({ entry }) => {
          const text = search.source.files[entry ?? ''] as string;
          asked.push(text);
          return score(text);
        }),
      ),
    close() {},
  };
}

const scored = (fitness: number): EvaluationOutcome => ({
  type: 'scored',
  evaluation: evaluation(fitness),
  milliseconds: 0,
});
const crashed: EvaluationOutcome = { type: 'failed', status: 'crashed', reason: 'unlucky', milliseconds: 0 };
const signal = new AbortController().signal;

it('scores children of different texts in one session and proposes the best, as it was scored', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const search = await searchOf(seed);
    const asked: string[] = [];
    const result = await search.run(
      session(search, (text) => scored(100 + text.length), asked),
      signal,
    );
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.length).toBeGreaterThan(3);
    const young = applyEdits(files, result.edits);
    expect(young['seed.js']).toBe(asked.reduce((a, b) => (b.length > a.length ? b : a)));
    expect(checkCandidate({ syntax: await realSyntax(), experiment: setting, parent: files, files: young }).type).toBe(
      'ok',
    );
    expect(result.evaluations).toBe(asked.length);
    expect(result.summary.best).toBe(100 + (young['seed.js'] as string).length);
  }
});

it('never spends more than it was given', async () => {
  const search = await searchOf(1, 3);
  const result = await search.run(
    session(search, () => scored(11)),
    signal,
  );
  expect(result.evaluations).toBeLessThanOrEqual(3);
  expect(brood.applies(await context(1, 1))).toBe(false);
});

it('proposes nothing where all fail, and worse ones now and then only', async () => {
  let worse = 0;
  for (let seed = 0; seed < 60; seed++) {
    const search = await searchOf(seed);
    const none = await search.run(
      session(search, () => crashed),
      signal,
    );
    expect(none).toMatchObject({ edits: [], summary: { best: null } });
    expect(none.summary.failed).toBe(none.evaluations);
    if (
      (
        await search.run(
          session(search, () => scored(1)),
          signal,
        )
      ).edits.length > 0
    )
      worse++;
  }
  expect(worse).toBeGreaterThan(2);
  expect(worse).toBeLessThan(30);
});

it('keeps the budget and the order of a run', async () => {
  const options = {
    experiment: experiment(
      { operators: { brood: 1, walk: 1 }, brood: { size: 5 } },
      { files, budget: { ...DEFAULT_BUDGET, evaluations: 61 } },
    ),
    operators: [brood, walk],
    score: () => scored(5),
  };
  const one = await harness(options);
  const log = await finish(one);
  expect(one.run.state.evaluations).toBe(61);
  let turn = 0;
  expect(await finish(await harness({ ...options, delay: () => (turn++ * 7) % 4 }))).toEqual(log);
});
