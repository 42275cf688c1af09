import { describe, expect, it } from 'vitest';
import { openToolchains } from '../../wasm-toolchains/registry.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { moduleOf, type Evaluator } from './folder-of.ts';
import { edit, scoreAll } from './in-sandbox.ts';

interface Scene {
  readonly picture: Uint8Array;
  readonly block: Uint8Array;
  readonly width: number;
  readonly answer: number;
}
interface Search extends Evaluator {
  readonly checks: Scene[];
  readonly training: Scene[];
}

const EXAMPLE = 'cpp-simd';
const evaluator = await moduleOf<Search>(EXAMPLE, 'evaluator.js');

type Find = (picture: Uint8Array, block: Uint8Array, width: number) => unknown;
/** `work` operations a call, `ratio` of the seed's time. */
function score(find: Find, { ratio = 0.5, verdict = 'faster', work = (): number => 1000, picture = false } = {}) {
  let spent = 0;
  const candidate = {
    call: () => Promise.reject(new Error('not asked one by one')),
    callMany: (_: string, calls: [Uint8Array, Uint8Array, number][]) =>
      Promise.resolve(
        calls.map((args) => {
          spent += work();
          return { value: find(...args), arrays: [] };
        }),
      ),
    compare: () =>
      Promise.resolve({
        ...{ ratio, low: ratio * 0.9, high: ratio * 1.25, floor: 0.02, blocks: 5, verdict },
        ...{ baselineMilliseconds: 1, candidateMilliseconds: ratio, passes: 8 },
      }),
    facts: () => Promise.resolve({ size: 1234, memory: 0 }),
    fuel: () => spent,
  };
  return evaluator.evaluate(candidate, { seed: 1, picture });
}

/** From the definition alone. */
const honest: Find = (picture, block, width) => {
  let [best, least] = [0, Infinity];
  for (let top = 0; top + 16 <= picture.length / width; top++) {
    for (let left = 0; left + 16 <= width; left++) {
      const sum = block.reduce((total, grey, i) => {
        const place = (top + Math.floor(i / 16)) * width + left + (i % 16);
        return total + Math.abs(grey - (picture[place] as number));
      }, 0);
      if (sum < least) [best, least] = [top * width + left, sum];
    }
  }
  return best;
};

describe('wrong places', () => {
  const last: Find = (picture, block, width) =>
    picture.every((grey) => grey === picture[0])
      ? (picture.length / width - 16) * width + width - 16
      : honest(picture, block, width);
  it.each<[string, Find, RegExp]>([
    ['nothing', () => undefined, /is at place 0, not undefined/],
    ['always the first', () => 0, /In a picture of \d+ by \d+ the block is at place [1-9]\d*, not 0/],
    ['the last of equals', last, /the block is at place 0, not/],
    ['a text', (...args) => String(honest(...args)), /not 0/],
  ])('%s', async (_, find, reason) => {
    const evaluation = await score(find);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });

  it('also who does less when asked again', async () => {
    let calls = 0;
    const { correct, feedback } = await score(honest, { work: () => (calls++ > 20 ? 10 : 1000) });
    expect(correct).toBe(false);
    expect(feedback).toMatch(/every search must be done anew/);
  });
});

it('the expected places are those of the definition', () => {
  const all = [...evaluator.checks, ...evaluator.training];
  for (const { picture, block, width, answer } of all) expect(honest(picture, block, width)).toBe(answer);
  expect(evaluator.training.every(({ answer }) => answer > 0)).toBe(true);
});

it('what counts is the middle of the measured speed, and what lies within the noise is none', async () => {
  const { fitness, metrics, artifacts, feedback } = await score(honest, { picture: true });
  expect(fitness).toBeCloseTo(1, 12);
  expect(metrics).toMatchObject({ speed: 2, sure: 1.6, noise: 2, pairs: 5, size: 1234 });
  expect(feedback).toMatch(/2\.00 times as fast as the seed \(1\.60 to 2\.22, noise 2\.0 %, 5 pairs\)/);
  expect((artifacts.picture as unknown as Picture).shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
  const tied = await score(honest, { ratio: 0.97, verdict: 'same' });
  expect(tied).toMatchObject({ fitness: 0, metrics: { speed: 1 } });
});

const MEMORY = `extern "C" __attribute__((export_name("search"))) int search(const uint8_t *picture, int pixels, const uint8_t *block, int, int width) {
  static unsigned known[64];
  static int places[64];
  static int count = 0;
  unsigned hash = width;
  for (int i = 0; i < 256; i++) hash = hash * 31 + block[i];
  for (int i = 0; i < count; i++) if (known[i] == hash) return places[i];
  known[count] = hash;
  return places[count++] = closest(picture, width, pixels / width, block);
}
`;

describe('in the sandbox', () => {
  it('times what is right, refuses what is wrong, and who only remembers', async () => {
    const { compile } = openToolchains();
    const leave = '    if (sum >= least) return sum;\n  }\n  return sum;';
    const scored = await scoreAll(
      EXAMPLE,
      {
        'stopping early': (files) => {
          const text = files['seed.cpp'] as string;
          const stopping = text
            .replace('  }\n  return sum;', leave)
            .replace('const uint8_t *block) {\n  int sum', 'const uint8_t *block, int least) {\n  int sum')
            .replace('width, block);\n      if', 'width, block, least);\n      if');
          return { 'seed.cpp': stopping };
        },
        wrong: edit('seed.cpp', 'sum < least', 'sum <= least'),
        remembering: (files) => {
          const text = files['seed.cpp'] as string;
          return { 'seed.cpp': text.slice(0, text.indexOf('/** `picture`')) + MEMORY };
        },
      },
      compile,
    );
    const { correct, metrics } = scored['stopping early'];
    expect(correct).toBe(true);
    for (const figure of Object.values(metrics)) expect(figure).toBeGreaterThan(0);
    expect(metrics['sure']).toBeLessThan(metrics['speed'] as number);
    expect(scored.wrong).toMatchObject({ correct: false, fitness: null });
    expect(scored.wrong.feedback).toMatch(/is at place 0, not/);
    expect(scored.remembering.feedback).toMatch(/every search must be done anew/);
  }, 90_000);
});
