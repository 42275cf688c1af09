/** Modules of every compiler at hand, to try what reads and rewrites them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import wabt from 'wabt';

type Bytes = Uint8Array<ArrayBuffer>;

const FEATURES = {
  exceptions: true,
  simd: true,
  threads: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
  multi_value: true,
  sign_extension: true,
  sat_float_to_int: true,
  mutable_globals: true,
  function_references: true,
  relaxed_simd: true,
};

export async function fromText(text: string): Promise<Bytes> {
  const module = (await wabt()).parseWat('test.wat', text, FEATURES);
  try {
    return Uint8Array.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** What wabt says of a module, beside what this engine says. */
export async function wabtAccepts(wasm: Uint8Array): Promise<boolean> {
  try {
    const module = (await wabt()).readWasm(wasm, FEATURES);
    try {
      module.validate();
      return true;
    } finally {
      module.destroy();
    }
  } catch {
    return false;
  }
}

export async function fromAssemblyScript(text: string, flags: readonly string[] = []): Promise<Bytes> {
  let binary: Uint8Array | null = null;
  const { error, stderr } = await asc.main(['test.ts', '-O3', '--outFile', 'out.wasm', '--exportRuntime', ...flags], {
    readFile: (name: string) => (name === 'test.ts' ? text : null),
    writeFile(name: string, contents: string | Uint8Array) {
      if (name === 'out.wasm' && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) throw new Error(`asc: ${String(error)} ${stderr.toString()}`);
  return Uint8Array.from(binary as Uint8Array);
}

export async function fromC(text: string, flags: readonly string[] = ['-O2', '-msimd128']): Promise<Bytes> {
  const { commands } = await import('@yowasp/clang');
  const said: Uint8Array[] = [];
  const options = {
    fetchProgress() {},
    stdout() {},
    stderr: (bytes: Uint8Array | null) => void (bytes && said.push(bytes)),
  };
  const args = [
    '--target=wasm32-wasip1',
    '-mexec-model=reactor',
    '--no-wasm-opt',
    ...flags,
    'test.c',
    '-o',
    'out.wasm',
  ];
  try {
    const tree = await commands.clang(args, { 'test.c': text }, options);
    const wasm = tree?.['out.wasm'];
    if (wasm instanceof Uint8Array) return Uint8Array.from(wasm);
  } catch (error) {
    throw new Error(`${String(error)} ${Buffer.concat(said).toString()}`, { cause: error });
  }
  throw new Error('clang wrote no module');
}

/** Runs a compiler of this machine on one file; null where it is not here. */
function native(
  file: string,
  text: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'genesis-inspect-'));
  try {
    writeFileSync(join(folder, file), text);
    execFileSync(command, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'pipe', timeout: 120_000 });
    const out = join(folder, 'out.wasm');
    return existsSync(out) ? Uint8Array.from(readFileSync(out)) : null;
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function fromRust(text: string): Bytes | null {
  const flags = ['--target', 'wasm32-wasi', '-O', 'test.rs', '-o', 'out.wasm'];
  return native('test.rs', text, '/usr/bin/rustc', flags);
}

export function fromGo(text: string): Bytes | null {
  return native('test.go', text, 'go', ['build', '-o', 'out.wasm', 'test.go'], {
    GOOS: 'wasip1',
    GOARCH: 'wasm',
    GOFLAGS: '-mod=mod',
  });
}

export function fromZig(text: string): Bytes | null {
  const flags = ['-target', 'wasm32-freestanding', '-O', 'ReleaseFast', '-fno-entry', '-rdynamic'];
  return native('test.zig', text, 'python3', [
    '-m',
    'ziglang',
    'build-exe',
    ...flags,
    'test.zig',
    '-femit-bin=out.wasm',
  ]);
}
