/** `candidate.compare` and `context.compareNumbers`, through realms of this machine. */
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import type { HostOptions } from '../../sandboxes/contract.ts';
import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { evaluate, options, REQUEST } from './trial.ts';

const COMPARE = (wanted: string) => `
export async function evaluate(candidate, context) {
  const result = await candidate.compare(${wanted});
  return { fitness: result.ratio, correct: true, artifacts: result };
}`;

/** Work that no optimiser takes away: n steps of a generator. */
const WORK = (steps: number) => `
export function f(n: number): number {
  let x = n;
  for (let i = 0; i < ${steps}; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}`;

function host(evaluator: string, baseline?: string) {
  const given: HostOptions = options(evaluator, { milliseconds: 1000, fuel: Number.MAX_SAFE_INTEGER });
  return createNodeHost(
    baseline === undefined
      ? given
      : { ...given, baseline: { language: 'typescript', files: { 'main.ts': baseline }, entry: 'main.ts' } },
  );
}

/** What is measured is time: where others keep the machine busy, four times the work can drown in noise once. */
const TIMED = { timeout: 60_000, retry: 2 };

describe('candidate.compare', () => {
  it('tells twice the work from half of it, beyond the time of one evaluation', TIMED, async () => {
    const place = host(COMPARE("{ name: 'f', argsList: [[1], [2], [3]], blocks: 5 }"), WORK(200_000));
    try {
      const faster = await evaluate(place, WORK(100_000));
      expect(faster).toMatchObject({ type: 'scored', evaluation: { artifacts: { verdict: 'faster' } } });
      const slower = await evaluate(place, WORK(400_000));
      expect(slower).toMatchObject({ type: 'scored', evaluation: { artifacts: { verdict: 'slower' } } });
      if (faster.type !== 'scored' || slower.type !== 'scored') return;
      expect(faster.evaluation.fitness).toBeLessThan(0.8);
      expect(slower.evaluation.fitness).toBeGreaterThan(1.3);
      const { baselineMilliseconds, candidateMilliseconds, floor, low, high } = faster.evaluation.artifacts;
      expect(baselineMilliseconds).toBeGreaterThan(candidateMilliseconds as number);
      expect(floor).toBeGreaterThanOrEqual(0.003);
      expect(low).toBeLessThan(high as number);
    } finally {
      place.close();
    }
  });

  it('measures on a clock that the candidate has no hand on', TIMED, async () => {
    const place = host(COMPARE("{ name: 'f', args: [1], blocks: 3 }"), WORK(100_000));
    try {
      const cheat = `${WORK(400_000)}
        for (const name of ['performance', 'Date']) {
          try { const clock = (globalThis as any)[name]; clock.now = () => 0; } catch {}
        }
        try { (Math as any).min = () => 0; (Array.prototype as any).push = () => 0; } catch {}`;
      const outcome = await evaluate(place, cheat);
      // A trick that works makes it look faster than the baseline; how sure the verdict is, is the machine's doing.
      expect(outcome).toMatchObject({ type: 'scored' });
      if (outcome.type === 'scored') expect(outcome.evaluation.fitness).toBeGreaterThan(1.3);
    } finally {
      place.close();
    }
  });

  it('lets nothing be put off until what was returned is looked at', TIMED, async () => {
    const place = host(COMPARE("{ name: 'f', args: [1], blocks: 3 }"), WORK(100_000));
    try {
      const later = `${WORK(400_000).replace('function f', 'function g')}
        export const f = (n: number) => ({ get value() { return g(n); } });`;
      const outcome = await evaluate(place, later);
      if (outcome.type === 'scored') expect(outcome.evaluation.fitness).toBeGreaterThan(1.3);
      else expect(outcome.reason).toContain('returned');
    } finally {
      place.close();
    }
  });

  it('times modules of WebAssembly', TIMED, async () => {
    const { parseWat } = await wabt();
    const text = (rounds: number) => `(module (func (export "f") (param i32) (result i32) (local i32)
      (loop $l
        (local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 1664525)) (i32.const 1013904223)))
        (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get 1) (i32.const ${rounds}))))
      (local.get 0)))`;
    const source = (rounds: number) => ({
      language: 'wat' as const,
      files: { 'main.wat': text(rounds) },
      entry: 'main.wat',
    });
    const place = createNodeHost({
      ...options(COMPARE("{ name: 'f', args: [7] }"), { fuel: Number.MAX_SAFE_INTEGER }),
      sandbox: 'wasi',
      baseline: source(200_000),
      compile: ({ files, entry }) =>
        Promise.resolve({
          type: 'ok',
          wasm: Uint8Array.from(parseWat(entry, files[entry] ?? '').toBinary({}).buffer),
          shape: 'reactor',
          diagnostics: [],
          milliseconds: 0,
        }),
    });
    try {
      const opened = await place.open(source(100_000), new AbortController().signal);
      if (opened.type === 'failed') throw new Error(opened.reason);
      const [outcome] = await opened.session.evaluate([REQUEST]);
      opened.session.close();
      expect(outcome).toMatchObject({ type: 'scored', evaluation: { artifacts: { verdict: 'faster' } } });
    } finally {
      place.close();
    }
  });

  it('fails with reasons: no baseline, no function, an endless loop, promises', TIMED, async () => {
    const evaluator = COMPARE("{ name: 'f', args: [1], blocks: 3 }");
    const without = host(evaluator);
    const with_ = host(evaluator, WORK(1000));
    const broken = host(evaluator, 'export const f = (');
    try {
      const reason = async (place: ReturnType<typeof host>, program: string) => {
        const outcome = await evaluate(place, program);
        return outcome.type === 'failed' ? `${outcome.status}: ${outcome.reason}` : 'scored';
      };
      expect(await reason(without, WORK(10))).toContain('there is no baseline');
      expect(await reason(broken, WORK(10))).toContain('main.ts');
      expect(await reason(with_, 'export const g = 1;')).toBe('crashed: exports no function "f"');
      expect(await reason(with_, 'export const f = () => Promise.resolve(1);')).toContain('promise');
      expect(await reason(with_, 'export const f = () => { for (;;); };')).toContain('timed-out: could not be timed');
      // The place is as good as before.
      expect(await reason(with_, WORK(10))).toBe('scored');
    } finally {
      without.close();
      with_.close();
      broken.close();
    }
  });
});

describe('context.compareNumbers', () => {
  it('is there for evaluators', async () => {
    const place = host(`export async function evaluate(candidate, context) {
      const got = await candidate.call('f', 3);
      const same = context.compareNumbers([0.3, 1], got, { relative: 1e-12 });
      const strict = context.compareNumbers([0.3, 1], got);
      return { fitness: 1, correct: same.equal, feedback: strict.reason, artifacts: strict };
    }`);
    try {
      const outcome = await evaluate(place, 'export const f = () => [0.1 + 0.2, 1];');
      expect(outcome).toMatchObject({
        type: 'scored',
        evaluation: {
          correct: true,
          feedback: 'at 0: 0.30000000000000004, expected 0.3',
          artifacts: { index: 0, expected: 0.3, actual: 0.30000000000000004, different: 1 },
        },
      });
    } finally {
      place.close();
    }
  });
});
