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
import { type Imports, MOST_OPEN, quietImports, READ_ONLY } from './quiet.ts';

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
  const real = shim.wasiImport as Imports;
  const imports = quietImports(real, () => memory as WebAssembly.Memory, random);
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
