/** Every compiler to be had, and one function that finds the right one. */
import { assemblyscript } from './assemblyscript/index.ts';
import { cached, type CompileStore } from './cache.ts';
import { clang } from './clang/index.ts';
import type { Compile, Toolchain } from './contract.ts';
import { wat } from './wat/index.ts';

/** Those that run here, in a page as in Node. */
export const LOCAL: readonly Toolchain[] = [clang, assemblyscript, wat];

export interface Toolchains {
  readonly members: readonly Toolchain[];
  readonly compile: Compile;
}

/** `more`: members that need something of the place, like a relay. The first that has a language is asked. */
export function openToolchains(more: readonly Toolchain[] = [], store: CompileStore | null = null): Toolchains {
  const members = [...LOCAL, ...more];
  const compilers = new Map<string, Compile>();
  return {
    members,
    async compile(request, signal) {
      if (signal.aborted) return { type: 'stopped' };
      const member = members.find(({ languages }) => languages.includes(request.language));
      if (!member) {
        return {
          type: 'unavailable',
          reason: `there is no compiler for ${request.language} here`,
          remedy: 'connect a relay that has one',
        };
      }
      const version = await versionOf(member);
      // A compiler that has not said which it is may be another the next time.
      if (version === null) return member.compile(request, signal);
      const name = `${member.id} ${version}`;
      let compile = compilers.get(name);
      if (!compile) compilers.set(name, (compile = cached(member.compile, name, store)));
      return compile(request, signal);
    },
  };
}

async function versionOf(member: Toolchain): Promise<string | null> {
  const state = await member.availability();
  return state.type === 'missing' || state.version === undefined || state.version === '' ? null : state.version;
}
