/**
 * Runs a compiler on foreign source: no network, an empty environment, process numbers and mounts of its own, and of the machine's files only those the
 * compiler needs, read-only. By bwrap where there is one, else by unshare with a root folder put together from bind mounts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Jailed {
  /** Absolute path of the program. */
  readonly command: string;
  readonly args: readonly string[];
  /** Folder of the source, seen as `/work`; what the compiler writes stays there. */
  readonly folder: string;
  /** Folders it may read, under their own names. */
  readonly reads: readonly string[];
  /** Folders it may also write, under their own names: caches. */
  readonly writes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly milliseconds: number;
  readonly megabytes: number;
}

export type Ran =
  | { readonly type: 'ended'; readonly exit: number; readonly said: string }
  | { readonly type: 'late' }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly reason: string };

/** What a compiler may say; the rest is dropped. */
const MOST_SAID = 200_000;
/** Of one file it writes. */
const MOST_WRITTEN = 100_000_000;
const PROCESSES = 256;
const ALWAYS = ['/usr', '/bin', '/lib', '/lib64', '/lib32', '/etc/alternatives', '/etc/ld.so.cache'];

type Kind = 'bwrap' | 'unshare';

export interface Jail {
  readonly kind: Kind;
  run(job: Jailed, signal: AbortSignal): Promise<Ran>;
}

let known: Jail | null | undefined;

/** null where this machine has no means to lock a compiler away; probed once a process. */
export function findJail(): Jail | null {
  if (known === undefined) known = probe();
  return known;
}

function probe(): Jail | null {
  for (const kind of ['bwrap', 'unshare'] as const) {
    const program = findProgram(kind);
    if (program === null || (kind === 'unshare' && findProgram('sh') === null)) continue;
    const [command, ...args] = wrap(kind, program, {
      command: '/bin/true',
      args: [],
      folder: '/tmp',
      reads: [],
      writes: [],
      environment: {},
      milliseconds: 0,
      megabytes: 256,
    });
    const { status } = spawnSync(command as string, args, { env: {}, stdio: 'ignore', timeout: 5_000 });
    if (status === 0) return { kind, run: (job, signal) => run(wrap(kind, program, job), job, signal) };
  }
  return null;
}

function wrap(kind: Kind, program: string, job: Jailed): string[] {
  const reads = [...ALWAYS, ...job.reads].filter((path) => existsSync(path));
  const variables = Object.entries({ HOME: '/work', TMPDIR: '/work/.tmp', PATH: '/usr/bin:/bin', ...job.environment });
  const limits = [
    '-t',
    String(Math.ceil(job.milliseconds / 1000) + 5),
    '-f',
    String(Math.ceil(MOST_WRITTEN / 512)),
    '-u',
    String(PROCESSES),
  ];
  // ulimit takes one limit a call.
  const bounded = `ulimit -t ${limits[1]}; ulimit -f ${limits[3]}; ulimit -v ${job.megabytes * 1024}; ulimit -c 0; cd /work; mkdir -p .tmp; exec "$@"`;
  if (kind === 'bwrap') {
    return [
      ...[
        program,
        '--unshare-all',
        '--die-with-parent',
        '--new-session',
        '--clearenv',
        '--proc',
        '/proc',
        '--dev',
        '/dev',
        '--tmpfs',
        '/tmp',
      ],
      ...reads.flatMap((path) => ['--ro-bind', path, path]),
      ...job.writes.flatMap((path) => ['--bind', path, path]),
      ...['--bind', job.folder, '/work', '--chdir', '/work'],
      ...variables.flatMap(([name, value]) => ['--setenv', name, value]),
      ...['--', '/bin/sh', '-c', bounded, 'sh', job.command, ...job.args],
    ];
  }
  // Everything is given as arguments and never becomes part of a script.
  const script = [
    'set -e; root="$1"; shift; mount -t tmpfs -o size=16m none "$root"',
    'n="$1"; shift; while [ "$n" -gt 0 ]; do if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root$(dirname "$1")"; : > "$root$1"; fi; mount --rbind "$1" "$root$1"; mount -o remount,bind,ro,nosuid "$root$1" 2>/dev/null || mount -o remount,bind,ro "$root$1"; n=$((n-1)); shift; done',
    'n="$1"; shift; while [ "$n" -gt 0 ]; do mkdir -p "$root$1"; mount --bind "$1" "$root$1"; n=$((n-1)); shift; done',
    'mkdir -p "$root/work" "$root/proc" "$root/dev" "$root/tmp"; mount --bind "$1" "$root/work"; shift',
    'mount -t proc proc "$root/proc"; for d in null zero urandom random; do : > "$root/dev/$d"; mount --bind "/dev/$d" "$root/dev/$d"; done',
    'exec chroot "$root" /usr/bin/env -i "$@"',
  ].join('; ');
  const inner = [
    ...variables.map(([name, value]) => `${name}=${value}`),
    '/bin/sh',
    '-c',
    bounded,
    'sh',
    job.command,
    ...job.args,
  ];
  const lists = [String(reads.length), ...reads, String(job.writes.length), ...job.writes];
  const own = process.getuid?.() === 0 ? [] : ['-r'];
  return [
    ...[program, ...own, '--net', '--ipc', '--pid', '--mount', '--fork', '--kill-child', '--'],
    ...['/bin/sh', '-c', script, 'sh', '/mnt', ...lists, job.folder, ...inner],
  ];
}

function run([program, ...args]: string[], job: Jailed, signal: AbortSignal): Promise<Ran> {
  if (signal.aborted) return Promise.resolve({ type: 'stopped' });
  return new Promise((resolve) => {
    const child = spawn(program as string, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    let settled = false;
    const settle = (result: Ran): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(result);
    };
    const kill = (result: Ran): void => {
      // The whole group: unshare and bwrap end what is inside with them.
      if (child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          child.kill('SIGKILL');
        }
      }
      settle(result);
    };
    const stop = (): void => kill({ type: 'stopped' });
    const timer = setTimeout(() => kill({ type: 'late' }), job.milliseconds);
    signal.addEventListener('abort', stop, { once: true });
    const listen = (chunk: Buffer): void => {
      if (said.length < MOST_SAID) said += chunk.toString('utf8');
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', (error) => settle({ type: 'failed', reason: error.message }));
    child.on('close', (exit) => settle({ type: 'ended', exit: exit ?? 1, said }));
  });
}

/** Absolute path of a program on this machine. */
export function findProgram(name: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/go/bin', '/usr/bin', '/bin']) {
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
