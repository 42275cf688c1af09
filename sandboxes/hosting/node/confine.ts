/** Finds what this machine offers to lock a process away with. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Confinement {
  /** Put in front of the command. */
  readonly command: readonly string[];
  /** What is missing; empty where nothing is. */
  readonly note: string;
}

let known: Confinement | null = null;

/** Probed once a process: a namespace without network and with process numbers of its own, by bwrap or unshare. */
export function confinement(): Confinement {
  known ??= probe();
  return known;
}

function probe(): Confinement {
  const bwrap = find('bwrap');
  const unshare = find('unshare');
  const attempts: string[][] = [];
  if (bwrap !== null) {
    attempts.push([
      bwrap,
      '--unshare-all',
      '--die-with-parent',
      '--ro-bind',
      '/',
      '/',
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--',
    ]);
  }
  if (unshare !== null) {
    attempts.push([unshare, '-r', '--net', '--ipc', '--pid', '--fork', '--kill-child', '--']);
    attempts.push([unshare, '--net', '--ipc', '--pid', '--fork', '--kill-child', '--']);
    attempts.push([unshare, '-r', '--net', '--']);
  }
  for (const command of attempts) {
    const [program, ...rest] = command as [string, ...string[]];
    const result = spawnSync(program, [...rest, process.execPath, '--version'], {
      env: {},
      stdio: 'ignore',
      timeout: 5000,
    });
    if (result.status === 0) return { command, note: '' };
  }
  return { command: [], note: 'no network namespace here: the jail rests on language and process permissions alone' };
}

function find(name: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/bin']) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

/** Flags that take files, child processes and addons from a Node process; workers stay allowed. */
export function permissionFlags(): string[] {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  return [flag, '--allow-worker', '--no-warnings', '--no-addons', '--disallow-code-generation-from-strings'];
}
