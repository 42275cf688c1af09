/** A connection to a supervisor in a jailed child process. */
import { spawn } from 'node:child_process';
import type { Connect } from '../link.ts';
import type { Report } from '../protocol.ts';
import { confinement, permissionFlags } from './confine.ts';
import { jailText } from './jail-text.ts';

let text: string | null = null;

/**
 * Starts the process: no files, no child processes, no addons, an empty environment, no network where the machine can take it away.
 * It ends with `close`, or when this process ends.
 */
export const connectJail: Connect = (events) => {
  text ??= jailText();
  const [program, ...args] = [...confinement().command, process.execPath, ...permissionFlags(), '--eval', text];
  const child = spawn(program as string, args, {
    env: { TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  let ended = false;
  const lost = (): void => {
    if (ended) return;
    ended = true;
    events.lost('the jailed process ended');
  };
  child.on('message', (report) => {
    if (!ended) events.report(report as unknown as Report);
  });
  child.on('error', lost);
  child.on('exit', lost);
  child.on('disconnect', lost);
  child.unref();
  child.channel?.unref();
  return {
    send(command) {
      if (ended || !child.connected) return;
      child.send(command, (error) => {
        if (error !== null) lost();
      });
    },
    hold(waiting) {
      if (waiting) {
        child.ref();
        child.channel?.ref();
      } else {
        child.unref();
        child.channel?.unref();
      }
    },
    close() {
      ended = true;
      if (child.connected) child.disconnect();
      child.kill('SIGKILL');
    },
  };
};
