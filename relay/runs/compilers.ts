/** Compilers of the terminal: those that run anywhere, and for Rust, Go and Zig the machine's own, each build in a jail. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Compile } from '../../wasm-toolchains/contract.ts';
import { LOCAL, openToolchains } from '../../wasm-toolchains/registry.ts';
import { createCompileService, type CompileService } from '../compile/index.ts';

/** `parallel`: builds at once; `crates`: Rust programs may take crates from crates.io. Nothing is looked for or started before the first program is compiled. */
export function openCompilers(parallel: number, crates = false): Compile {
  const local = openToolchains();
  const known = new Set(LOCAL.flatMap(({ languages }) => languages));
  let native: CompileService | null = null;
  return (request, signal) => {
    if (known.has(request.language)) return local.compile(request, signal);
    native ??= createCompileService({ slots: parallel, cache: join(tmpdir(), 'genesis-compilers'), crates });
    return native.compile(request, signal);
  };
}
