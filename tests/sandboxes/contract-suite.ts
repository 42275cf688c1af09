/** What every evaluation host must do, wherever it runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationHost } from '../../sandboxes/contract.ts';
import { evaluate, options, type Place, REQUEST, told } from './trial.ts';

export function contractSuite(place: Place): void {
  describe(`${place.name}: contract`, () => {
    let host: EvaluationHost;
    beforeAll(async () => {
      host = await place.create(options());
    });
    afterAll(() => {
      host.close();
      place.dispose();
    });

    async function withHost<T>(evaluator: string, run: (own: EvaluationHost) => Promise<T>, limits = {}): Promise<T> {
      const own = await place.create(options(evaluator, limits));
      try {
        return await run(own);
      } finally {
        own.close();
      }
    }

    it('scores a TypeScript program', async () => {
      const outcome = await evaluate(host, 'export function f(x: number): number { return x * 2; }');
      expect(outcome).toMatchObject({ type: 'scored', evaluation: { fitness: 6, correct: true, fuel: 0 } });
      expect(outcome.milliseconds).toBeGreaterThanOrEqual(0);
    });

    it('gives the whole shape of an evaluation and drops what is not finite', async () => {
      const evaluator = `export const evaluate = () => ({ fitness: 2, correct: true, metrics: { a: 1, bad: NaN }, hidden: { h: 3 },
        features: { x: 0.5 }, scores: { one: 2, two: -1, bad: -Infinity, ['__proto__']: 3 }, feedback: 'fine', artifacts: { list: [1, { two: 'x' }], gone: undefined } });`;
      const outcome = await withHost(evaluator, (own) => evaluate(own, 'export const f = 1;'));
      expect(outcome).toMatchObject({
        type: 'scored',
        evaluation: { fitness: 2, correct: true, metrics: { a: 1 }, hidden: { h: 3 }, features: { x: 0.5 } },
      });
      if (outcome.type !== 'scored') return;
      expect(Object.keys(outcome.evaluation.metrics)).toEqual(['a']);
      expect(outcome.evaluation.scores).toEqual({ one: 2, two: -1 });
      expect(outcome.evaluation.feedback).toContain('scores.bad');
      expect(outcome.evaluation.feedback).toContain('metrics.bad');
      expect(outcome.evaluation.feedback).toContain('fine');
      expect(outcome.evaluation.artifacts).toEqual({ list: [1, { two: 'x' }] });
    });

    it('makes a NaN or infinite fitness incorrect with a reason, and lets it be absent', async () => {
      for (const [text, feedback] of [
        ['NaN', 'NaN'],
        ['-Infinity', '-Infinity'],
        ['"9"', 'string'],
      ] as const) {
        const evaluator = `export const evaluate = () => ({ fitness: ${text}, correct: true });`;
        const outcome = await withHost(evaluator, (own) => evaluate(own, ''));
        expect(outcome).toMatchObject({ type: 'scored', evaluation: { fitness: null, correct: false } });
        if (outcome.type === 'scored') expect(outcome.evaluation.feedback).toContain(feedback);
      }
      const absent = await withHost('export const evaluate = () => ({ correct: true });', (own) => evaluate(own, ''));
      expect(absent).toMatchObject({ type: 'scored', evaluation: { fitness: null, correct: true, feedback: '' } });
    });

    it('links files by relative import, in any order, and keeps cycles working', async () => {
      const files = {
        'main.ts': `import { twice } from './lib/twice'; import three, { name } from './three.js'; import type { N } from './types';
          export const f = (x: N) => name.length + twice(x) + three;`,
        'lib/twice.ts': `import { one } from '../one.ts'; export function twice(x: number) { return x * 2 * one; }`,
        'one.ts': `import './lib/twice.ts'; export const one = 1;`,
        'three.ts': `export default 3; export const name = 'ab';`,
        'types.ts': `export type N = number;`,
        'README.md': `not code`,
      };
      expect(told(await evaluate(host, files)).value).toBe(2 + 6 + 3);
    });

    it('reports build errors with file, line and column', async () => {
      const cases: [Record<string, string>, RegExp][] = [
        [{ 'main.ts': 'export const a = 1;\nexport const f = ;' }, /^main\.ts:2:18: /],
        [{ 'main.ts': `\nimport { x } from './gone';\nexport const f = x;` }, /^main\.ts:2:19: imports "\.\/gone"/],
        [{ 'main.ts': `import fs from 'fs'; export const f = fs;` }, /imports "fs"; a program can only import its own/],
        [{ 'other.ts': `` }, /main\.ts is the entry/],
      ];
      for (const [files, reason] of cases) {
        const { status, reason: actual } = told(await evaluate(host, files));
        expect([status, actual]).toEqual(['build-failed', expect.stringMatching(reason)]);
      }
    });

    it('reports what only the engine finds wrong with a text as a build error too', async () => {
      const outcome = told(await evaluate(host, 'export function f() { let a = 1; let a = 2; return a; }'));
      expect(outcome).toMatchObject({ status: 'build-failed', reason: expect.stringContaining('main.ts') as string });
    });

    it('says so when the export is missing or throws', async () => {
      expect(told(await evaluate(host, 'export const g = 1;'))).toMatchObject({
        status: 'crashed',
        reason: 'exports no function "f"',
      });
      expect(told(await evaluate(host, 'export const f = () => { throw new TypeError("no way"); };'))).toMatchObject({
        status: 'crashed',
        reason: 'TypeError: no way',
      });
      expect(told(await evaluate(host, 'throw new Error("early");'))).toMatchObject({
        status: 'crashed',
        reason: 'while it was loaded: Error: early',
      });
    });

    it('answers requests in order, each with its parameters and module state made anew', async () => {
      const opened = await host.open(
        {
          language: 'typescript',
          entry: 'main.ts',
          files: { 'main.ts': 'let n = 0; export const f = () => ++n * 100 + $p[0] + Math.random();' },
        },
        new AbortController().signal,
      );
      if (opened.type !== 'ok') throw new Error(opened.reason);
      const requests = Array.from({ length: 30 }, (_, i) => ({ parameters: [i], seed: i % 2, picture: false }));
      const first = (await opened.session.evaluate(requests)).map((one) => told(one).value as number);
      const again = (await opened.session.evaluate(requests)).map((one) => told(one).value as number);
      opened.session.close();
      expect(first.map(Math.floor)).toEqual(requests.map((_, i) => 100 + i));
      expect(again).toEqual(first);
      const random = first.map((value) => (value % 1).toFixed(6));
      expect(new Set(random).size).toBe(2);
    });

    it('takes another file as entry where a request asks for it; variants share a realm but no module state', async () => {
      const variant = (n: number): string => `let count = 0; export const f = (x) => x * ${n} + count++;`;
      const files = {
        'main.ts': variant(1),
        'a/main.ts': `import { f as g } from './part.ts'; export const f = (x) => g(x);`,
        'a/part.ts': variant(10),
        'broken/main.ts': 'let a = 1; let a = 2; export const f = () => a;',
      };
      const opened = await host.open({ language: 'typescript', files, entry: 'main.ts' }, new AbortController().signal);
      if (opened.type === 'failed') throw new Error(opened.reason);
      const entries = ['a/main.ts', 'main.ts', 'broken/main.ts', 'a/main.ts', 'gone.ts'];
      const outcomes = await opened.session.evaluate(entries.map((entry) => ({ ...REQUEST, entry })));
      opened.session.close();
      expect(outcomes.map(told).map(({ status, value }) => (status === 'scored' ? value : status))).toEqual([
        30,
        3,
        'crashed',
        30,
        'crashed',
      ]);
    });

    it('hands the evaluator its context, seeded', async () => {
      const evaluator = `export function evaluate(candidate, context) {
        return { fitness: context.seed, correct: true,
          artifacts: { a: [context.random(), context.random(), Math.random()], picture: context.picture, stage: context.stage,
            best: context.best, bestFiles: context.bestFiles, instances: context.instances } };
      }`;
      const bestFiles = { 'main.ts': 'export const f = () => "the best";', 'data/more.txt': '`${1}`' };
      const [one, same, other] = await withHost(evaluator, async (own) => [
        await evaluate(own, '', { seed: 7, picture: true }),
        await evaluate(own, '', { seed: 7, picture: true }),
        await evaluate(own, '', { seed: 8, stage: 'smoke', best: 3.5, bestFiles, instances: ['a', 'b'] }),
      ]);
      if (one?.type !== 'scored' || same?.type !== 'scored' || other?.type !== 'scored') throw new Error('not scored');
      expect(one.evaluation).toEqual(same.evaluation);
      expect(one.evaluation).toMatchObject({
        fitness: 7,
        artifacts: { picture: true, stage: 'full', best: null, bestFiles: null, instances: null },
      });
      expect(other.evaluation.artifacts).toMatchObject({ stage: 'smoke', best: 3.5, bestFiles, instances: ['a', 'b'] });
      expect(other.evaluation.artifacts['a']).not.toEqual(one.evaluation.artifacts['a']);
    });

    it('counts fuel over all calls, the same each time, and stops a call that has none left', async () => {
      const evaluator = `export async function evaluate(candidate) {
        const [a, b] = await candidate.callMany('f', [[10], [20]]);
        return { fitness: a + b + await candidate.call('f', 5), correct: true };
      }`;
      const text =
        'export function f(n: number) { let s = 0; for (let i = 0; i < n; i++) { if (--$fuel.n < 0) $fuel.out(); s++; } return s; }';
      const endless = 'export function f() { for (;;) { if (--$fuel.n < 0) $fuel.out(); } }';
      await withHost(evaluator, async (own) => {
        expect(await evaluate(own, text)).toMatchObject({ evaluation: { fitness: 35, fuel: 35 } });
        expect(told(await evaluate(own, endless))).toMatchObject({ status: 'timed-out', reason: 'out of fuel' });
      });
    });

    it('awaits a promise that the candidate returns', async () => {
      expect(told(await evaluate(host, 'export const f = async (x: number) => (await x) + 1;')).value).toBe(4);
      expect(told(await evaluate(host, 'export const f = async () => { throw new Error("later"); };'))).toMatchObject({
        status: 'crashed',
        reason: 'Error: later',
      });
    });

    it('lets the evaluator catch what a candidate does, and names the limit', async () => {
      const evaluator = `export async function evaluate(candidate) {
        try { await candidate.call('f'); } catch (error) { return { fitness: 1, correct: false, feedback: error.status + ': ' + error.message }; }
      }`;
      const outcome = await withHost(evaluator, (own) =>
        evaluate(own, 'export const f = () => { throw new Error("x"); };'),
      );
      expect(outcome).toMatchObject({ evaluation: { correct: false, feedback: 'failed: Error: x' } });
    });

    it('passes plain data both ways: typed arrays, NaN, nested lists', async () => {
      const evaluator = `export async function evaluate(candidate) {
        const value = await candidate.call('f', new Float64Array([1, 2]), { a: [NaN, -0], b: null, c: undefined });
        return { fitness: value.sum, correct: value.view instanceof Float64Array && Number.isNaN(value.back.a[0]) && Object.is(value.back.a[1], -0) };
      }`;
      const text =
        'export const f = (v: Float64Array, o: object) => ({ sum: v[0]! + v[1]!, view: v.map((x) => x * 2), back: o });';
      const outcome = await withHost(evaluator, (own) => evaluate(own, text));
      expect(outcome).toMatchObject({ evaluation: { fitness: 3, correct: true } });
    });

    it('reports an evaluator that does not build, throws, or returns nothing', async () => {
      const trial = (text: string) =>
        withHost(text, async (own) => told(await evaluate(own, 'export const f = () => 1;')));
      expect(await trial('export const evaluate = ;')).toMatchObject({
        status: 'build-failed',
        reason: expect.stringMatching(/^evaluator: evaluate\.js:1:25/) as string,
      });
      expect(await trial('export const nothing = 1;')).toMatchObject({
        status: 'build-failed',
        reason: 'the evaluator exports no function "evaluate"',
      });
      expect(await trial('export function evaluate() { throw new Error("bad"); }')).toMatchObject({
        status: 'crashed',
        reason: 'the evaluator failed: Error: bad',
      });
      expect(await trial('export function evaluate() {}')).toMatchObject({
        status: 'crashed',
        reason: 'the evaluator returned no evaluation',
      });
    });

    it('runs many sessions over few slots, and one session after another was left open', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, i) => evaluate(host, `export const f = (x: number) => x + ${i};`)),
      );
      expect(outcomes.map((one) => told(one).value)).toEqual(Array.from({ length: 12 }, (_, i) => 3 + i));
      const open = [];
      for (let i = 0; i < 4; i++) {
        const opened = await host.open(
          { language: 'javascript', entry: 'm.js', files: { 'm.js': `export const f = () => ${i};` } },
          new AbortController().signal,
        );
        if (opened.type !== 'ok') throw new Error(opened.reason);
        open.push(opened.session);
        expect(told((await opened.session.evaluate([REQUEST]))[0]!).value).toBe(i);
      }
      for (const [i, session] of open.entries()) {
        expect(told((await session.evaluate([REQUEST]))[0]!).value).toBe(i);
        session.close();
      }
    });

    it('goes on in a fresh realm after an outcome that cost the candidate its realm', async () => {
      const opened = await host.open(
        {
          language: 'typescript',
          entry: 'm.ts',
          files: { 'm.ts': 'export const f = () => { while ($p[0]); return 5; };' },
        },
        new AbortController().signal,
      );
      if (opened.type !== 'ok') throw new Error(opened.reason);
      const requests = [0, 1, 0].map((p) => ({ ...REQUEST, parameters: [p] }));
      const statuses = (await opened.session.evaluate(requests)).map((one) => told(one).status);
      opened.session.close();
      expect(statuses).toEqual(['scored', 'timed-out', 'scored']);
    });

    it('settles what is pending when it is stopped or closed, and frees the slot', async () => {
      const stop = new AbortController();
      const files = { 'm.ts': 'export const f = () => { for (;;); };' };
      const own = await place.create(options(undefined, { milliseconds: 60_000 }, 1));
      const opened = await own.open({ language: 'typescript', entry: 'm.ts', files }, stop.signal);
      if (opened.type !== 'ok') throw new Error(opened.reason);
      const pending = opened.session.evaluate([REQUEST]);
      stop.abort();
      expect(told((await pending)[0]!)).toMatchObject({ status: 'crashed', reason: 'stopped' });
      expect(told((await opened.session.evaluate([REQUEST]))[0]!).status).toBe('crashed');
      expect(told(await evaluate(own, 'export const f = () => 1;')).status).toBe('scored');
      const late = evaluate(own, 'export const f = () => { for (;;); };');
      await Promise.resolve();
      own.close();
      expect(told(await late).status).toBe('crashed');
      expect(told(await evaluate(own, 'export const f = () => 1;'))).toMatchObject({ reason: 'the sandbox is closed' });
    });

    it('counts its realms', async () => {
      await evaluate(host, 'export const f = () => 1;');
      const stats = host.stats();
      expect(stats.opened).toBeGreaterThan(0);
      expect(stats.alive).toBeGreaterThan(0);
    });
  });
}
