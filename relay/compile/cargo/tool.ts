/** Finds Cargo, and puts something between it and a compiler that is older. */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { findProgram } from '../jail.ts';
import { ask } from '../native.ts';

/** The first whose index is asked crate by crate: before, all of it had to be fetched. */
const OLDEST = 70;

export type SoughtCargo =
  | { readonly type: 'found'; readonly command: string; readonly version: string; readonly minor: number }
  | { readonly type: 'missing'; readonly reason: string; readonly remedy: string };

const known = new Map<string, SoughtCargo>();

/** As `findCargo`, asked once a process. */
export function cargoFor(sysroot: string): SoughtCargo {
  let cargo = known.get(sysroot);
  if (!cargo) known.set(sysroot, (cargo = findCargo(sysroot)));
  return cargo;
}

/** `sysroot`: of the compiler that makes WebAssembly. Its own Cargo first; any other that is new enough does too. */
function findCargo(sysroot: string): SoughtCargo {
  const tried: string[] = [];
  for (const command of candidates(sysroot)) {
    if (command === null || tried.includes(command) || !existsSync(command)) continue;
    tried.push(command);
    const version = ask(command, ['--version']);
    const minor = Number(/^cargo 1\.(\d+)\./.exec(version ?? '')?.[1] ?? -1);
    if (version !== null && minor >= OLDEST) return { type: 'found', command, version, minor };
  }
  return {
    type: 'missing',
    reason: tried.length > 0 ? `Cargo here is older than 1.${OLDEST}` : 'there is no Cargo here',
    remedy: 'install Rust from rustup.rs, and then rustup target add wasm32-wasip1',
  };
}

function* candidates(sysroot: string): Iterable<string> {
  yield join(sysroot, 'bin/cargo');
  for (const name of ['cargo', 'rustc']) {
    const path = findProgram(name) ?? join(homedir(), '.cargo/bin', name);
    if (!existsSync(path)) continue;
    // A rustup proxy would look for its settings, which a jail does not show: what it starts stands in its sysroot.
    const isProxy = basename(realpathSync(path)) === 'rustup';
    if (name === 'cargo' && !isProxy) yield realpathSync(path);
    const own = name === 'rustc' ? ask(path, ['--print', 'sysroot']) : null;
    if (own !== null) yield join(own, 'bin/cargo');
  }
  yield '/usr/bin/cargo';
}

/**
 * A script in the compiler's place that leaves out what a Cargo that is newer asks of it: to name what it could split, and to check the names of
 * conditions (both are for warnings and debuggers).
 */
export function shimFor(compiler: string): string {
  return [
    '#!/bin/sh',
    'n=$#',
    'while [ "$n" -gt 0 ]; do',
    '  word="$1"; shift; n=$((n-1))',
    '  case "$word" in',
    '    --print=split-debuginfo|--check-cfg=*) ;;',
    '    --check-cfg) shift; n=$((n-1)) ;;',
    '    *) set -- "$@" "$word" ;;',
    '  esac',
    'done',
    `exec '${compiler.replaceAll("'", "'\\''")}' "$@"`,
    '',
  ].join('\n');
}

/** The last version that takes all that the newest Cargo gives it. */
const KNOWS_ALL = 80;

export function needsShim(rustc: string): boolean {
  const minor = Number(/rustc 1\.(\d+)\./.exec(rustc)?.[1] ?? KNOWS_ALL);
  return minor < KNOWS_ALL;
}
