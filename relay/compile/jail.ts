/**
 * Runs a compiler on foreign source, and what foreign source lets it run: no network, an empty environment, process numbers and mounts of its own, no
 * rights of an administrator, and of the machine's files only those the compiler needs, read-only. By bwrap where there is one, else by unshare with a root
 * folder put together from bind mounts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { watchRoom, type Room } from './room.ts';

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
  /** Folders it may read under another name. */
  readonly places?: readonly { readonly from: string; readonly at: string }[];
  /** The machine's network, for a program that is trusted with it and runs nothing of others; none where it is left out. */
  readonly network?: boolean;
  /** What all its processes may take together; for compilers that run programs of others. */
  readonly room?: Room;
  readonly environment: Readonly<Record<string, string>>;
  readonly milliseconds: number;
  readonly megabytes: number;
}

export type Ran =
  /** `said` is all it wrote, `printed` what of that was standard output. */
  | { readonly type: 'ended'; readonly exit: number; readonly said: string; readonly printed: string }
  | { readonly type: 'late' }
  /** It took more than its room: of what. */
  | { readonly type: 'greedy'; readonly reason: string }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly reason: string };

/** What a compiler may say, and print; the rest is dropped. */
const MOST_SAID = 200_000;
const MOST_PRINTED = 2_000_000;
/** Of one file it writes. */
const MOST_WRITTEN = 100_000_000;
/** Not reached by a compiler; kept low, since every one of them may take `megabytes`. */
const PROCESSES = 1_024;
const LONGEST_DEATH = 3_000;
const ALWAYS = ['/usr', '/bin', '/lib', '/lib64', '/lib32', '/etc/alternatives', '/etc/ld.so.cache'];
/** How names become addresses, and which certificates are good. */
const NETWORK = [
  ...['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/gai.conf', '/etc/ssl/certs', '/etc/ssl/cert.pem'],
  ...['/etc/pki/tls/certs', '/etc/pki/ca-trust/extracted', '/etc/ca-certificates'],
];

type Kind = 'bwrap' | 'unshare' | 'old bwrap';

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

/**
 * The strongest that works. A bwrap before 0.8 can't forbid user namespaces, in which a program has an administrator's rights again; where the relay itself
 * is the administrator's that would be no jail at all.
 */
function probe(): Jail | null {
  const kinds: readonly Kind[] = process.getuid?.() === 0 ? ['bwrap', 'unshare'] : ['bwrap', 'unshare', 'old bwrap'];
  for (const kind of kinds) {
    const program = findProgram(kind === 'unshare' ? 'unshare' : 'bwrap');
    if (program === null || (kind === 'unshare' && !existsSync(DROP))) continue;
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

/** Takes all rights away: who has those to mount and to change the root could leave. */
const DROP = '/usr/bin/setpriv';
const NO_RIGHTS = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--'];

function wrap(kind: Kind, program: string, job: Jailed): string[] {
  const reads = [...ALWAYS, ...(job.network ? NETWORK : []), ...job.reads]
    .filter((path) => existsSync(path))
    // What lies in another is there already, and read-only, so that no place can be made for it.
    .filter((path, i, all) => !all.some((other, j) => path.startsWith(`${other}/`) || (path === other && j < i)))
    .map((path) => ({ from: path, at: path }))
    .concat(job.places ?? []);
  const variables = Object.entries({ HOME: '/work', TMPDIR: '/work/.tmp', PATH: '/usr/bin:/bin', ...job.environment });
  const seconds = Math.ceil(job.milliseconds / 1000) + 5;
  // ulimit takes one limit a call, and shells name that of processes differently.
  const bounded = [
    `ulimit -t ${seconds}; ulimit -f ${Math.ceil(MOST_WRITTEN / 512)}; ulimit -v ${job.megabytes * 1024}; ulimit -c 0`,
    `ulimit -u ${PROCESSES} 2>/dev/null || ulimit -p ${PROCESSES} 2>/dev/null || :`,
    'cd /work; mkdir -p .tmp; exec "$@"',
  ].join('; ');
  if (kind !== 'unshare') {
    const strict = kind === 'bwrap';
    return [
      ...[program, '--unshare-all', ...(job.network ? ['--share-net'] : []), '--cap-drop', 'ALL'],
      ...(strict ? ['--unshare-user', '--disable-userns'] : []),
      ...['--die-with-parent', '--new-session', '--clearenv'],
      // What belongs to the administrator could be written in /proc by a relay that runs as one.
      ...['--proc', '/proc', '--remount-ro', '/proc', '--dev', '/dev'],
      ...(strict ? ['--remount-ro', '/dev', '--size', '16777216'] : []),
      ...['--tmpfs', '/tmp'],
      ...reads.flatMap(({ from, at }) => ['--ro-bind', from, at]),
      ...job.writes.flatMap((path) => ['--bind', path, path]),
      ...['--bind', job.folder, '/work', '--chdir', '/work'],
      ...variables.flatMap(([name, value]) => ['--setenv', name, value]),
      ...['--', '/bin/sh', '-c', bounded, 'sh', job.command, ...job.args],
    ];
  }
  // Everything is given as arguments and never becomes part of a script.
  const script = [
    'set -e; root="$1"; shift; mount -t tmpfs -o size=16m none "$root"',
    'n="$1"; shift; while [ "$n" -gt 0 ]; do if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$root$(dirname "$2")"; : > "$root$2"; fi; mount --rbind "$1" "$root$2"; mount -o remount,bind,ro,nosuid "$root$2" 2>/dev/null || mount -o remount,bind,ro "$root$2"; n=$((n-1)); shift; shift; done',
    'n="$1"; shift; while [ "$n" -gt 0 ]; do mkdir -p "$root$1"; mount --bind "$1" "$root$1"; n=$((n-1)); shift; done',
    'mkdir -p "$root/work" "$root/proc" "$root/dev" "$root/tmp"; mount --bind "$1" "$root/work"; shift',
    'mount -t proc proc "$root/proc"; mount -o remount,bind,ro "$root/proc"; for d in null zero urandom random; do : > "$root/dev/$d"; mount --bind "/dev/$d" "$root/dev/$d"; done',
    `exec chroot "$root" ${DROP} ${NO_RIGHTS.join(' ')} /usr/bin/env -i "$@"`,
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
  const bound = reads.flatMap(({ from, at }) => [from, at]);
  const lists = [String(reads.length), ...bound, String(job.writes.length), ...job.writes];
  const own = process.getuid?.() === 0 ? [] : ['-r'];
  return [
    // A relay that is killed takes with it what it has begun: bwrap sees to that by itself.
    ...[DROP, '--pdeathsig', 'KILL', '--'],
    ...[
      program,
      ...own,
      ...(job.network ? [] : ['--net']),
      '--ipc',
      '--pid',
      '--mount',
      '--fork',
      '--kill-child',
      '--',
    ],
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
    let printed = '';
    let settled = false;
    let killed: Ran | null = null;
    const settle = (result: Ran): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      watch?.end();
      signal.removeEventListener('abort', stop);
      resolve(result);
    };
    const kill = (result: Ran): void => {
      if (killed !== null) return;
      killed = result;
      // The whole group: unshare and bwrap end what is inside with them.
      if (child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          child.kill('SIGKILL');
        }
      }
      // What is dying still writes: its folder is given back when it is gone.
      setTimeout(() => settle(result), LONGEST_DEATH).unref();
    };
    const stop = (): void => kill({ type: 'stopped' });
    const timer = setTimeout(() => kill({ type: 'late' }), job.milliseconds);
    const watch =
      job.room && child.pid !== undefined
        ? watchRoom(child.pid, job.folder, job.room, (reason) => kill({ type: 'greedy', reason }))
        : null;
    signal.addEventListener('abort', stop, { once: true });
    // A letter may lie across two pieces.
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < MOST_SAID) said += text;
      if (printed.length < MOST_PRINTED) printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < MOST_SAID) said += text;
    });
    child.on('error', (error) => settle({ type: 'failed', reason: error.message }));
    child.on('close', (exit) => settle(killed ?? { type: 'ended', exit: exit ?? 1, said, printed }));
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
