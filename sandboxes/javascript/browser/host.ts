import type { EvaluationHost, HostOptions } from '../../contract.ts';
import { createHost } from '../host.ts';
import type { Connect, TransportEvents } from '../link.ts';
import type { Command, Report } from '../protocol.ts';

export interface BrowserHost extends EvaluationHost {
  /** Goes on over the port of a newly mounted frame. What is pending settles as crashed, open sessions go on. */
  remount(port: MessagePort): void;
}

/**
 * The evaluation host for a page's run worker, over the port of a mounted frame. When the frame dies, everything pending settles
 * as crashed within 10 s, `onLost` is told, and every evaluation fails at once until `remount`.
 */
export function createBrowserHost(
  port: MessagePort,
  options: HostOptions,
  onLost: (reason: string) => void = () => {},
): BrowserHost {
  let next: MessagePort | null = port;

  const connect = (): Connect | null => {
    const mine = next;
    next = null;
    return mine === null ? null : (events) => over(mine, events, onLost);
  };
  const host = createHost(connect, options);
  return {
    open: host.open.bind(host),
    stats: host.stats.bind(host),
    close: host.close.bind(host),
    remount(fresh) {
      next = fresh;
      host.reconnect();
    },
  };
}

/** A transport over a port. */
export function over(port: MessagePort, events: TransportEvents, onLost: (reason: string) => void) {
  let open = true;
  port.onmessage = (event: MessageEvent<Report>) => {
    if (open) events.report(event.data);
  };
  port.addEventListener('close', () => {
    if (!open) return;
    events.lost('the sandbox frame is gone');
  });
  return {
    send: (command: Command) => port.postMessage(command),
    hold: () => {},
    close() {
      if (!open) return;
      open = false;
      port.close();
      onLost('the sandbox is gone');
    },
  };
}
