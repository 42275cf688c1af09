/** What a kernel may import: of WASI what computing needs (a clock that stands still, random bytes that repeat), and nothing to reach out with. */

export type KernelImports =
  { readonly type: 'ok'; readonly imports: WebAssembly.Imports } | { readonly type: 'failed'; readonly reason: string };

const EPOCH_NANOSECONDS = 946684800000000000n;
const NOT_SUPPORTED = 58;

export function kernelImports(
  module: WebAssembly.Module,
  random: { next(): number },
  memory: () => WebAssembly.Memory | null,
): KernelImports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  const system = systemFunctions(random, () => new DataView((memory() as WebAssembly.Memory).buffer));
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const known =
      from === 'wasi_snapshot_preview1'
        ? (system[name] ?? (() => NOT_SUPPORTED))
        : from === 'env'
          ? environment[name]
          : undefined;
    if (kind !== 'function' || known === undefined) {
      return { type: 'failed', reason: `imports ${from}.${name}, which kernels are not given` };
    }
    (imports[from] ??= {})[name] = known;
  }
  return { type: 'ok', imports };
}

/** What AssemblyScript programs call when they give up. */
const environment: Readonly<Record<string, (...args: never[]) => number | void>> = {
  abort() {
    throw new Error('it aborted');
  },
  seed: () => 0,
};

function systemFunctions(
  random: { next(): number },
  view: () => DataView,
): Readonly<Record<string, (...args: never[]) => number>> {
  const empty = (count: number, size: number): number => {
    view().setUint32(count, 0, true);
    view().setUint32(size, 0, true);
    return 0;
  };
  return {
    args_get: () => 0,
    environ_get: () => 0,
    args_sizes_get: empty,
    environ_sizes_get: empty,
    sched_yield: () => 0,
    proc_exit(code: number) {
      throw new Error(`it ended itself with ${code}`);
    },
    clock_res_get(_clock: number, pointer: number) {
      view().setBigUint64(pointer, 1000n, true);
      return 0;
    },
    clock_time_get(_clock: number, _precision: bigint, pointer: number) {
      view().setBigUint64(pointer, EPOCH_NANOSECONDS, true);
      return 0;
    },
    random_get(pointer: number, length: number) {
      const at = view();
      for (let i = 0; i < length; i++) at.setUint8(pointer + i, random.next() * 256);
      return 0;
    },
    // What it prints goes nowhere, but it is told that all was written.
    fd_write(_fd: number, vectors: number, count: number, written: number) {
      const at = view();
      let total = 0;
      for (let i = 0; i < count; i++) total += at.getUint32(vectors + 8 * i + 4, true);
      at.setUint32(written, total, true);
      return 0;
    },
    fd_close: () => 0,
    fd_prestat_get: () => 8,
  };
}
