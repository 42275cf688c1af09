/** Programs and evaluators that mean harm: each is contained, reported with its status, and leaves the pool healthy. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationHost } from '../../sandboxes/contract.ts';
import { evaluate, options, type Place, REQUEST, told } from './trial.ts';

const GOOD = 'export const f = (x: number) => x + 1;';

/** One round of each route out of a realm; every one must be closed. Answers what was open. */
const ROUTES = `
const tries: Record<string, () => unknown> = {
  fetch: () => fetch('http://127.0.0.1:1/'),
  xhr: () => { const x = new XMLHttpRequest(); x.open('GET', 'http://127.0.0.1:1/'); x.send(); },
  webSocket: () => new WebSocket('ws://127.0.0.1:1/'),
  eventSource: () => new EventSource('http://127.0.0.1:1/'),
  importScripts: () => importScripts('http://127.0.0.1:1/a.js'),
  beacon: () => navigator.sendBeacon('http://127.0.0.1:1/', 'x'),
  webTransport: () => new (globalThis as any).WebTransport('https://127.0.0.1:1/'),
  webRtc: () => new (globalThis as any).RTCPeerConnection(),
  rtcChannel: () => new (globalThis as any).RTCDataChannel(),
  socketStream: () => new (globalThis as any).WebSocketStream('ws://127.0.0.1:1/'),
  image: () => new (globalThis as any).Image(),
  fontFace: () => new (globalThis as any).FontFace('a', 'url(http://127.0.0.1:1/)'),
  notification: () => new (globalThis as any).Notification('x'),
  indexedDB: () => indexedDB.open('x'),
  caches: () => caches.open('x'),
  localStorage: () => localStorage.getItem('x'),
  cookieStore: () => (globalThis as any).cookieStore.getAll(),
  storage: () => navigator.storage.getDirectory(),
  locks: () => navigator.locks.query(),
  broadcast: () => new BroadcastChannel('x'),
  worker: () => new Worker('data:text/javascript,1'),
  sharedWorker: () => new (globalThis as any).SharedWorker('x'),
  channel: () => new MessageChannel(),
  blobUrl: () => URL.createObjectURL(new Blob(['1'])),
  location: () => location.href.length,
  self: () => self.origin.length,
  postMessage: () => postMessage({ type: 'ready' }),
  listener: () => addEventListener('message', () => {}),
  close: () => close(),
  timer: () => setTimeout(() => {}, 0),
  sab: () => new SharedArrayBuffer(8),
  atomics: () => Atomics.load(new Int32Array(1), 0),
  wasm: () => new WebAssembly.Memory({ initial: 1 }),
  process: () => (globalThis as any).process.env,
  nodeRequire: () => (globalThis as any).require('fs'),
  escape: () => (globalThis as any).constructor.constructor('return process')().pid,
  functionOf: () => (() => {}).constructor('return 1')(),
  asyncFunctionOf: () => (async () => {}).constructor('return 1')(),
  generatorOf: () => (function* () {}).constructor('yield 1')(),
  newFunction: () => new Function('return 1')(),
  indirectEval: () => (0, eval)('1'),
  crypto: () => crypto.getRandomValues(new Uint8Array(4)),
};
export function f() {
  const open: string[] = [];
  for (const name of Object.keys(tries)) {
    try { tries[name]!(); open.push(name); } catch {}
  }
  return open;
}`;

export function hostileSuite(place: Place): void {
  describe(`${place.name}: hostile candidates`, () => {
    let host: EvaluationHost;
    beforeAll(async () => {
      host = await place.create(options(undefined, { milliseconds: 1000 }));
    });
    afterEach(async () => {
      expect(told(await evaluate(host, GOOD)), 'a good candidate right after').toMatchObject({
        status: 'scored',
        value: 4,
      });
    });
    afterAll(() => {
      host.close();
      place.dispose();
    });
    const run = async (program: string) => told(await evaluate(host, program));
    const body = (text: string) => run(`export function f(x: any): any { ${text} }`);

    it('an endless loop', async () => {
      expect(await body('for (;;);')).toMatchObject({
        status: 'timed-out',
        reason: expect.stringContaining('"f"') as string,
      });
    });

    it('an endless loop while it is loaded', async () => {
      expect((await run('for (;;);')).status).toBe('timed-out');
    });

    it('endless microtasks', async () => {
      const text = `const spin = () => { Promise.resolve().then(spin); }; spin(); return new Promise(() => {});`;
      expect((await body(text)).status).toBe('timed-out');
    });

    it('microtasks that go on after the answer', async () => {
      const evaluator = `export async function evaluate(candidate) { await candidate.call('f'); return { fitness: await candidate.call('f'), correct: true }; }`;
      const own = await place.create(options(evaluator, { milliseconds: 500 }));
      const text = 'export function f() { const spin = () => { Promise.resolve().then(spin); }; spin(); return 1; }';
      expect(told(await evaluate(own, text)).status).toBe('timed-out');
      expect(told(await evaluate(own, GOOD)).status).toBe('scored');
      own.close();
    });

    it('a promise that never settles', async () => {
      expect((await body('return new Promise(() => {});')).status).toBe('timed-out');
      expect((await body('return { then() {} };')).status).toBe('timed-out');
    });

    it.each([
      ['objects', 'const a = []; for (;;) a.push({ x });'],
      ['buffers', 'const a = []; for (;;) a.push(new ArrayBuffer(1 << 20));'],
      ['one huge buffer', 'return new ArrayBuffer(3e9).byteLength;'],
      ['a growing buffer', 'return new (ArrayBuffer as any)(8, { maxByteLength: 4e9 }).byteLength;'],
      ['typed arrays', 'const a = []; for (;;) a.push(new Float64Array(1e5).fill(1));'],
      [
        'typed arrays by a constructor found on an instance',
        'const A = new Uint8Array(1).constructor as any; const a = []; for (;;) a.push(new A(1e6));',
      ],
      ['strings by repeat', `const a = []; for (;;) a.push('x'.repeat(1e6) + a.length);`],
      ['strings by doubling', `let s = 'abc'; for (;;) s += s;`],
      ['arrays by length', 'const a = []; for (;;) a.push(new Array(1e6));'],
      ['padding', `return 'x'.padStart(5e8).length;`],
      ['spread', 'let a: number[] = [1]; for (;;) a = [...a, ...a];'],
    ])('an allocation bomb: %s', async (_name, text) => {
      expect(['out-of-memory', 'timed-out', 'crashed']).toContain((await body(text)).status);
    });

    it('catches the memory error and goes on', async () => {
      const text = 'try { new ArrayBuffer(1e9); } catch {} return 1;';
      expect(await body(text)).toMatchObject({ status: 'out-of-memory', reason: 'asked for more than 64 MB' });
    });

    it('catches the fuel error and goes on', async () => {
      const text = 'for (let i = 0; i < 1000100; i++) { try { if (--$fuel.n < 0) $fuel.out(); } catch {} } return 1;';
      expect(await body(text)).toMatchObject({ status: 'timed-out', reason: 'out of fuel' });
    });

    it('lies about its fuel', async () => {
      expect((await body('$fuel.n = NaN; return 1;')).status).toBe('timed-out');
      expect((await body('($fuel as any).n = { valueOf() { return 1e9; } }; return 1;')).status).toBe('timed-out');
      const fed = await evaluate(host, 'export const f = () => { $fuel.n = 1e12; return 1; };');
      expect(fed).toMatchObject({ type: 'scored', evaluation: { fuel: 1_000_000 } });
    });

    it('every route to network, storage, other realms and code from text', async () => {
      expect((await run(ROUTES)).value).toEqual([]);
    });

    it('dynamic import', async () => {
      for (const name of [
        'data:text/javascript,export default 1',
        'http://127.0.0.1:1/a.js',
        'node:fs',
        './gone.js',
        'blob:x',
      ]) {
        const text = `export async function f() { try { await import(${JSON.stringify(name)}); return 'open'; }
          catch (e: any) { try { return typeof e.constructor.constructor('return process')(); } catch { return 'closed'; } } }`;
        const { status, value } = await run(text);
        expect(status === 'build-failed' || value === 'closed').toBe(true);
      }
    });

    it('walks from every object it is given to another realm', async () => {
      const text = `export function f(x: any) {
        const seen: string[] = [];
        for (const start of [exports, module, require, $p, $fuel, $fuel.out, x, console, console.log, performance, Math.random, Date, globalThis, new Error('e')] as any[]) {
          try { const made = start.constructor.constructor('return globalThis')(); seen.push(typeof made.process + typeof made.postMessage); } catch {}
          try { let up = start; while (up) { const c = up.constructor; if (typeof c === 'function' && typeof c.constructor === 'function') c.constructor('return 1')(), seen.push('made'); up = Object.getPrototypeOf(up); } } catch {}
        }
        try { (f as any).caller.toString(); seen.push('caller'); } catch {}
        try { (arguments as any).callee.caller.toString(); seen.push('callee'); } catch {}
        (Error as any).prepareStackTrace = (_: unknown, sites: any[]) => sites;
        for (const site of ((new Error('s') as any).stack || []) as any[]) {
          try { if (site.getThis && site.getThis() !== undefined) seen.push('this'); } catch {}
          try { const fn = site.getFunction && site.getFunction(); if (fn && fn !== f) seen.push('function ' + fn.name); } catch {}
        }
        return seen;
      }`;
      expect((await run(text)).value).toEqual([]);
    });

    it('fakes the result message', async () => {
      const text = `const fake = { id: 1, status: 'ok', values: [1e9], reason: '', fuel: 0, type: 'called' };
        for (const g of [globalThis, (globalThis as any).self, Object.getPrototypeOf(globalThis)] as any[]) {
          try { g.postMessage(fake); } catch {} try { g.onmessage({ data: fake }); } catch {} try { g.dispatchEvent(fake); } catch {}
        }
        return 7;`;
      expect((await body(text)).value).toBe(7);
    });

    it('patches what the harness might use', async () => {
      const text = `
        const evil = () => { throw 'patched'; };
        const ownKeys = Reflect.ownKeys;
        const all = [Object, String, Number, Map, Promise, Function, Reflect, JSON, Error, Symbol, Uint8Array, Array] as any[];
        for (let c = 0; c < all.length; c++) {
          for (let side = 0; side < 2; side++) {
            const owner = side ? all[c].prototype : all[c];
            if (!owner) continue;
            const keys = ownKeys(owner); for (let i = 0; i < keys.length; i++) { const key = keys[i]!; try { if (typeof owner[key] === 'function' && key !== 'constructor') owner[key] = evil; } catch {} }
          }
        }
        export function f() { return [1, { a: 2 }]; }`;
      expect((await run(text)).value).toEqual([1, { a: 2 }]);
    });

    it('sets traps on prototypes for what the harness writes', async () => {
      const text = `
        for (const key of ['id', 'status', 'values', 'reason', 'fuel', 'type', 'then', 'ok', '0', 'fresh', 'next', 'call', 'value'])
          Object.defineProperty(Object.prototype, key, { configurable: true, set(v) { throw new Error('trap'); }, get() { return key === 'then' ? undefined : 'trapped'; } });
        export function f() { return 5; }`;
      expect((await run(text)).value).toBe(5);
    });

    it('deletes and replaces globals', async () => {
      const text = `export function f() { for (const k of Reflect.ownKeys(globalThis)) { try { delete (globalThis as any)[k]; } catch {} } return 1; }`;
      expect((await run(text)).value).toBe(1);
    });

    it('aims prototype pollution at the evaluator', async () => {
      const evaluator = `export async function evaluate(candidate) {
        const value = await candidate.call('f');
        const merged = {};
        for (const key in value) merged[key] = value[key];
        const deep = Object.assign({}, value, value.inner);
        return { fitness: 1, correct: {}.polluted === undefined && merged.polluted === undefined && deep.polluted === undefined && [].polluted === undefined };
      }`;
      const own = await place.create(options(evaluator));
      const text = `Object.prototype.polluted = 1; Array.prototype.polluted = 1; JSON.parse = () => ({ polluted: 1 });
        export function f() { return JSON.parse.call(null, '') && { inner: Object.defineProperty({}, '__proto__', { value: { polluted: 1 }, enumerable: true }),
          ['__proto__']: { polluted: 1 }, ok: 1 }; }`
        .replaceAll('Object.prototype.p', '(Object.prototype as any).p')
        .replaceAll('Array.prototype.p', '(Array.prototype as any).p');
      expect(await evaluate(own, text)).toMatchObject({ type: 'scored', evaluation: { correct: true } });
      expect(await evaluate(own, 'export const f = () => ({});')).toMatchObject({ evaluation: { correct: true } });
      own.close();
    });

    it('finds a clock that stands still and a random generator that repeats', async () => {
      const text = `export const f = () => { const t = [Date.now(), +new Date(), performance.now()]; let s = 0; for (let i = 0; i < 1e6; i++) s += i;
        return [t[0] === Date.now() && t[1] === +new Date() && t[2] === performance.now(), new Date(0).getTime(), typeof Date(), Math.random(), new Date() instanceof Date]; };`;
      const [one, two] = [(await run(text)).value, (await run(text)).value] as [unknown[], unknown[]];
      expect(one).toEqual(two);
      expect(one.slice(0, 3)).toEqual([true, 0, 'string']);
      expect(one[4]).toBe(true);
    });

    it('changes clock and Math.random for itself only', async () => {
      const evaluator = `export async function evaluate(candidate) {
        await candidate.call('f'); return { fitness: Date.now(), correct: Math.random() !== 0.5 && Math.random() < 1 }; }`;
      const own = await place.create(options(evaluator));
      const outcome = await evaluate(
        own,
        'export const f = () => { Date.now = () => 1; Math.random = () => 0.5; return 1; };',
      );
      expect(outcome).toMatchObject({ evaluation: { fitness: 946684800000, correct: true } });
      own.close();
    });

    it.each([
      ['a function', 'return () => 1;', /holds a function/],
      ['a symbol', 'return Symbol("x");', /holds a symbol/],
      ['a bigint', 'return 1n;', /holds a bigint/],
      ['a cycle', 'const a: any = {}; a.a = a; return a;', /cyclic/],
      ['a map', 'return new Map();', /not plain data/],
      ['an instance', 'return new (class A { x = 1 })();', /not plain data/],
      ['a huge text', 'return "x".repeat(1e6);', /output limit/],
      ['a huge array', 'return new Array(1e6).fill(0);', /output limit/],
      ['a hole of four billion', 'const a: any[] = []; a.length = 4294967295; return a;', /output limit/],
      [
        'a wide tree',
        'const w = (d: number): any => (d ? { a: w(d - 1), b: w(d - 1) } : 1); return w(18);',
        /output limit/,
      ],
      ['a getter that throws', 'return { get a() { throw 1; } };', /threw while it was read/],
      [
        'a proxy that never ends',
        'return new Proxy([], { get: (_, k) => (k === "length" ? 1e9 : 1) });',
        /output limit/,
      ],
      [
        'a proxy that throws',
        'return new Proxy({}, { ownKeys() { throw new Error("no"); } });',
        /threw while it was read/,
      ],
    ])('returns %s', async (_name, text, reason) => {
      expect(await body(text)).toMatchObject({ status: 'crashed', reason: expect.stringMatching(reason) as string });
    });

    it('returns a getter that never returns', async () => {
      expect((await body('return { get a() { for (;;); } };')).status).toBe('timed-out');
    });

    it.each([
      ['null', 'throw null;'],
      ['undefined', 'throw undefined;'],
      ['a symbol', 'throw Symbol("x");'],
      ['a proxy', 'throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } });'],
      [
        'an error with hostile fields',
        'throw Object.defineProperties(new Error(), { message: { get() { throw 1; } }, name: { value: { toString() { throw 1; } } }, stack: { get() { for (;;); } } });',
      ],
      ['a huge message', 'throw new Error("x".repeat(1e6));'],
      ['too deep a recursion', 'const g = (): number => g() + 1; return g();'],
      ['a rejected promise', 'return Promise.reject(null);'],
    ])('throws %s', async (_name, text) => {
      const { status, reason } = await body(text);
      expect(status).toBe('crashed');
      expect(reason.length).toBeLessThan(600);
    });

    it('fails thirty times in a row', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, (_, i) => body(i % 3 === 0 ? 'throw i;' : 'return () => 1;')),
      );
      expect(outcomes.every(({ status }) => status === 'crashed')).toBe(true);
    });
  });

  describe(`${place.name}: hostile evaluators`, () => {
    async function trial(evaluator: string, limits = {}) {
      const own = await place.create(options(evaluator, { milliseconds: 500, ...limits }, 1));
      try {
        const first = told(await evaluate(own, GOOD));
        const second = told(await evaluate(own, GOOD));
        return { first, second };
      } finally {
        own.close();
      }
    }
    /** Turns bad only for the first request of each realm's life, so that the second shows what became of the pool. */
    const once = (bad: string) => `let n = 0; export async function evaluate(candidate, context) { ${bad} }`;

    it('an endless loop is the evaluator’s fault, and it is replaced', async () => {
      const { first, second } = await trial(once('for (;;);'));
      expect(first).toMatchObject({ status: 'timed-out', reason: 'the evaluator ran longer than 500 ms' });
      expect(second.status).toBe('timed-out');
    });

    it('a promise that never settles is the evaluator’s fault', async () => {
      const { first } = await trial(once('await new Promise(() => {});'));
      expect(first).toMatchObject({ status: 'timed-out', reason: 'the evaluator ran longer than 500 ms' });
    });

    it('an endless loop while it is loaded', async () => {
      expect((await trial('for (;;); export const evaluate = 1;')).first.status).toBe('timed-out');
    });

    it('a flood of calls', async () => {
      const flood = once(`for (;;) await candidate.call('f', 1);`);
      expect((await trial(flood, { messages: 50, milliseconds: 3000 })).first).toMatchObject({
        status: 'crashed',
        reason: 'more than 50 calls in one evaluation',
      });
      const parallel = once(`await Promise.all(Array.from({ length: 1e4 }, () => candidate.call('f', 1)));`);
      expect((await trial(parallel, { messages: 50, milliseconds: 3000 })).first.status).toBe('crashed');
    });

    it('keeps a candidate beyond its evaluation', async () => {
      const evaluator = `let kept; export async function evaluate(candidate) {
        const old = kept; kept = candidate;
        if (old) { const answer = await Promise.race([old.call('f', 1), candidate.call('f', 1).then(() => 'new')]); return { fitness: 1, correct: true, artifacts: { value: answer } }; }
        return { fitness: 1, correct: true, artifacts: { value: 'first' } };
      }`;
      expect(await trial(evaluator)).toMatchObject({ first: { value: 'first' }, second: { value: 'new' } });
    });

    it('an allocation bomb', async () => {
      const { first } = await trial(once('const a = []; for (;;) a.push(new Float64Array(1e6).fill(1));'));
      expect(['out-of-memory', 'timed-out', 'crashed']).toContain(first.status);
    });

    it('returns what is no evaluation, or too much of one', async () => {
      for (const value of ['1', 'null', '[]', '() => 1', 'new Map()', '{ get fitness() { throw 1; } }', '"x"']) {
        const { first } = await trial(once(`return ${value};`));
        expect([value, first.status]).toEqual([value, 'crashed']);
      }
      const own = await place.create(
        options(
          once(
            `return { fitness: 1, correct: true, feedback: 'x'.repeat(1e5), metrics: Object.fromEntries(Array.from({ length: 500 }, (_, i) => ['m' + i, i])), artifacts: { a: Array.from({ length: 3e5 }, () => 0) } };`,
          ),
        ),
      );
      const outcome = await evaluate(own, GOOD);
      own.close();
      if (outcome.type !== 'scored') throw new Error(outcome.reason);
      expect(outcome.evaluation.feedback.length).toBeLessThan(4100);
      expect(Object.keys(outcome.evaluation.metrics)).toHaveLength(64);
      expect(outcome.evaluation.artifacts).toEqual({});
    });

    it('gives scores that are no numbers, too many, or named to harm', async () => {
      const score = async (text: string) => {
        const own = await place.create(
          options(once(`return { fitness: 1, correct: true, feedback: 'mine', scores: ${text} };`)),
        );
        const outcome = await evaluate(own, GOOD);
        own.close();
        if (outcome.type !== 'scored') throw new Error(outcome.reason);
        return outcome.evaluation;
      };
      const bad = await score(
        '{ a: NaN, b: Infinity, c: "1", d: null, e: [1], f: { valueOf: 1 }, g: true, good: -0.5 }',
      );
      expect(bad.scores).toEqual({ good: -0.5 });
      expect(bad.feedback.split('\n')).toEqual([
        ...['a', 'b', 'c', 'd', 'e'].map((name) => `scores.${name} is not a finite number.`),
        ...['Nor are 2 more of scores.', 'mine'],
      ]);
      const many = await score(`Object.fromEntries(Array.from({ length: 5000 }, (_, i) => ['i' + i, i]))`);
      expect(Object.keys(many.scores)).toHaveLength(1_000);
      expect(many.scores['i999']).toBe(999);
      expect(many.feedback).toBe('Of 5000 scores only the first 1000 were taken.\nmine');
      const named = await score(
        `{ ['__proto__']: 9, constructor: 1, hasOwnProperty: 2, toString: 3, ['x'.repeat(81)]: 4, '': 5 }`,
      );
      expect(Object.entries(named.scores)).toEqual([
        ['constructor', 1],
        ['hasOwnProperty', 2],
        ['toString', 3],
        ['', 5],
      ]);
      expect(Object.getPrototypeOf(named.scores)).toBe(Object.prototype);
      await expect(score('{ __proto__: { hidden: 7 }, own: 1 }')).rejects.toThrow(/not plain data/);
      for (const text of ['7', '"many"', 'null', 'undefined']) expect((await score(text)).scores).toEqual({});
    });

    it('keeps stage, best and instances from the candidate unless it passes them on', async () => {
      const seek = `export function f(x: any) {
        const found: string[] = [];
        const walk = (value: any, path: string, depth: number): void => {
          if (value === 98765.25 || value === 'secret instance' || value === 'secret stage' || value === 'secret text') found.push(path);
          if (depth > 3 || value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
          for (const key of Reflect.ownKeys(value)) { try { walk(value[key], path + '.' + String(key), depth + 1); } catch {} }
        };
        for (const start of [globalThis, exports, module, $fuel, $p, f, arguments] as any[]) walk(start, 'start', 0);
        return { found, x };
      }`;
      const bestFiles = { 'secret.js': 'secret text' };
      const request = { stage: 'secret stage', best: 98765.25, bestFiles, instances: ['secret instance'] };
      const ask = async (argument: string) => {
        const own = await place.create(
          options(
            once(`return { fitness: 1, correct: true, artifacts: { value: await candidate.call('f', ${argument}) } };`),
          ),
        );
        const outcome = told(await evaluate(own, seek, request));
        own.close();
        return outcome.value;
      };
      expect(await ask('1')).toEqual({ found: [], x: 1 });
      expect(await ask('context.best')).toMatchObject({ x: 98765.25 });
    });

    it('cannot change what the next evaluation is told', async () => {
      const evaluator = `export function evaluate(candidate, context) {
        try { context.instances.push('more'); } catch {}
        try { context.stage = 'other'; context.best = 9; } catch {}
        try { context.bestFiles['a.js'] = 'forged'; } catch {}
        try { Array.prototype[Symbol.iterator] = function* () { yield 'forged'; }; } catch {}
        return { fitness: 1, correct: true, artifacts: { value: JSON.stringify([context.stage, context.best, context.bestFiles, context.instances]) } };
      }`;
      const own = await place.create(options(evaluator, {}, 1));
      const ask = async () =>
        told(await evaluate(own, GOOD, { stage: 's', best: 1, bestFiles: { 'a.js': '1' }, instances: ['a', 'b'] }))
          .value;
      const answers = [await ask(), await ask()];
      own.close();
      expect(answers).toEqual(Array.from({ length: 2 }, () => '["s",1,{"a.js":"1"},["a","b"]]'));
    });

    it('every route to network, storage, other realms and code from text', async () => {
      const routes = ROUTES.replace('export function f', 'function f');
      const files = `${routes}\nexport function evaluate() { return { fitness: 1, correct: true, artifacts: { value: f() } }; }`;
      const own = await place.create({
        ...options(),
        evaluator: { entry: 'e.ts', files: { 'e.ts': files } },
      });
      expect(told(await evaluate(own, GOOD)).value).toEqual([]);
      own.close();
    });

    it('passes what is not plain data', async () => {
      const { first } = await trial(once(`await candidate.call('f', () => 1);`));
      expect(first).toMatchObject({ status: 'crashed', reason: expect.stringContaining('plain data') as string });
      const name = await trial(once(`await candidate.call({ toString() { throw 'odd'; } });`));
      expect(name.first.status).toBe('crashed');
    });

    it('asks a session for many evaluations of which some are bad', async () => {
      const own = await place.create(
        options(
          `export async function evaluate(c, context) {
        if (context.seed === 2) for (;;);
        if (context.seed === 3) throw 0;
        return { fitness: await c.call('f', context.seed), correct: true }; }`,
          { milliseconds: 400 },
        ),
      );
      const opened = await own.open(
        { language: 'typescript', entry: 'm.ts', files: { 'm.ts': GOOD } },
        new AbortController().signal,
      );
      if (opened.type !== 'ok') throw new Error(opened.reason);
      const outcomes = await opened.session.evaluate([1, 2, 3, 4].map((seed) => ({ ...REQUEST, seed })));
      own.close();
      expect(outcomes.map((one) => told(one).status)).toEqual(['scored', 'timed-out', 'crashed', 'scored']);
    });
  });
}
