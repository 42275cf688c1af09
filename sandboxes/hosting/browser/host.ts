import type { EvaluationHost, HostOptions } from '../../contract.ts';
import { createHost } from '../host.ts';
import { connectFrame } from './connect-frame.ts';
import { loadPagePackages, loadPageRealm } from './realms.ts';

/**
 * The evaluation host for a page's run worker, over the port of a mounted frame. When the frame's process dies, everything pending
 * settles as crashed within four seconds, `onLost` is told, and the next evaluation runs in a new frame; open sessions go on there.
 */
export function createBrowserHost(
  port: MessagePort,
  options: HostOptions,
  onLost: (reason: string) => void = () => {},
): EvaluationHost {
  return createHost(connectFrame(port), options, { onLost, loadRealm: loadPageRealm, packages: loadPagePackages });
}
