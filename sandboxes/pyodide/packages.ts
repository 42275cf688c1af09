/**
 * Packages for Pyodide's CPython: which ones a program's files import, by Pyodide's lock file, and their files, from a server that has them, checked against
 * the lock file's SHA-256 and kept for the next visit.
 */
import type { Progress } from '../../wasm-toolchains/contract.ts';
import type { Files, Wheel } from '../contract.ts';
import { importsOf } from './import-names.ts';

/** What is used of `pyodide-lock.json`. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly install_dir: string;
  readonly imports: readonly string[];
  readonly depends: readonly string[];
}

/** Where files that were fetched once are kept; what fails here is as if nothing were kept. */
export interface Shelf {
  get(address: string): Promise<Uint8Array<ArrayBuffer> | null>;
  put(address: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

export interface PackagesOptions {
  readonly lock: () => Promise<Lock>;
  /** Address of the folder that holds the packages' files; null: there is none to be asked. */
  readonly base: () => Promise<string | null>;
  readonly fetch: typeof fetch;
  readonly shelf: Shelf | null;
}

export type WheelsResult =
  | { readonly type: 'ok'; readonly wheels: readonly Wheel[] }
  /** For people: what, where from, and what to do. */
  | { readonly type: 'failed'; readonly reason: string };

export interface PackageSizes {
  /** With versions, dependencies too, in the order they are installed. */
  readonly names: readonly string[];
  /** Over the network; 0 where nobody knows. */
  readonly bytes: number;
  /** Host that they come from. */
  readonly place: string;
}

export interface Packages {
  /** Packages that these files need and that are not among the wheels, with their versions. */
  missing(files: Files, wheels: readonly Wheel[]): Promise<readonly string[]>;
  wheels(files: Files, signal?: AbortSignal, report?: (progress: Progress) => void): Promise<WheelsResult>;
  /** Of what these files need and what is not here yet; null where that is nothing. */
  sizes(files: Files, signal?: AbortSignal): Promise<PackageSizes | null>;
}

/** Where the files of this version's packages are published. */
export const PACKAGES_BASE = 'https://cdn.jsdelivr.net/pyodide/v314.0.7/full/';

/** An address of a folder, whether it was given with its last stroke or without. */
export function folder(address: string): string {
  return address.endsWith('/') ? address : `${address}/`;
}

export function createPackages({ lock, base, fetch, shelf }: PackagesOptions): Packages {
  /** By SHA-256. */
  const held = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  let locked: Promise<Lock> | null = null;

  async function needed(files: Files): Promise<readonly (LockedPackage & { readonly asked: readonly string[] })[]> {
    const names = importsOf(files);
    if (names.size === 0) return [];
    locked ??= lock().catch((error: unknown) => {
      locked = null;
      throw error;
    });
    return resolve(await locked, names);
  }

  async function bytesOf(
    one: LockedPackage,
    from: string,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const address = new URL(one.file_name, from).href;
    const kept = await shelf?.get(address).catch(() => null);
    if (kept && (await sha256(kept)) === one.sha256) return kept;
    const response = await fetch(address, {
      ...(signal ? { signal } : {}),
      credentials: 'omit',
      redirect: 'follow',
    }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      throw new Error('it can not be reached from here');
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if ((await sha256(bytes)) !== one.sha256)
      throw new Error('what it gave is not the file that Pyodide’s lock file names');
    await shelf?.put(address, bytes).catch(() => {});
    return bytes;
  }

  function hold(one: LockedPackage, from: string, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const known = held.get(one.sha256);
    if (known) return known;
    const coming = bytesOf(one, from, signal);
    held.set(one.sha256, coming);
    coming.catch(() => held.delete(one.sha256));
    return coming;
  }

  return {
    async missing(files, wheels) {
      const known = new Set(wheels.map(({ file }) => file));
      const others = (await needed(files)).filter((one) => !known.has(one.file_name));
      return others.map(({ name, version }) => `${name} ${version}`);
    },

    async wheels(files, signal, report = () => {}) {
      const all = await needed(files).catch((error: unknown) => describe(error));
      if (typeof all === 'string')
        return { type: 'failed', reason: `Pyodide’s list of packages could not be read: ${all}` };
      if (all.length === 0) return { type: 'ok', wheels: [] };
      const from = await base();
      if (from === null) return { type: 'failed', reason: `${titles(all)}: packages are switched off here. ${REMEDY}` };
      const wheels: Wheel[] = [];
      for (const [place, one] of all.entries()) {
        report({ step: `Downloading ${one.name} ${one.version}`, loaded: place, total: all.length });
        try {
          const bytes = await hold(one, from, signal);
          const kind = one.install_dir === 'dynlib' ? 'library' : 'package';
          wheels.push({ name: one.name, file: one.file_name, kind, imports: one.asked, bytes });
        } catch (error) {
          if (signal?.aborted === true) return { type: 'failed', reason: 'stopped' };
          const reason = `${one.name} ${one.version} could not be fetched from ${from}: ${describe(error)}. ${REMEDY}`;
          return { type: 'failed', reason };
        }
      }
      return { type: 'ok', wheels };
    },

    async sizes(files, signal) {
      const from = await base();
      const missing = (await needed(files)).filter(({ sha256 }) => !held.has(sha256));
      if (from === null || missing.length === 0) return null;
      const lengths = await Promise.all(
        missing.map(async (one): Promise<number> => {
          const address = new URL(one.file_name, from).href;
          if (await shelf?.get(address).catch(() => null)) return 0;
          const response = await fetch(address, { method: 'HEAD', credentials: 'omit', ...(signal ? { signal } : {}) });
          return response.ok ? Number(response.headers.get('content-length') ?? Number.NaN) : Number.NaN;
        }),
      ).catch(() => [Number.NaN]);
      const bytes = lengths.reduce((sum, length) => sum + length, 0);
      if (bytes === 0) return null;
      const names = missing.map(({ name, version }) => `${name} ${version}`);
      return { names, bytes: Number.isFinite(bytes) ? bytes : 0, place: new URL(from).host };
    },
  };
}

const REMEDY =
  'Do without it, with the standard library alone; or let the relay allow packages with GENESIS_PYTHON_PACKAGES=1, or put the files of Pyodide’s packages ' +
  'on a server that can be reached and give that its address';

/** Packages that these names are imported from, dependencies first. */
export function resolve(
  { packages }: Lock,
  names: ReadonlySet<string>,
): readonly (LockedPackage & { readonly asked: readonly string[] })[] {
  const found = new Map<string, LockedPackage & { readonly asked: readonly string[] }>();
  const visiting = new Set<string>();
  const add = (one: LockedPackage): void => {
    if (visiting.has(one.name)) return;
    visiting.add(one.name);
    for (const name of one.depends) {
      const other = packages[name];
      if (other) add(other);
    }
    found.set(one.name, { ...one, asked: one.imports.filter((name) => names.has(name)) });
  };
  for (const one of Object.values(packages)) if (one.imports.some((name) => names.has(name))) add(one);
  return [...found.values()];
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function titles(all: readonly LockedPackage[]): string {
  return all.map(({ name, version }) => `${name} ${version}`).join(', ');
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
