/**
 * Makes a function that copies plain data and refuses the rest, so that nothing of a program (getters, proxies, prototypes) is met
 * by structured clone or by the other side. Every intrinsic is captured: make it before the program's code runs.
 */
export function createCopier(): (
  value: unknown,
  bytes: number,
) => { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
  'use strict';
  const DEPTH = 64;
  const { create, getPrototypeOf, keys, prototype: objectPrototype } = Object;
  const isArray = Array.isArray;
  const isView = ArrayBuffer.isView;
  const NewArray = Array;
  const typedPrototype = getPrototypeOf(Uint8Array.prototype) as object;
  const tagGetter = Object.getOwnPropertyDescriptor(typedPrototype, Symbol.toStringTag)?.get;
  const lengthGetter = Object.getOwnPropertyDescriptor(typedPrototype, 'byteLength')?.get;
  const call = Function.prototype.call;
  const tagOf = call.bind(tagGetter as never) as (view: object) => string | undefined;
  const byteLengthOf = call.bind(lengthGetter as never) as (view: object) => number;
  const views: Record<string, new (source: never) => object> = create(null) as never;
  for (const view of [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ]) {
    views[view.name] = view as never;
  }
  let left = 0;
  let refusal = '';
  const refused = {};

  function refuse(reason: string): never {
    refusal = reason;
    throw refused;
  }

  function spend(bytes: number): void {
    left -= bytes;
    if (!(left >= 0)) refuse('is larger than the output limit');
  }

  function copy(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'number':
      case 'boolean':
      case 'undefined':
        spend(8);
        return value;
      case 'string':
        spend(8 + 2 * value.length);
        return value;
      case 'object':
        break;
      default:
        return refuse(`holds a ${typeof value}, which is not plain data`);
    }
    spend(8);
    if (value === null) return null;
    if (depth >= DEPTH) refuse(`is cyclic or nested deeper than ${DEPTH} levels`);
    if (isArray(value)) {
      const length = value.length;
      if (!(length * 8 <= left)) refuse('is larger than the output limit');
      const result = new NewArray<unknown>(length);
      for (let i = 0; i < length; i++) {
        const item: unknown = value[i];
        if (typeof item === 'number') {
          left -= 8;
          result[i] = item;
        } else result[i] = copy(item, depth + 1);
      }
      return result;
    }
    if (isView(value)) {
      const tag = tagOf(value);
      const View = tag === undefined ? undefined : views[tag];
      if (View === undefined) return refuse('holds a buffer view that is not a typed array of numbers');
      spend(byteLengthOf(value));
      return new View(value as never);
    }
    const prototype: unknown = getPrototypeOf(value);
    if (prototype !== objectPrototype && prototype !== null) refuse('holds an object that is not plain data');
    const result = create(null) as Record<string, unknown>;
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (name === '__proto__') continue;
      spend(8 + 2 * name.length);
      result[name] = copy((value as Record<string, unknown>)[name], depth + 1);
    }
    return result;
  }

  return (value, bytes) => {
    left = bytes;
    try {
      return { ok: true, value: copy(value, 0) };
    } catch (thrown) {
      return { ok: false, reason: thrown === refused ? refusal : 'threw while it was read' };
    }
  };
}
