import type { EvaluationHost, HostOptions } from '../../contract.ts';
import { createHost } from '../host.ts';
import { confinement } from './confine.ts';
import { connectJail } from './jail.ts';
import { loadNodePackages, loadNodeRealm } from './realms.ts';

/**
 * The evaluation host for Node: evaluators and candidates in threads of one jailed process, started with the first evaluation and
 * again after it has died, of which `onLost` is told. Doesn't keep this process alive; `close` ends it.
 */
export function createNodeHost(options: HostOptions, onLost: (reason: string) => void = () => {}): EvaluationHost {
  return createHost(connectJail, options, {
    onLost,
    loadRealm: loadNodeRealm,
    packages: loadNodePackages,
    note: () => confinement().note,
  });
}
