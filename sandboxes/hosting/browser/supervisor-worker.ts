import type { Command, RealmReport, Role } from '../protocol.ts';
import type { Supervisor } from '../supervisor/supervise.ts';
import type { Handle, Surroundings } from '../supervisor/surroundings.ts';

type Supervise = (at: Surroundings) => Supervisor;

/** Runs in the supervisor's worker inside the frame, as text: realms are workers nested in it. */
export function superviseInWorker(supervise: Supervise, programs: Readonly<Record<Role, string>>): void {
  'use strict';
  const scope = self as unknown as { onmessage: ((event: MessageEvent<unknown>) => void) | null };
  const address = (role: Role): string => URL.createObjectURL(new Blob([programs[role]], { type: 'text/javascript' }));
  const made = new Map<string, string>();
  const addressOf = (text: string): string => {
    let known = made.get(text);
    if (known === undefined) {
      const script = `'use strict'; ${text}\nrealm.start(self, performance.now.bind(performance));`;
      made.set(text, (known = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))));
    }
    return known;
  };
  const addresses: Record<Role, string> = { candidate: address('candidate'), evaluator: address('evaluator') };

  scope.onmessage = (event) => {
    scope.onmessage = null;
    const [port, hello] = event.ports as unknown as [MessagePort, MessagePort];
    const supervisor = supervise({
      spawn(role, _megabytes, text, on): Handle {
        const worker = new Worker(text === null ? addresses[role] : addressOf(text));
        worker.onmessage = (message: MessageEvent<RealmReport>) => on.report(message.data);
        worker.onerror = (error) => {
          error.preventDefault();
          const memory = /memory/i.test(error.message);
          on.end(
            memory ? 'the realm ran out of memory' : `the realm ended: ${String(error.message).slice(0, 200)}`,
            memory,
          );
        };
        return {
          post: (command, transfer) => worker.postMessage(command, transfer ?? []),
          terminate() {
            worker.onmessage = worker.onerror = null;
            worker.terminate();
          },
        };
      },
      channel() {
        const { port1, port2 } = new MessageChannel();
        return [port1, port2];
      },
      setTimer: (run, milliseconds) => setTimeout(run, milliseconds),
      clearTimer: (timer) => clearTimeout(timer as number),
      now: () => performance.now(),
      send: (report) => port.postMessage(report),
    });
    port.onmessage = (message: MessageEvent<Command>) => supervisor.receive(message.data);
    hello.postMessage(null);
    hello.close();
  };
}
