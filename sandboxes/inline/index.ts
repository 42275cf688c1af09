/**
 * The trivial member of the family: runs code in this very realm with no isolation and no limit that can stop a loop. For tests of what
 * stands on sandboxes, never for code that somebody else wrote, and so never in the registry.
 */
import type { CallResult, OpenResult, Sandbox } from '../contract.ts';
import { prepare } from '../javascript/prepare.ts';
import { createModules } from '../hosting/realm/modules.ts';
import type { Factory, Fuel } from '../hosting/realm/factory.ts';

export function createInlineSandbox(): Sandbox {
  let opened = 0;
  let alive = 0;
  return {
    id: 'inline',
    prepare: (source) => Promise.resolve(prepare(source)),
    open({ program }, limits): Promise<OpenResult> {
      if (program.kind !== 'script')
        return Promise.resolve({ type: 'failed', reason: `${program.kind} programs do not run here` });
      const modules = createModules(
        (text) => new Function('exports', 'module', 'require', '$p', '$fuel', text) as Factory,
      );
      const broken = modules.load(program.modules);
      if (broken !== null) return Promise.resolve({ type: 'failed', reason: broken });
      const fuel: Fuel = {
        n: limits.fuel,
        out() {
          throw new Error('out of fuel');
        },
      };
      let main: Record<string, unknown> | null = null;
      let closed = false;
      opened++;
      alive++;
      return Promise.resolve({
        type: 'ok',
        session: {
          async call(name, args, parameters): Promise<CallResult> {
            if (closed) return { type: 'killed', reason: 'the session is closed' };
            fuel.n = limits.fuel;
            try {
              if (main === null || parameters !== undefined) {
                main = modules.instantiate(program.entry, parameters ?? [], fuel);
              }
              const target = main[name];
              if (typeof target !== 'function') return { type: 'failed', reason: `exports no function "${name}"` };
              const value: unknown = await (target as (...list: unknown[]) => unknown)(...args);
              if (fuel.n < 0) return { type: 'timeout', reason: 'out of fuel' };
              return { type: 'ok', value: structuredClone(value), fuel: limits.fuel - fuel.n };
            } catch (thrown) {
              if (fuel.n < 0) return { type: 'timeout', reason: 'out of fuel' };
              return {
                type: 'failed',
                reason: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'threw',
              };
            }
          },
          close() {
            if (!closed) alive--;
            closed = true;
          },
        },
      });
    },
    stats: () => ({ alive, ready: 0, opened, killed: 0 }),
    close: () => {},
  };
}
