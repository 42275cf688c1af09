/** Source in, WebAssembly out. Nothing here knows engine or sandboxes. */

export type Files = Readonly<Record<string, string>>;

/** Languages that are compiled before they run. */
export type CompiledLanguage = 'c' | 'cpp' | 'rust' | 'go' | 'zig' | 'assemblyscript' | 'wat';

/** What a module is called by: its exports (`reactor`), or once from its beginning with standard input and arguments (`command`). */
export type Shape = 'reactor' | 'command';

export interface CompileOptions {
  readonly optimise: 'speed' | 'size' | 'none';
  /** 128-bit vectors; on where it is left out. */
  readonly simd?: boolean;
}

export interface CompileRequest {
  readonly language: CompiledLanguage;
  readonly files: Files;
  /** Path of the file that is compiled first; a toolchain takes further files of its language by their endings. */
  readonly entry: string;
  readonly options: CompileOptions;
}

/** Lines and columns count from 1; 0 where the compiler names none. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  /** Path as in the request; empty where the compiler names none. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Compiled =
  | {
      readonly type: 'ok';
      readonly wasm: Uint8Array<ArrayBuffer>;
      readonly shape: Shape;
      readonly diagnostics: readonly Diagnostic[];
      /** Time of the compiler alone; 0 from a cache. */
      readonly milliseconds: number;
    }
  /** The source is at fault; `reason` is the first error as `file:line:column: message`. */
  | { readonly type: 'failed'; readonly reason: string; readonly diagnostics: readonly Diagnostic[] }
  /** Nothing is wrong with the source: the compiler can't be had here. `remedy`: what a person may do. */
  | { readonly type: 'unavailable'; readonly reason: string; readonly remedy: string }
  | { readonly type: 'stopped' };

/** Never rejects; settles at the signal. The same request gives the same bytes. */
export type Compile = (request: CompileRequest, signal: AbortSignal) => Promise<Compiled>;

export interface Progress {
  /** What is being done, for people: `Downloading the C++ compiler`. */
  readonly step: string;
  /** Bytes so far and in all; null where nothing is counted. */
  readonly loaded: number | null;
  readonly total: number | null;
}

export type Availability =
  /** `note`: what else is to be had with it, or not, for people. */
  | { readonly type: 'ready'; readonly version: string; readonly note?: string }
  /** Has to be loaded first; `bytes` come over the network, compressed. */
  | { readonly type: 'loadable'; readonly bytes: number; readonly version?: string }
  | { readonly type: 'missing'; readonly reason: string; readonly remedy: string };

/** A family of members, one a compiler. */
export interface Toolchain {
  readonly id: string;
  readonly title: string;
  readonly languages: readonly CompiledLanguage[];
  availability(): Promise<Availability>;
  /** Loads what `compile` needs, with progress named. Never rejects; may be tried again. */
  load(progress: (progress: Progress) => void, signal: AbortSignal): Promise<Availability>;
  readonly compile: Compile;
}
