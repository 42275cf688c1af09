/**
 * What a candidate's context begins with, in QuickJS itself: modules in CommonJS shape, a clock that stands still, random numbers that the host
 * seeds, and one function that calls an export with JSON on both sides.
 */
export const PRELUDE = String.raw`(function () {
  'use strict';
  const EPOCH = 946684800000;
  const RealDate = Date;
  const { construct, apply } = Reflect;
  const parse = JSON.parse, stringify = JSON.stringify, isArray = Array.isArray, keys = Object.keys, create = Object.create;
  const isView = ArrayBuffer.isView, finite = Number.isFinite, prototypeOf = Object.getPrototypeOf, plain = Object.prototype;
  const same = Object.is, hasOwn = Object.hasOwn, listOf = Array.from, number = Number, tagOf = Function.prototype.call.bind(
    Object.getOwnPropertyDescriptor(prototypeOf(Uint8Array.prototype), Symbol.toStringTag).get);
  const views = create(null);
  for (const view of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array])
    views[view.name] = view;
  function FrozenDate(...args) {
    if (new.target === undefined) return '2000-01-01T00:00:00.000Z';
    return construct(RealDate, args.length === 0 ? [EPOCH] : args, new.target);
  }
  FrozenDate.prototype = RealDate.prototype;
  RealDate.prototype.constructor = FrozenDate;
  FrozenDate.now = () => EPOCH; FrozenDate.parse = RealDate.parse; FrozenDate.UTC = RealDate.UTC;
  globalThis.Date = FrozenDate;
  const random = globalThis.__random; delete globalThis.__random;
  Math.random = () => random();
  const silent = () => {};
  globalThis.console = { log: silent, debug: silent, info: silent, warn: silent, error: silent, trace: silent, assert: silent };
  globalThis.performance = { now: () => 0 };
  delete globalThis.eval;
  for (const kind of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    Object.defineProperty(prototypeOf(kind), 'constructor', { value: function () { throw new EvalError('Making code from text is not available here'); } });
  }
  delete globalThis.Function;

  class Refused { constructor(reason) { this.reason = reason; } }
  function encode(value, depth) {
    if (typeof value === 'number') return same(value, -0) ? ['n', '-0'] : finite(value) ? value : ['n', '' + value];
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (value === undefined) return ['u'];
    if (typeof value !== 'object') throw new Refused('holds a ' + typeof value + ', which is not plain data');
    if (depth > 64) throw new Refused('is cyclic or nested deeper than 64 levels');
    const kind = isArray(value) ? 'l' : isView(value) ? tagOf(value) : null;
    if (kind !== null) {
      if (kind !== 'l' && views[kind] === undefined) throw new Refused('holds an object that is not plain data');
      const list = [kind];
      for (let i = 0; i < value.length; i++) list[i + 1] = encode(value[i], depth + 1);
      return list;
    }
    const prototype = prototypeOf(value);
    if (prototype !== plain && prototype !== null) throw new Refused('holds an object that is not plain data');
    const copy = create(null);
    for (const name of keys(value)) if (name !== '__proto__') copy[name] = encode(value[name], depth + 1);
    return ['o', copy];
  }
  function decode(value) {
    if (!isArray(value)) return value;
    const kind = value[0];
    if (kind === 'u') return undefined;
    if (kind === 'n') return number(value[1]);
    if (kind === 'o') {
      const copy = {};
      for (const name of keys(value[1])) copy[name] = decode(value[1][name]);
      return copy;
    }
    const list = [];
    for (let i = 1; i < value.length; i++) list[i - 1] = decode(value[i]);
    return kind === 'l' ? list : new views[kind](list);
  }
  function describe(thrown) {
    try {
      return thrown instanceof Error ? thrown.name + ': ' + thrown.message : 'threw ' + String(thrown);
    } catch { return 'threw something that can not be shown'; }
  }
  let main = null;
  let outcome = '';
  const factories = create(null);
  function settle(value) {
    try { outcome = stringify(['ok', encode(value, 0)]); }
    catch (thrown) { outcome = stringify(['failed', thrown instanceof Refused ? 'what it returned ' + thrown.reason : 'what it returned threw while it was read']); }
  }
  function fail(thrown) { outcome = stringify(['failed', describe(thrown)]); }
  return {
    define(path, factory) { factories[path] = factory; },
    load(asked) {
      const [entry, values] = decode(parse(asked));
      const loaded = create(null);
      const fuel = Object.seal({ n: Infinity, out() { throw new Error('out of fuel'); } });
      const require = (path) => {
        if (loaded[path]) return loaded[path].exports;
        if (!factories[path]) throw new Error('"' + path + '" is not a file of this program');
        const module = { exports: {} };
        loaded[path] = module;
        factories[path](module.exports, module, require, values, fuel);
        return module.exports;
      };
      outcome = '';
      try { main = require(entry); settle(null); } catch (thrown) { fail(thrown); }
      return outcome;
    },
    call(asked) {
      outcome = '';
      try {
        const [name, args] = decode(parse(asked));
        const target = hasOwn(main, name) ? main[name] : undefined;
        if (typeof target !== 'function') return stringify(['failed', 'exports no function "' + name + '"']);
        const value = apply(target, undefined, args);
        if (typeof value === 'object' && value !== null && typeof value.then === 'function') value.then(settle, fail);
        else settle(value);
      } catch (thrown) { fail(thrown); }
      return outcome;
    },
    outcome: () => outcome,
  };
})()`;
