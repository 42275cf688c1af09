/**
 * Cargo projects in three steps: crates are fetched with a network and without running any of them; what they make is compiled once, without a network; then
 * each program is compiled on a copy of that, in a jail of its own.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Compiled, CompileRequest, Diagnostic } from '../../../wasm-toolchains/contract.ts';
import { failure } from '../../../wasm-toolchains/diagnostics.ts';
import { findJail } from '../jail.ts';
import type { Found } from '../native.ts';
import { readModule } from '../output.ts';
import { fetchCrates, writeProject, type Broken, type Crates, type Toolbox } from './crates.ts';
import { readLock, type Locked } from './lock.ts';
import { LOCK, MANIFEST, manifestText, PROGRAM, readProject, type Project } from './manifest.ts';
import { cargoDiagnostics, cargoFault } from './messages.ts';
import { createShared } from './shared.ts';
import { copyTree, openCrateStore, type CrateStore } from './store.ts';
import { findCargo, needsShim, shimFor } from './tool.ts';

/** Which crates a program may name: none, any, or these; what those need comes with them. */
export type CratePolicy = boolean | readonly string[];

export interface CargoOptions {
  /** Folder that outlives builds. */
  readonly cache: string;
  readonly milliseconds: number;
  readonly crates: CratePolicy;
}

/** `found`: the compiler of single files. Never rejects but where the machine's own disk fails. */
export type CompileProject = (request: CompileRequest, found: Found, signal: AbortSignal) => Promise<Compiled>;

const RECIPE = 1;
const MEGABYTES = 8_192;
const ROOM = { processes: 256, megabytes: 4_000, bytes: 2e9, files: 200_000 } as const;
const SETTING = 'the relay’s owner allows crates by compile.crates in genesis.config.json';

export function createCargo({ cache, milliseconds, crates: policy }: CargoOptions): CompileProject {
  let store: Promise<CrateStore | string> | null = null;
  const fetched = createShared<Crates | Broken>();
  const prepared = createShared<string | Broken>();

  return async (request, found, signal) => {
    const { files, entry, options } = request;
    const read = readProject(files, entry);
    if (read.type === 'failed') return failure(read.diagnostics, `${MANIFEST} can’t be read`);
    const { project } = read;
    const refused = refusalOf(project, policy);
    if (refused) return refused;
    let given: readonly Locked[] | null = null;
    if (Object.hasOwn(files, LOCK)) {
      const lock = readLock(files[LOCK] as string);
      if (lock.type === 'failed') return failure([{ severity: 'error', file: LOCK, ...lock }], `${LOCK} can’t be read`);
      given = lock.packages;
    }
    const tools = toolboxOf(found, milliseconds);
    if (tools.type !== 'ok') return tools;
    const opened = await (store ??= openCrateStore(join(cache, 'crates')));
    if (typeof opened === 'string') {
      store = null;
      return { type: 'unavailable', reason: opened, remedy: 'look at the relay’s machine' };
    }
    const named = project.dependencies.length + project.scriptDependencies.length > 0;
    const crateKey = hashOf('crates', found.version, tools.version, { ...project, ...NOT_OF_CRATES }, given);
    const crates: Crates | Broken = named
      ? await fetched(crateKey, (stop) => fetchCrates(project, given, crateKey, opened, tools.tools, stop), signal)
      : alone(project);
    if (crates.type !== 'ok') return crates;
    const making: Making = { project, crates, request, tools: tools.tools, simd: options.simd ?? true };
    const ownKey = hashOf(
      'made',
      crateKey,
      project.entry,
      options.optimise,
      making.simd,
      project.profile,
      tools.tools.target,
      project,
    );
    const made = named ? await prepared(ownKey, (stop) => prepare(making, ownKey, opened, stop), signal) : null;
    if (made !== null && typeof made !== 'string') return made;
    const result = await buildProgram(making, made, signal);
    return result.type === 'ok' && named && given === null
      ? { ...result, diagnostics: [...result.diagnostics, notLocked(crates.packages)].slice(-20) }
      : result;
  };
}

/** Of a manifest, what does not decide which crates are taken. */
const NOT_OF_CRATES = { profile: null, edition: null };

interface Making {
  readonly project: Project;
  readonly crates: Crates;
  readonly request: CompileRequest;
  readonly tools: Toolbox;
  readonly simd: boolean;
}

function refusalOf(project: Project, policy: CratePolicy): Compiled | null {
  const named = [...new Set([...project.dependencies, ...project.scriptDependencies].map(({ crate }) => crate))];
  if (policy === true) return null;
  if (policy === false) {
    // Without crates a build runs nothing but the compiler, and stays so.
    if (named.length === 0 && project.script === null) return null;
    const what = named.length > 0 ? `crates (${named.slice(0, 5).join(', ')})` : `the script ${project.script ?? ''}`;
    return { type: 'unavailable', reason: `this relay compiles no projects with ${what}`, remedy: SETTING };
  }
  const others = named.filter((name) => !policy.some((allowed) => plain(allowed) === plain(name)));
  return others.length === 0
    ? null
    : {
        type: 'unavailable',
        reason: `this relay does not allow the crate ${others.slice(0, 5).join(', ')}; it allows ${policy.join(', ') || 'none'}`,
        remedy: SETTING,
      };
}

/** To the registry `-` and `_` are the same. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

function toolboxOf(
  found: Found,
  milliseconds: number,
): { readonly type: 'ok'; readonly tools: Toolbox; readonly version: string } | Broken {
  const jail = findJail();
  if (jail === null)
    return { type: 'unavailable', reason: 'this machine has no jail for compilers', remedy: 'install bubblewrap' };
  const cargo = cargoFor(found.reads[0] as string);
  if (cargo.type === 'missing') return { type: 'unavailable', reason: cargo.reason, remedy: cargo.remedy };
  const shim = needsShim(found.version) ? shimFor(found.command) : null;
  return {
    type: 'ok',
    version: cargo.version,
    tools: {
      ...{ jail, cargo: cargo.command, milliseconds, target: found.notes['target'] as string },
      ...{ rustc: { path: found.command, shim }, reads: [...new Set([...found.reads, cargo.command])] },
    },
  };
}

const cargos = new Map<string, ReturnType<typeof findCargo>>();
function cargoFor(sysroot: string): ReturnType<typeof findCargo> {
  let cargo = cargos.get(sysroot);
  if (!cargo) cargos.set(sysroot, (cargo = findCargo(sysroot)));
  return cargo;
}

/** A project of no crates needs no network: its lock names itself. */
function alone({ name, version }: Project): Crates {
  const packages = [{ name, version, checksum: null, needs: [] }];
  return {
    type: 'ok',
    folder: '',
    lock: `version = 3\n\n[[package]]\nname = "${name}"\nversion = "${version}"\n`,
    packages,
  };
}

/** Compiles the crates under an empty program. What is kept was made without a line of any program, so that none can slip something to another. */
async function prepare(making: Making, key: string, store: CrateStore, signal: AbortSignal): Promise<string | Broken> {
  const before = await store.find(key);
  if (before !== null) return before;
  const folder = await mkdtemp(join(tmpdir(), 'genesis-crates-'));
  const keeping = await store.begin();
  try {
    await writeProject(join(folder, 'program'), making.project, making.crates.lock);
    const built = await runCargo(making, folder, signal);
    if (built.type !== 'built') return built;
    await forget(join(folder, 'target'), making);
    await copyTree(join(folder, 'target'), keeping);
    return await store.finish(keeping, key);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await store.drop(keeping);
  }
}

/** What Cargo noted of the empty program: a later one shall never be taken for it, whatever clocks say. */
async function forget(target: string, { project, tools }: Making): Promise<void> {
  const { name } = project;
  for (const part of ['release', `${tools.target}/release`]) {
    await removeMatching(join(target, part, '.fingerprint'), new RegExp(`^${name}-[0-9a-f]{16}$`));
    await removeMatching(join(target, part, 'build'), new RegExp(`^${name}-[0-9a-f]{16}$`));
    await removeMatching(join(target, part), /\.(wasm|d|rlib)$/);
  }
}

async function removeMatching(folder: string, pattern: RegExp): Promise<void> {
  const { readdir } = await import('node:fs/promises');
  for (const name of await readdir(folder).catch(() => []))
    if (pattern.test(name)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
}

async function buildProgram(making: Making, made: string | null, signal: AbortSignal): Promise<Compiled> {
  const { request, project, tools, crates } = making;
  const folder = await mkdtemp(join(tmpdir(), 'genesis-build-'));
  try {
    const program = join(folder, 'program');
    const files = {
      ...request.files,
      ...{ [MANIFEST]: manifestText(project, request.options), [LOCK]: crates.lock },
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(program, path)), { recursive: true });
      await writeFile(join(program, path), text);
    }
    if (made !== null) await copyTree(made, join(folder, 'target'));
    const started = performance.now();
    const built = await runCargo(making, folder, signal);
    if (built.type !== 'built') return built;
    const name = project.shape === 'command' ? PROGRAM : project.library;
    const module = await readModule(folder, `target/${tools.target}/release/${name}.wasm`);
    if (typeof module === 'string') return failure(built.diagnostics, module);
    return {
      ...{ type: 'ok', wasm: module, shape: project.shape, diagnostics: built.diagnostics.slice(0, 20) },
      milliseconds: performance.now() - started,
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runCargo(
  { project, crates, request, tools, simd }: Making,
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly type: 'built'; readonly diagnostics: readonly Diagnostic[] } | Broken> {
  await mkdir(join(folder, 'home'));
  if (crates.folder !== '')
    await writeFile(
      join(folder, 'home/config.toml'),
      '[source.crates-io]\nreplace-with = "fetched"\n\n[source.fetched]\ndirectory = "/crates"\n',
    );
  if (tools.rustc.shim !== null) await writeFile(join(folder, 'rustc'), tools.rustc.shim, { mode: 0o755 });
  const ran = await tools.jail.run(
    {
      command: tools.cargo,
      args: [
        ...['build', '--manifest-path', `program/${MANIFEST}`, '--offline', '--frozen', '--release'],
        ...['--target', tools.target, '--message-format', 'json'],
      ],
      ...{ folder, reads: tools.reads, writes: [], room: ROOM },
      places: crates.folder === '' ? [] : [{ from: crates.folder, at: '/crates' }],
      environment: {
        ...{ CARGO_HOME: '/work/home', CARGO_TARGET_DIR: '/work/target', CARGO_NET_OFFLINE: 'true' },
        ...{ RUSTC: tools.rustc.shim === null ? tools.rustc.path : '/work/rustc', CARGO_TERM_COLOR: 'never' },
        ...{ CARGO_INCREMENTAL: '0', CARGO_BUILD_JOBS: '2' },
        [`CARGO_TARGET_${tools.target.toUpperCase().replaceAll('-', '_')}_RUSTFLAGS`]: simd
          ? '-C target-feature=+simd128'
          : '',
      },
      ...{ milliseconds: tools.milliseconds, megabytes: MEGABYTES },
    },
    signal,
  );
  switch (ran.type) {
    case 'stopped':
      return { type: 'stopped' };
    case 'late':
      return failure([], `did not compile within ${tools.milliseconds / 1000} s`);
    case 'greedy':
      return failure([], `took ${ran.reason} to compile`);
    case 'failed':
      return {
        type: 'unavailable',
        reason: `Cargo did not start: ${ran.reason}`,
        remedy: 'look at the relay’s machine',
      };
    case 'ended': {
      const names = new Set(Object.keys(request.files));
      const diagnostics = cargoDiagnostics(ran.printed, names);
      return ran.exit === 0 ? { type: 'built', diagnostics } : failure(diagnostics, cargoFault(ran.said));
    }
    default:
      return ran satisfies never;
  }
}

function notLocked(packages: readonly Locked[]): Diagnostic {
  const taken = packages.filter(({ checksum }) => checksum !== null).map(({ name, version }) => `${name} ${version}`);
  const message = `there is no ${LOCK}, so the newest fitting crates were taken: ${taken.join(', ')}`.slice(0, 500);
  return { severity: 'note', file: MANIFEST, line: 0, column: 0, message };
}

function hashOf(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([RECIPE, ...parts]))
    .digest('hex')
    .slice(0, 40);
}
