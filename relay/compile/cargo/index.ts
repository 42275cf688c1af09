/**
 * Cargo projects in three steps: crates are fetched with a network and without running any of them; what they make is compiled once, without a network; then
 * each program is compiled on a copy of that, in a jail of its own.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Compiled, CompileRequest, Diagnostic } from '../../../wasm-toolchains/contract.ts';
import { failure } from '../../../wasm-toolchains/diagnostics.ts';
import { findJail } from '../jail.ts';
import type { Found } from '../native.ts';
import { buildProgram, prepare, type Making } from './build.ts';
import { fetchCrates, type Broken, type Crates, type Toolbox } from './crates.ts';
import { readLock, type Locked } from './lock.ts';
import { LOCK, MANIFEST, readProject, type Project } from './manifest.ts';
import { refusalOf, type CratePolicy } from './policy.ts';
import { createShared } from './shared.ts';
import { openCrateStore, type CrateStore } from './store.ts';
import { cargoFor, needsShim, shimFor } from './tool.ts';

export type { CratePolicy } from './policy.ts';

export interface CargoOptions {
  /** Folder that outlives builds. */
  readonly cache: string;
  readonly milliseconds: number;
  readonly crates: CratePolicy;
}

/** `found`: the compiler of single files. Never rejects but where the machine's own disk fails. */
export type CompileProject = (request: CompileRequest, found: Found, signal: AbortSignal) => Promise<Compiled>;

const RECIPE = 1;

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
      crates.lock,
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
