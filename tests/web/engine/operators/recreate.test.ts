import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import { mutate } from '../../../../web/engine/operators/mutate.ts';
import type { OperatorContext, Proposal, Search } from '../../../../web/engine/operators/operator.ts';
import { recreate } from '../../../../web/engine/operators/recreate.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import type { Edit } from '../../../../web/engine/program.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { checkCandidate } from '../../../../web/engine/syntax/check.ts';
import { clock, evaluation, experiment, finish, harness, realSyntax, walk } from '../stand-ins.ts';
import { contextOf, FIXTURES } from './fixtures.ts';
import type { Fixture } from './fixtures.ts';

const syntax = await realSyntax();
const geometry = FIXTURES.find(({ name }) => name === 'geometry') as Fixture;

function context(seed: number, evaluations: number): OperatorContext {
  return { ...contextOf(geometry, syntax, seed), evaluations };
}

function proposed(seed: number, evaluations: number): Proposal {
  const proposal = recreate.propose(context(seed, evaluations));
  if (proposal instanceof Promise) throw new Error('it waits for nothing');
  return proposal;
}

function searchOf(seed: number, evaluations = 8): Search {
  const proposal = proposed(seed, evaluations);
  if (proposal.type !== 'search') throw new Error(proposal.type);
  return proposal.search;
}

/** How much of the front and of the back of two texts is the same. */
function same(a: string, b: string): { front: number; back: number } {
  const most = Math.min(a.length, b.length);
  let front = 0;
  while (front < most && a[front] === b[front]) front++;
  let back = 0;
  while (back < most - front && a[a.length - 1 - back] === b[b.length - 1 - back]) back++;
  return { front, back };
}

const replaced = (edits: readonly Edit[]): number =>
  edits.reduce((sum, { start, end, text }) => sum + end - start + text.length, 0);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

describe('making a stretch anew', () => {
  it('tries many programs of one ruin, all of which differ from the parent in the same stretch', () => {
    const { entry, files } = geometry.experiment;
    const own = files[entry] as string;
    let kept = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { source, note } = searchOf(seed);
      const texts = Object.keys(source.files).flatMap((path) =>
        path.endsWith(`/${entry}`) ? [source.files[path] as string] : [],
      );
      expect(new Set(texts).size).toBe(texts.length);
      expect(note).toBe(`best of ${texts.length} recreations`);
      const sides = texts.map((text) => same(own, text));
      kept +=
        (Math.min(...sides.map(({ front }) => front)) + Math.min(...sides.map(({ back }) => back))) / own.length / 40;
    }
    // A stretch holds at most 0.4 of the places, and 0.25 on the average.
    expect(kept).toBeGreaterThan(0.5);
    expect(kept).toBeLessThan(0.9);
  });

  it('reaches further than a move or two', () => {
    const sizes = (operator: typeof recreate): number[] =>
      Array.from({ length: 60 }, (_, seed) => {
        const proposal = operator.propose(context(seed, 0)) as Proposal;
        return proposal.type === 'edits' ? replaced(proposal.edits) : 0;
      });
    expect(median(sizes(recreate))).toBeGreaterThan(3 * median(sizes(mutate)));
  });

  it('takes something out and lets something grow', () => {
    const notes = Array.from({ length: 40 }, (_, seed) => {
      const proposal = proposed(seed, 0);
      return proposal.type === 'edits' ? proposal.note : 'none';
    });
    const moves = notes.map((note) => /^recreate: (\d+) out, (\d+) in$/.exec(note)?.slice(1).map(Number) ?? [0, 0]);
    expect(moves.filter(([out, into]) => (out as number) > 0 && (into as number) > 0).length).toBeGreaterThan(35);
  });

  it('spends no more than it may, and where it may not search makes one program', async () => {
    for (const most of [2, 5]) {
      const search = searchOf(3, most);
      const found = await search.run(
        {
          evaluate: (requests) => {
            expect(requests.length).toBeLessThanOrEqual(most);
            const one = { type: 'scored', evaluation: evaluation(9), milliseconds: 0 } as const;
            return Promise.resolve(requests.map(() => one));
          },
          close() {},
        },
        new AbortController().signal,
      );
      expect(found.evaluations).toBeLessThanOrEqual(most);
      const files = applyEdits(geometry.experiment.files, found.edits);
      const check = checkCandidate({
        ...{ syntax, experiment: geometry.experiment, files },
        parent: geometry.experiment.files,
      });
      expect(check.type).toBe('ok');
    }
    expect(proposed(3, 1).type).toBe('edits');
    expect(proposed(3, 0).type).toBe('edits');
  });

  it('says so where there is no place', () => {
    const bare = { 'seed.js': 'export {};\n' };
    const empty = experiment({}, { files: bare });
    const at = { ...context(1, 8), experiment: empty };
    const parentOf = { ...at.parent, files: bare };
    expect(recreate.propose({ ...at, parent: parentOf })).toMatchObject({ type: 'none' });
  });
});

describe('a run that makes stretches anew', () => {
  const files = {
    'seed.js': `export function f(x, y) {
  let sum = x * 3;
  sum += y;
  if (sum > 12) sum -= x;
  return sum - x / y;
}
`,
  };

  it('keeps its budget and its order, tells of each burst, and can be replayed', async () => {
    const options = {
      experiment: experiment(
        { operators: { recreate: 1, walk: 1 }, brood: { size: 5 } },
        { files, budget: { ...DEFAULT_BUDGET, evaluations: 61 } },
      ),
      operators: [recreate, walk],
      score: () => ({ type: 'scored', evaluation: evaluation(5), milliseconds: 0 }) as const,
    };
    const one = await harness(options);
    const log = await finish(one);
    expect(one.run.state.evaluations).toBe(61);
    const bursts = one.log.flatMap((event) => (event.type === 'evaluated' && event.burst ? [event.burst] : []));
    expect(bursts.length).toBeGreaterThan(3);
    for (const burst of bursts) expect(burst.method).toMatch(/^recreate: \d+ out, \d+ in$/);
    let turn = 0;
    expect(await finish(await harness({ ...options, delay: () => (turn++ * 7) % 4 }))).toEqual(log);
    expect(await replay(one.log, { syntax, clock, operators: [recreate, walk] })).toMatchObject({ type: 'same' });
  });
});
