/** Gets a project's crates: the one step with a network, in which no line of any crate runs. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Compiled, CompileOptions } from '../../../wasm-toolchains/contract.ts';
import { failure } from '../../../wasm-toolchains/diagnostics.ts';
import type { Jail } from '../jail.ts';
import { sizeOf, type Room } from '../room.ts';
import { LOCK, MANIFEST, manifestText, type Project } from './manifest.ts';
import { lockText, readLock, type Locked } from './lock.ts';
import { cargoFault } from './messages.ts';
import type { CrateStore } from './store.ts';

export interface Crates {
  readonly type: 'ok';
  /** Folder of the crates, one each. */
  readonly folder: string;
  readonly lock: string;
  readonly packages: readonly Locked[];
}

export interface Toolbox {
  readonly jail: Jail;
  readonly cargo: string;
  /** What is run as the compiler: itself, or a script that starts it. */
  readonly rustc: { readonly path: string; readonly shim: string | null };
  /** Folders and files that both need to read. */
  readonly reads: readonly string[];
  readonly target: string;
  readonly milliseconds: number;
}

export type Broken = Exclude<Compiled, { type: 'ok' }>;

export const MOST_CRATES = 200;
/** All crates of a project, unpacked. */
const MOST_BYTES = 400e6;
const MEGABYTES = 4_096;
const ROOM: Room = { processes: 64, megabytes: 2_000, bytes: 2 * MOST_BYTES, files: 100_000 };
export const SHIM = '/work/rustc';

/** What people behind a proxy set for every program, and Cargo's own. */
const PROXIES = [
  ...['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy'],
  ...['CARGO_HTTP_PROXY', 'CARGO_HTTP_TIMEOUT', 'CARGO_HTTP_MULTIPLEXING'],
];
const CERTIFICATES = ['CARGO_HTTP_CAINFO', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/** `given`: a lock that came with the project; null where none did. */
export async function fetchCrates(
  project: Project,
  given: readonly Locked[] | null,
  key: string,
  store: CrateStore,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<Crates | Broken> {
  const before = await store.find(key);
  if (before !== null) return kept(before);
  const folder = await store.begin();
  if (folder === null) return full();
  try {
    const program = join(folder, 'program');
    await writeProject(program, project, 'speed', given === null ? null : lockText(given));
    if (tools.rustc.shim !== null) await writeFile(join(folder, 'rustc'), tools.rustc.shim, { mode: 0o755 });
    const cargo = async (args: readonly string[]): Promise<Broken | null> => {
      const ran = await tools.jail.run(
        {
          ...{ command: tools.cargo, args, folder, reads: [...tools.reads, ...certificates()], writes: [] },
          ...{ network: true, room: ROOM, environment: environmentOf(tools), milliseconds: tools.milliseconds },
          megabytes: MEGABYTES,
        },
        signal,
      );
      switch (ran.type) {
        case 'ended':
          return ran.exit === 0 ? null : faultOf(ran.said);
        case 'stopped':
          return { type: 'stopped' };
        case 'late':
          return unreached(`crates did not come within ${tools.milliseconds / 1000} s`);
        case 'greedy':
          return failure([], `the crates of this program take ${ran.reason}`);
        case 'failed':
          return {
            type: 'unavailable',
            reason: `Cargo did not start: ${ran.reason}`,
            remedy: 'look at the relay’s machine',
          };
        default:
          return ran satisfies never;
      }
    };
    // Fills the lock in where something is missing, and leaves what it says.
    const resolved = await cargo(['update', '--workspace', '--manifest-path', `program/${MANIFEST}`]);
    if (resolved) return resolved;
    const lock = readLock(await readFile(join(program, LOCK), 'utf8'));
    if (lock.type === 'failed') return failure([], `${LOCK}: ${lock.message}`);
    const count = lock.packages.filter(({ checksum }) => checksum !== null).length;
    if (count > MOST_CRATES) return failure([], `needs ${count} crates in all; ${MOST_CRATES} are allowed`);
    const moved = given === null ? null : movedFrom(given, lock.packages);
    if (moved !== null) return failure([{ severity: 'error', file: LOCK, line: 0, column: 0, message: moved }], moved);
    if (count > 0) {
      const vendored = await cargo([
        ...['vendor', '--quiet', '--locked', '--versioned-dirs', '--manifest-path', `program/${MANIFEST}`, 'crates'],
      ]);
      if (vendored) return vendored;
      const size = await sizeOf(join(folder, 'crates'), { bytes: MOST_BYTES, files: ROOM.files });
      if (size.bytes > MOST_BYTES) return failure([], `its crates take more than ${MOST_BYTES / 1e6} MB`);
    } else await mkdir(join(folder, 'crates'));
    await rename(join(program, LOCK), join(folder, LOCK));
    for (const rest of ['program', 'home', 'rustc', '.tmp'])
      await rm(join(folder, rest), { recursive: true, force: true });
    return await kept(await store.finish(folder, key));
  } finally {
    await store.drop(folder);
  }
}

async function kept(entry: string): Promise<Crates | Broken> {
  const lock = readLock(await readFile(join(entry, LOCK), 'utf8'));
  if (lock.type === 'failed') return failure([], `${LOCK}: ${lock.message}`);
  return { type: 'ok', folder: join(entry, 'crates'), lock: lockText(lock.packages), packages: lock.packages };
}

/** Manifest and lock, with nothing in what would be compiled. */
export async function writeProject(
  program: string,
  project: Project,
  optimise: CompileOptions['optimise'],
  lock: string | null,
): Promise<void> {
  const { entry, shape, script, beside } = project;
  const files: Record<string, string> = {
    [MANIFEST]: manifestText(project, { optimise }),
    [entry]: shape === 'command' ? 'fn main() {}\n' : '',
    ...(script === null ? {} : { [script]: 'fn main() {}\n' }),
    ...(beside === null ? {} : { [beside]: '' }),
    ...(lock === null ? {} : { [LOCK]: lock }),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(program, path)), { recursive: true });
    await writeFile(join(program, path), text);
  }
}

/** A version that a lock names is taken, or nothing is: a lock is there so that the same is compiled everywhere. */
function movedFrom(given: readonly Locked[], taken: readonly Locked[]): string | null {
  const versions = new Map<string, Set<string>>();
  for (const { name, version, checksum } of given)
    if (checksum !== null) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  for (const { name, version, checksum } of taken) {
    const known = versions.get(name);
    if (checksum !== null && known && !known.has(version))
      return `it names ${name} ${[...known].join(' and ')}, which does not fit ${MANIFEST}; that needs ${version}`;
  }
  return null;
}

function faultOf(said: string): Broken {
  const reason = cargoFault(said);
  if (
    /could ?n[o’']t (?:resolve|connect)|could not resolve|failed to connect|timed out|timeout|network|spurious|SSL|certificate|\[\d+\] /i.test(
      said,
    ) &&
    !/no matching package|failed to select a version/.test(said)
  )
    return unreached('crates.io can’t be reached from the relay’s machine');
  return failure([{ severity: 'error', file: MANIFEST, line: 0, column: 0, message: reason }], reason);
}

export function full(): Broken {
  return {
    type: 'unavailable',
    reason: 'crates of other programs fill the room that this relay has for them',
    remedy: 'try again in ten minutes',
  };
}

function unreached(reason: string): Broken {
  return { type: 'unavailable', reason, remedy: 'try again, or look at the network of the relay’s machine' };
}

function environmentOf({ rustc }: Toolbox): Record<string, string> {
  const environment: Record<string, string> = {
    ...{ CARGO_HOME: '/work/home', RUSTC: rustc.shim === null ? rustc.path : SHIM, CARGO_TERM_COLOR: 'never' },
    // Versions that the compiler is too old for are not taken, where a crate says so.
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: 'fallback',
  };
  for (const name of [...PROXIES, ...CERTIFICATES]) {
    const value = process.env[name];
    if (value !== undefined && value !== '') environment[name] = value;
  }
  return environment;
}

function certificates(): string[] {
  return CERTIFICATES.map((name) => process.env[name] ?? '').filter((path) => path.startsWith('/') && existsSync(path));
}
