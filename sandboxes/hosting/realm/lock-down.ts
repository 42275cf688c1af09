/**
 * Takes from the global scope all that is not plain computation, so that a program gives the same answers in a page and in a
 * terminal and finds nothing to talk through: what is not on the list below is deleted, clock and randomness are fixed, and code can't
 * be made from text. Run it once, before any code of the program, and after whatever the harness needs has been captured.
 *
 * Memory: allocations that ask for much in one native call are counted. One may ask for `bytes`, all of a call for 8 times as much
 * (what was freed in between is not known here). Arrays and strings that grow step by step are bounded by fuel, by time, and
 * by the engine's own heap limit.
 */
export function lockDown(scope: object, random: () => number): { begin(bytes: number): void; exhausted(): boolean } {
  'use strict';
  const allowed = new Set<PropertyKey>(
    (
      'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error ' +
      'AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math ArrayBuffer ' +
      'Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray ' +
      'Float16Array Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect decodeURI ' +
      'decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN'
    ).split(' '),
  );
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { apply, construct, deleteProperty, ownKeys } = Reflect;
  const NewProxy = Proxy;
  const OutOfMemory = RangeError;
  const Denied = EvalError;

  for (
    let target: object | null = scope;
    target !== null && target !== Object.prototype;
    target = getPrototypeOf(target)
  ) {
    for (const key of ownKeys(target)) {
      if (allowed.has(key) || typeof key === 'symbol') continue;
      if (deleteProperty(target, key)) continue;
      // What is left are constants; anything else stops the realm here rather than be left in it.
      const kept = getOwnPropertyDescriptor(target, key);
      if (typeof kept?.value === 'object' || typeof kept?.value === 'function' || kept?.get !== undefined) {
        defineProperty(target, key, { value: undefined, writable: false });
      }
    }
  }

  const define = (target: object, name: PropertyKey, value: unknown): void => {
    defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  };

  // Code from text: no fuel is counted in it. Every kind of function leads to its constructor.
  const kinds = [function () {}, async function () {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    const prototype = getPrototypeOf(kind) as object;
    const denied = function (): never {
      throw new Denied('Making code from text is not available here');
    };
    defineProperty(denied, 'prototype', { value: prototype, writable: false });
    define(prototype, 'constructor', denied);
    if (prototype === Function.prototype) {
      defineProperty(denied, 'name', { value: 'Function' });
      define(scope, 'Function', denied);
    }
  }

  // The clock stands still at the start of 2000, UTC.
  const EPOCH = 946684800000;
  const RealDate = Date;
  const FrozenDate = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return '2000-01-01T00:00:00.000Z';
    return construct(RealDate, args.length === 0 ? [EPOCH] : args, new.target);
  };
  defineProperty(FrozenDate, 'name', { value: 'Date' });
  defineProperty(FrozenDate, 'prototype', { value: RealDate.prototype, writable: false });
  define(FrozenDate, 'now', () => EPOCH);
  define(FrozenDate, 'parse', RealDate.parse);
  define(FrozenDate, 'UTC', RealDate.UTC);
  define(RealDate.prototype, 'constructor', FrozenDate);
  define(scope, 'Date', FrozenDate);
  define(scope, 'performance', { now: () => 0 });
  define(Math, 'random', random);

  const silent = (): void => {};
  define(scope, 'console', {
    log: silent,
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
    trace: silent,
    assert: silent,
  });

  let single = Infinity;
  let left = Infinity;
  let over = false;
  function charge(bytes: number): void {
    if (bytes < 65536) return;
    left -= bytes;
    if (bytes > single || left < 0) {
      over = true;
      throw new OutOfMemory('The memory limit was reached');
    }
  }

  const size = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);
  const isArray = Array.isArray;
  const isView = ArrayBuffer.isView;
  const lengthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null && (isArray(value) || isView(value))
      ? size((value as { length?: unknown }).length)
      : size(value);

  function counted(name: string, bytes: number): void {
    const real = (scope as Record<string, unknown>)[name] as { prototype: object } | undefined;
    if (real === undefined) return;
    const wrapped = new NewProxy(real as unknown as new () => object, {
      construct(target, args: unknown[], newTarget) {
        let asked = lengthOf(args[0]) * bytes;
        if (name === 'ArrayBuffer' && typeof args[1] === 'object' && args[1] !== null) {
          const most = size((args[1] as { maxByteLength?: unknown }).maxByteLength);
          if (most > asked) asked = most;
        }
        charge(asked);
        return construct(target, args, newTarget) as object;
      },
    });
    define(real.prototype, 'constructor', wrapped);
    define(scope, name, wrapped);
  }
  counted('ArrayBuffer', 1);
  for (const name of ['Uint8Array', 'Int8Array', 'Uint8ClampedArray']) counted(name, 1);
  for (const name of ['Uint16Array', 'Int16Array', 'Float16Array']) counted(name, 2);
  for (const name of ['Uint32Array', 'Int32Array', 'Float32Array']) counted(name, 4);
  for (const name of ['Float64Array', 'BigUint64Array', 'BigInt64Array']) counted(name, 8);

  // `Array` itself: its prototype keeps the real constructor, since engines turn slow once that has been changed.
  const RealArray = Array;
  const CountedArray = function (this: unknown, ...args: unknown[]): unknown {
    if (args.length === 1 && typeof args[0] === 'number') charge(args[0] * 8);
    return new.target === undefined || new.target === CountedArray
      ? apply(RealArray as never, undefined, args)
      : construct(RealArray, args, new.target);
  } as unknown as ArrayConstructor;
  for (const key of ownKeys(RealArray)) {
    const property = getOwnPropertyDescriptor(RealArray, key);
    if (property !== undefined) defineProperty(CountedArray, key, property);
  }
  define(scope, 'Array', CountedArray);

  function guard(prototype: object, name: string, asked: (self: unknown, args: readonly unknown[]) => number): void {
    const real = (prototype as Record<string, unknown>)[name];
    if (typeof real !== 'function') return;
    const guarded = {
      [name](this: unknown, ...args: unknown[]): unknown {
        charge(asked(this, args));
        return apply(real as never, this, args);
      },
    }[name];
    define(prototype, name, guarded);
  }
  const stringLength = (value: unknown): number => (typeof value === 'string' ? value.length : 0);
  guard(String.prototype, 'repeat', (self, args) => 2 * stringLength(self) * size(args[0]));
  guard(String.prototype, 'padStart', (_, args) => 2 * size(args[0]));
  guard(String.prototype, 'padEnd', (_, args) => 2 * size(args[0]));
  guard(Array.prototype, 'fill', (self) => (isArray(self) ? 8 * self.length : 0));

  return {
    begin(bytes) {
      single = bytes;
      left = 8 * bytes;
      over = false;
    },
    exhausted: () => over,
  };
}
