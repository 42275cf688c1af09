import type { Clock } from '../engine/ports.ts';

/** The browser's clock. A message to itself turns the event loop at once, where timers would wait four milliseconds. */
export function browserClock(): Clock {
  const { port1, port2 } = new MessageChannel();
  let waiting: (() => void)[] = [];
  port1.onmessage = () => {
    const now = waiting;
    waiting = [];
    for (const resolve of now) resolve();
  };
  return {
    now: () => performance.now(),
    turn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) port2.postMessage(null);
      }),
  };
}
