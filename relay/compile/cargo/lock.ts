/** `Cargo.lock`: which versions exactly, with the SHA-256 of each. A stranger's is read and written anew, like a manifest. */
import { CRATE } from './dependencies.ts';
import { isTable, readToml, tomlText, type TomlTable } from './toml.ts';

export interface Locked {
  readonly name: string;
  readonly version: string;
  /** null for the program itself. */
  readonly checksum: string | null;
  readonly needs: readonly string[];
}

export type ReadLock =
  | { readonly type: 'ok'; readonly packages: readonly Locked[] }
  | { readonly type: 'failed'; readonly line: number; readonly column: number; readonly message: string };

const LONGEST = 1_000_000;
/** Both are names of crates.io, as Cargo writes them. */
const REGISTRY = 'registry+https://github.com/rust-lang/crates.io-index';
const SOURCES: readonly unknown[] = [REGISTRY, 'sparse+https://index.crates.io/'];
const VERSION = /^\d{1,20}\.\d{1,20}\.\d{1,20}(?:[-+][0-9A-Za-z.+-]{1,100})?$/;

export function readLock(text: string): ReadLock {
  const read = readToml(text, LONGEST);
  if (read.type === 'failed') return read;
  const fault = (message: string): ReadLock => ({ type: 'failed', line: 0, column: 0, message });
  const { version, package: list = [] } = read.table;
  if (version !== undefined && version !== 3 && version !== 4)
    return fault(`version ${String(version).slice(0, 20)} of locks is not known here, but 3 and 4`);
  if (Object.hasOwn(read.table, 'patch')) return fault('patch: crates can’t be put in place of those of crates.io');
  if (!Array.isArray(list)) return fault('package must be a list');
  const packages: Locked[] = [];
  for (const each of list) {
    const found = lockedOf(isTable(each) ? each : null);
    if (typeof found === 'string') return fault(found);
    packages.push(found);
  }
  return { type: 'ok', packages };
}

function lockedOf(from: TomlTable | null): Locked | string {
  const { name, version, source, checksum, dependencies = [] } = from ?? {};
  if (typeof name !== 'string' || !CRATE.test(name)) return 'a package without a name';
  if (typeof version !== 'string' || !VERSION.test(version)) return `${name} has no version like "1.0.0"`;
  if (source !== undefined && !SOURCES.includes(source))
    return `${name}: crates come from crates.io only, not from ${String(source).slice(0, 100)}`;
  if (source === undefined ? checksum !== undefined : typeof checksum !== 'string' || !/^[\da-f]{64}$/.test(checksum))
    return `${name} needs a checksum of 64 digits`;
  const needs = Array.isArray(dependencies) ? (dependencies as readonly unknown[]) : [null];
  if (
    !needs.every(
      (need) => typeof need === 'string' && /^[\w-]{1,64}(?: [\w.+-]{1,100})?(?: \([^()]{1,100}\))?$/.test(need),
    )
  )
    return `${name}: dependencies must be a list of names`;
  return {
    ...{ name, version, checksum: source === undefined ? null : (checksum as string) },
    needs: (needs as string[]).map((need) => need.replace(/ \(.*$/, '')),
  };
}

export function lockText(packages: readonly Locked[]): string {
  const entries = packages.map(({ name, version, checksum, needs }) =>
    [
      '[[package]]',
      `name = ${tomlText(name)}`,
      `version = ${tomlText(version)}`,
      ...(checksum === null ? [] : [`source = ${tomlText(REGISTRY)}`, `checksum = ${tomlText(checksum)}`]),
      ...(needs.length === 0 ? [] : [`dependencies = ${tomlText(needs)}`]),
      '',
    ].join('\n'),
  );
  return ['version = 3\n', ...entries].join('\n');
}
