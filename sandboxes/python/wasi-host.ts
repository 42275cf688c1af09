/**
 * What CPython sees of the world: a tree of read-only files, a clock that stands still, random bytes that repeat, standard streams, and
 * the line to its host. Built on browser_wasi_shim; whatever could change the tree, wait or reach further is refused here.
 */
import { Directory, Fd, File, Inode, PreopenDirectory, WASI, wasi } from '@bjorn3/browser_wasi_shim';
import { type Imports, MOST_OPEN, quietImports, READ_ONLY } from '../wasi/quiet.ts';

/** Buffers of one `writev` on the line, where they lie in the interpreter's memory. */
export type Span = readonly [pointer: number, length: number];

export interface LineEvents {
  /** Bytes for a read of at most `most`. */
  read(most: number): Uint8Array;
  write(spans: readonly Span[]): void;
}

export interface Streams {
  readonly input: Uint8Array;
  output(bytes: Uint8Array): void;
  error(bytes: Uint8Array): void;
}

export interface WasiHost {
  readonly imports: WebAssembly.ModuleImports;
  attach(memory: WebAssembly.Memory): void;
  /** Streams of the next calls; null: nothing to read, output is dropped. */
  setStreams(streams: Streams | null): void;
  seed(next: () => number): void;
  /** The clock's next reading throws `thrown` instead. */
  stopAtClock(thrown: unknown): void;
  /** Open files as they were when the interpreter was frozen: the streams, the root and the line. */
  resetFiles(): void;
  /** Whether only those are open. */
  settled(): boolean;
  setProgramFiles(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): void;
}

/** `commandLine` and `environment` matter only to an interpreter that is yet to start. Its library is part of its module. */
export function createWasiHost(
  line: LineEvents,
  commandLine: readonly string[] = [],
  environment: readonly string[] = [],
): WasiHost {
  let memory: WebAssembly.Memory | null = null;
  let streams: Streams | null = null;
  let taken = 0;
  let random: () => number = () => 0;
  let atClock: { readonly thrown: unknown } | null = null;

  const stdin = new Stream();
  stdin.fd_read = (size) => {
    const data = streams?.input.slice(taken, taken + size) ?? new Uint8Array(0);
    taken += data.length;
    return { ret: 0, data };
  };
  const stdout = new Stream();
  stdout.fd_write = (data) => {
    streams?.output(data);
    return { ret: 0, nwritten: data.byteLength };
  };
  const stderr = new Stream();
  stderr.fd_write = (data) => {
    streams?.error(data);
    return { ret: 0, nwritten: data.byteLength };
  };
  const lineFile = new Stream();
  lineFile.fd_read = (size) => ({ ret: 0, data: line.read(size) });

  const program = new Directory(new Map());
  const root = new PreopenDirectory('/', tree(new Device(lineFile), program));
  number(root.dir, 1n);
  const shim = new WASI([...commandLine], [...environment], [stdin, stdout, stderr, root], { debug: false });
  const real = shim.wasiImport as Imports;
  const view = (): DataView => new DataView((memory as WebAssembly.Memory).buffer);

  const imports = quietImports(
    real,
    () => memory as WebAssembly.Memory,
    () => random(),
  );
  imports['path_readlink'] = () => wasi.ERRNO_INVAL;
  const readClock = imports['clock_time_get'] as unknown as (
    clock: number,
    precision: bigint,
    pointer: number,
  ) => number;
  imports['clock_time_get'] = (clock: number, precision: bigint, pointer: number) => {
    if (atClock === null) return readClock(clock, precision, pointer);
    const { thrown } = atClock;
    atClock = null;
    throw thrown;
  };
  const open = real['path_open'] as unknown as (...args: unknown[]) => number;
  imports['path_open'] = (
    fd: number,
    lookup: number,
    path: number,
    length: number,
    how: number,
    rights: bigint,
    inherited: bigint,
    flags: number,
    opened: number,
  ) => {
    if ((how & (wasi.OFLAGS_CREAT | wasi.OFLAGS_TRUNC)) !== 0) return READ_ONLY;
    // The shim only ever adds descriptors.
    while (shim.fds.at(-1) === undefined) shim.fds.pop();
    if (shim.fds.filter((one) => one !== undefined).length >= MOST_OPEN) return wasi.ERRNO_MFILE;
    return open(fd, lookup, path, length, how, rights, inherited, flags, opened);
  };
  const write = real['fd_write'] as unknown as (...args: number[]) => number;
  imports['fd_write'] = (fd: number, vectors: number, count: number, written: number) => {
    if (shim.fds[fd] !== lineFile) return write(fd, vectors, count, written);
    const at = view();
    const spans: Span[] = [];
    let total = 0;
    for (let i = 0; i < count; i++) {
      const length = at.getUint32(vectors + 8 * i + 4, true);
      spans.push([at.getUint32(vectors + 8 * i, true), length]);
      total += length;
    }
    line.write(spans);
    view().setUint32(written, total, true);
    return 0;
  };

  return {
    imports: imports as WebAssembly.ModuleImports,
    attach(its) {
      memory = its;
      shim.inst = { exports: { memory: its } };
    },
    setStreams(next) {
      streams = next;
      taken = 0;
    },
    seed(next) {
      random = next;
    },
    stopAtClock(thrown) {
      atClock = { thrown };
    },
    resetFiles() {
      shim.fds = [stdin, stdout, stderr, root, lineFile];
    },
    settled() {
      const [a, b, c, d, e, ...more] = shim.fds;
      return (
        a === stdin &&
        b === stdout &&
        c === stderr &&
        d === root &&
        e === lineFile &&
        more.every((one) => one === undefined)
      );
    },
    setProgramFiles(files) {
      program.contents = new Map();
      for (const [path, bytes] of files) place(program, path.split('/'), bytes);
      number(root.dir, 1n);
    },
  };
}

/** Numbers of files show in `os.stat`, so they must not depend on what was made before. */
function number(inode: Inode, first: bigint): bigint {
  inode.ino = first;
  let next = first + 1n;
  if (inode instanceof Directory) for (const child of inode.contents.values()) next = number(child, next);
  return next;
}

function place(folder: Directory, path: readonly string[], bytes: Uint8Array<ArrayBuffer>): void {
  let at = folder;
  for (const part of path.slice(0, -1)) {
    const known = at.contents.get(part);
    if (known instanceof Directory) at = known;
    else {
      const made = new Directory(new Map());
      at.contents.set(part, made);
      at = made;
    }
  }
  at.contents.set(path.at(-1) as string, file(bytes));
}

function tree(device: Inode, program: Directory): Map<string, Inode> {
  return new Map<string, Inode>([
    ['dev', new Directory(new Map([['genesis', device]]))],
    ['program', program],
  ]);
}

/** The shim's file copies what it is given. */
function file(bytes: Uint8Array<ArrayBuffer>): File {
  const made = new File(new Uint8Array(0), { readonly: true });
  made.data = bytes;
  return made;
}

class Stream extends Fd {
  override fd_fdstat_get(): { ret: number; fdstat: wasi.Fdstat } {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_UNKNOWN, 0);
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_READ | wasi.RIGHTS_FD_WRITE);
    return { ret: 0, fdstat };
  }

  override fd_filestat_get(): { ret: number; filestat: wasi.Filestat } {
    return { ret: 0, filestat: new wasi.Filestat(0n, wasi.FILETYPE_UNKNOWN, 0n) };
  }

  /** Descriptors that are no folder must say so, or the guest's start-up search for folders stops with a panic. */
  override fd_prestat_get(): { ret: number; prestat: null } {
    return { ret: wasi.ERRNO_BADF, prestat: null };
  }
}

class Device extends Inode {
  readonly #file: Fd;

  constructor(opened: Fd) {
    super();
    this.#file = opened;
  }

  override path_open(): { ret: number; fd_obj: Fd } {
    return { ret: 0, fd_obj: this.#file };
  }

  override stat(): wasi.Filestat {
    return new wasi.Filestat(this.ino, wasi.FILETYPE_UNKNOWN, 0n);
  }
}
