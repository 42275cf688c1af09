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
  const compilers = new Map<Toolchain, Compile>();
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
      let compile = compilers.get(member);
      if (!compile) compilers.set(member, (compile = cached(member.compile, await versionOf(member), store)));
      return compile(request, signal);
    },
  };
}

async function versionOf(member: Toolchain): Promise<string> {
  const state = await member.availability();
  return `${member.id} ${state.type === 'ready' ? state.version : ''}`;
}
