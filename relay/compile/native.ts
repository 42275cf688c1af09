/** A family: one member a language whose compiler is a program of this machine. */
import { spawnSync } from 'node:child_process';
import type { CompiledLanguage, CompileRequest, Diagnostic, Shape } from '../../wasm-toolchains/contract.ts';

export interface Found {
  readonly type: 'found';
  readonly version: string;
  readonly command: string;
  /** Folders the compiler needs to read. */
  readonly reads: readonly string[];
  /** What a member learned in finding it. */
  readonly notes: Readonly<Record<string, string>>;
}

export type Sought = Found | { readonly type: 'missing'; readonly reason: string; readonly remedy: string };

export interface Plan {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly shape: Shape;
  /** Further files the build needs: what a project is without it. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the module is, from `/work`. */
  readonly output: string;
  readonly needsCache: boolean;
}

export interface NativeCompiler {
  readonly language: CompiledLanguage;
  readonly title: string;
  /** Asked once a process. */
  find(): Sought;
  /** A fault of the request, in words, or what to run. `cache`: a folder that outlives the build. */
  plan(request: CompileRequest, found: Found, cache: string): Plan | string;
  read(said: string, files: ReadonlySet<string>): Diagnostic[];
}

/** First words that a program says of itself; null where it says nothing within 10 s. */
export function ask(command: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : null;
}
