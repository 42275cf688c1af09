import type { Files } from '../../contract.ts';
import type { Factory, Fuel } from './factory.ts';

/**
 * Makes a loader: compiles each of a program's files once, tells of the first that would not compile, and runs them anew as often as asked. Paths in `require` were resolved by
 * `prepare`, so a name that isn't a file of the program can only come from a `require` written by hand.
 */
export function createModules(compile: (text: string, file: string) => Factory): {
  load(files: Files): string | null;
  instantiate(entry: string, parameters: readonly number[], fuel: Fuel): Record<string, unknown>;
} {
  'use strict';
  const { create, keys } = Object;
  const NewError = Error;
  let factories = create(null) as Record<string, Factory>;

  function load(files: Files): string | null {
    factories = create(null) as Record<string, Factory>;
    let fault: string | null = null;
    const names = keys(files);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      try {
        factories[name] = compile(files[name] as string, name);
      } catch (thrown) {
        fault ??= `${name}: ${thrown instanceof NewError ? thrown.message : 'syntax error'}`;
      }
    }
    return fault;
  }

  function instantiate(entry: string, parameters: readonly number[], fuel: Fuel): Record<string, unknown> {
    const loaded = create(null) as Record<string, { exports: object }>;
    function require(path: string): unknown {
      const known = loaded[path];
      if (known !== undefined) return known.exports;
      const factory = factories[path];
      if (factory === undefined) throw new NewError(`"${path}" is not a file of this program`);
      const module = { exports: {} };
      loaded[path] = module;
      factory(module.exports, module, require, parameters, fuel);
      return module.exports;
    }
    return require(entry) as Record<string, unknown>;
  }

  return { load, instantiate };
}
