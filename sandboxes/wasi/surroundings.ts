/** What a module sees of the world: its own files, read-only, a clock that stands still, random bytes that repeat. Built on browser_wasi_shim. */
import {
  ConsoleStdout,
  Directory,
  File,
  type Inode,
  OpenFile,
  PreopenDirectory,
  WASI,
  wasi,
  WASIProcExit,
} from '@bjorn3/browser_wasi_shim';
import type { Files } from '../contract.ts';

/** 1 January 2000, UTC, as for JavaScript candidates. */
const EPOCH_NANOSECONDS = 946684800000000000n;
const READ_ONLY = 69;
const MOST_OPEN = 64;

export interface Told {
  output: string;
  error: string;
}

export interface Surroundings {
  readonly imports: WebAssembly.ModuleImports;
  attach(memory: WebAssembly.Memory): void;
  /** What was written so far; clipped to the limit, which `overflowed` then tells. */
  told(): Told;
  overflowed(): boolean;
}

export { WASIProcExit };

export function createSurroundings(options: {
  readonly files: Files;
  readonly input: Uint8Array;
  readonly args: readonly string[];
  readonly outputBytes: number;
  readonly random: () => number;
}): Surroundings {
  const { files, input, args, outputBytes, random } = options;
  let memory: WebAssembly.Memory | null = null;
  let left = outputBytes;
  let over = false;
  const written: [Uint8Array[], Uint8Array[]] = [[], []];
  const sink = (stream: 0 | 1) =>
    new ConsoleStdout((bytes) => {
      if (bytes.length > left) over = true;
      if (left > 0 && bytes.length > 0) written[stream].push(bytes.slice(0, left));
      left -= bytes.length;
    });
  const root = new PreopenDirectory('.', tree(files));
  const shim = new WASI(
    ['program', ...args],
    [],
    [new OpenFile(new File(input, { readonly: true })), sink(0), sink(1), root],
    { debug: false },
  );
  const real = shim.wasiImport as Record<string, (...args: never[]) => number>;
  const view = (): DataView => new DataView((memory as WebAssembly.Memory).buffer);

  const imports: Record<string, (...args: never[]) => number> = { ...real };
  for (const name of [
    'path_create_directory',
    'path_link',
    'path_symlink',
    'path_rename',
    'path_unlink_file',
    'path_remove_directory',
    'path_filestat_set_times',
    'fd_filestat_set_size',
    'fd_filestat_set_times',
    'fd_allocate',
    'fd_pwrite',
  ]) {
    imports[name] = () => READ_ONLY;
  }
  for (const name of ['sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown', 'proc_raise', 'fd_renumber']) {
    imports[name] = () => wasi.ERRNO_NOTSUP;
  }
  imports['clock_res_get'] = (_clock: number, pointer: number) => {
    view().setBigUint64(pointer, 1000n, true);
    return 0;
  };
  imports['clock_time_get'] = (_clock: number, _precision: bigint, pointer: number) => {
    view().setBigUint64(pointer, EPOCH_NANOSECONDS, true);
    return 0;
  };
  imports['random_get'] = (pointer: number, length: number) => {
    const bytes = new Uint8Array((memory as WebAssembly.Memory).buffer, pointer, length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
    return 0;
  };
  // Nobody waits: what asks to be woken later is woken at once.
  imports['poll_oneoff'] = (from: number, to: number, count: number, done: number) => {
    if (count < 1) return wasi.ERRNO_INVAL;
    const at = view();
    at.setBigUint64(to, at.getBigUint64(from, true), true);
    at.setUint16(to + 8, 0, true);
    at.setUint8(to + 10, at.getUint8(from + 8));
    at.setUint32(done, 1, true);
    return 0;
  };
  imports['sched_yield'] = () => 0;
  const open = real['path_open'] as unknown as (...args: unknown[]) => number;
  imports['path_open'] = (...given: unknown[]) => {
    const how = given[4] as number;
    if ((how & (wasi.OFLAGS_CREAT | wasi.OFLAGS_TRUNC)) !== 0) return READ_ONLY;
    while (shim.fds.length > 4 && shim.fds.at(-1) === undefined) shim.fds.pop();
    if (shim.fds.length >= MOST_OPEN) return wasi.ERRNO_MFILE;
    return open(...given);
  };

  const text = (stream: 0 | 1): string => {
    const decoder = new TextDecoder();
    return written[stream].map((bytes) => decoder.decode(bytes, { stream: true })).join('') + decoder.decode();
  };
  return {
    imports: imports as WebAssembly.ModuleImports,
    attach(its) {
      memory = its;
      shim.inst = { exports: { memory: its } };
    },
    told: () => ({ output: text(0), error: text(1) }),
    overflowed: () => over,
  };
}

/** Directories of a program's files. Names that lead out of it have been refused before. */
function tree(files: Files): Map<string, Inode> {
  const top = new Map<string, Inode>();
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split('/');
    const name = parts.pop() as string;
    let place = top;
    for (const part of parts) {
      let next = place.get(part);
      if (!(next instanceof Directory)) place.set(part, (next = new Directory(new Map())));
      place = (next as Directory).contents as Map<string, Inode>;
    }
    place.set(name, new File(new TextEncoder().encode(content), { readonly: true }));
  }
  return top;
}
