/** Compiles a project whose crates are there, without a network: its crates once, and each program on a copy of what they made. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Compiled, CompileRequest, Diagnostic } from '../../../wasm-toolchains/contract.ts';
import { failure } from '../../../wasm-toolchains/diagnostics.ts';
import { readModule } from '../output.ts';
import { full, SHIM, writeProject, type Broken, type Crates, type Toolbox } from './crates.ts';
import { LOCK, MANIFEST, manifestText, PROGRAM, type Project } from './manifest.ts';
import { cargoDiagnostics, cargoFault } from './messages.ts';
import { copyTree, type CrateStore } from './store.ts';

/** Crates may take so many times as long as a program: they are many, and compiled once. */
const PATIENCE = 2.5;
const MEGABYTES = 8_192;
/** Of one build, with the scripts and macros of its crates. */
const ROOM = { processes: 256, megabytes: 4_000, bytes: 2e9, files: 50_000 } as const;

export interface Making {
  readonly project: Project;
  readonly crates: Crates;
  readonly request: CompileRequest;
  readonly tools: Toolbox;
  readonly simd: boolean;
}

/** Compiles the crates under an empty program. What is kept was made without a line of any program, so that none can slip something to another. */
export async function prepare(
  making: Making,
  key: string,
  store: CrateStore,
  signal: AbortSignal,
): Promise<string | Broken> {
  const before = await store.find(key);
  if (before !== null) return before;
  const keeping = await store.begin();
  if (keeping === null) return full();
  const folder = await mkdtemp(join(tmpdir(), 'genesis-crates-'));
  try {
    await writeProject(join(folder, 'program'), making.project, making.request.options.optimise, making.crates.lock);
    const tools = { ...making.tools, milliseconds: PATIENCE * making.tools.milliseconds };
    const built = await runCargo({ ...making, tools }, folder, signal);
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
  for (const name of await readdir(folder).catch(() => []))
    if (pattern.test(name)) await rm(join(folder, name), { recursive: true, force: true });
}

export async function buildProgram(making: Making, made: string | null, signal: AbortSignal): Promise<Compiled> {
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
  { crates, request, tools, simd }: Making,
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
        ...{ RUSTC: tools.rustc.shim === null ? tools.rustc.path : SHIM, CARGO_TERM_COLOR: 'never' },
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
