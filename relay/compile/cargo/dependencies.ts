/** What a manifest may depend on: crates of the registry by version, and nothing that lies elsewhere. */
import { isTable, type Toml, type TomlTable } from './toml.ts';

export interface Dependency {
  /** What the program calls it. */
  readonly name: string;
  /** What the registry calls it. */
  readonly crate: string;
  readonly version: string;
  readonly features: readonly string[];
  readonly defaultFeatures: boolean;
  readonly optional: boolean;
}

export const CRATE = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const VERSION = /^[0-9A-Za-z.*^~<>=,+ -]{1,100}$/;
const FEATURE = /^[\w][\w+./?:-]{0,100}$/;
const MOST = 64;

const ELSEWHERE: Readonly<Record<string, string>> = {
  path: 'a folder outside the program',
  git: 'a git repository',
  registry: 'another registry',
  'registry-index': 'another registry',
  workspace: 'a workspace',
  base: 'a folder outside the program',
};
const KNOWN = ['version', 'features', 'default-features', 'default_features', 'optional', 'package'];

/** `note` is told of each fault. `where` names the table, as `dependencies`. */
export function readDependencies(
  value: Toml | undefined,
  where: string,
  note: (problem: string) => void,
): readonly Dependency[] {
  if (value === undefined) return [];
  if (!isTable(value)) {
    note(`${where} must be a table`);
    return [];
  }
  const entries = Object.entries(value);
  if (entries.length > MOST) {
    note(`${where} has ${entries.length} crates; ${MOST} are allowed`);
    return [];
  }
  const found: Dependency[] = [];
  for (const [name, given] of entries) {
    if (!CRATE.test(name)) {
      note(`${where}: ${JSON.stringify(name.slice(0, 80))} is no name of a crate`);
      continue;
    }
    const read = readDependency(name, given, `${where}.${name}`, note);
    if (read) found.push(read);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readDependency(name: string, given: Toml, where: string, note: (problem: string) => void): Dependency | null {
  const from: TomlTable | null = typeof given === 'string' ? { version: given } : isTable(given) ? given : null;
  if (from === null) {
    note(`${where} must be a version like "1.0", or a table with one`);
    return null;
  }
  for (const key of Object.keys(from)) {
    if (Object.hasOwn(ELSEWHERE, key)) {
      note(`${where}.${key}: crates come from crates.io only, not from ${ELSEWHERE[key] ?? ''}`);
      return null;
    }
    if (!KNOWN.includes(key)) {
      note(`${where}.${key.slice(0, 40)} is not to be had here; there are ${KNOWN.join(', ')}`);
      return null;
    }
  }
  const { version, features = [], optional = false, package: crate = name } = from;
  const defaults = from['default-features'] ?? from['default_features'] ?? true;
  const problem =
    typeof version !== 'string' || !VERSION.test(version)
      ? 'version must be one like "1.0"'
      : !isFeatures(features)
        ? 'features must be a list of names'
        : typeof optional !== 'boolean' || typeof defaults !== 'boolean'
          ? 'optional and default-features must be true or false'
          : typeof crate !== 'string' || !CRATE.test(crate)
            ? 'package must be the name of a crate'
            : null;
  if (problem !== null) {
    note(`${where}.${problem}`);
    return null;
  }
  return {
    ...{ name, crate: crate as string, version: version as string, features: features as string[] },
    ...{ defaultFeatures: defaults as boolean, optional: optional as boolean },
  };
}

export function isFeatures(value: Toml | undefined): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= 100 &&
    (value as readonly Toml[]).every((each) => typeof each === 'string' && FEATURE.test(each))
  );
}
