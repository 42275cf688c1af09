import type { Connect, Transport, TransportEvents } from '../link.ts';
import type { Command, Report } from '../protocol.ts';
import type { KeeperReport } from './frame.ts';

/** Longer than the page may take to find that a frame doesn't start. */
const MOUNT_MS = 15_000;

/** Connects over a keeper's port: each new connection asks the page for a frame, and what is sent meanwhile waits for it. */
export function connectFrame(keeper: MessagePort): Connect {
  return (events) => connection(keeper, events);
}

function connection(keeper: MessagePort, events: TransportEvents): Transport {
  let waiting: Command[] = [];
  let port: MessagePort | null = null;
  let closed = false;

  function lost(reason: string): void {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    port?.close();
    events.lost(reason);
  }

  function begin(to: MessagePort): void {
    clearTimeout(timer);
    port = to;
    to.onmessage = (event: MessageEvent<Report>) => {
      if (!closed) events.report(event.data);
    };
    to.addEventListener('close', () => lost('the sandbox frame is gone'));
    for (const command of waiting) to.postMessage(command);
    waiting = [];
  }

  const timer = setTimeout(() => lost('the page gave no sandbox frame'), MOUNT_MS);
  keeper.onmessage = (event: MessageEvent<KeeperReport>) => {
    if (closed || port !== null) return;
    if (event.data.type === 'mounted') begin(event.data.port);
    else lost(event.data.reason);
  };
  keeper.postMessage('mount');

  return {
    send(command) {
      if (port === null) waiting.push(command);
      else port.postMessage(command);
    },
    hold: () => {},
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(timer);
      port?.close();
    },
  };
}
