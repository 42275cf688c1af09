/**
 * `Cargo.toml` of a stranger, read field by field. What Cargo gets is written anew from what was understood, so a field that nobody thought of can't
 * reach it.
 */
import type { CompileOptions, Diagnostic, Files, Shape } from '../../../wasm-toolchains/contract.ts';
import { CRATE, isFeatures, readDependencies, type Dependency } from './dependencies.ts';
import { isTable, readToml, tomlText, type Toml, type TomlTable } from './toml.ts';

export interface Project {
  readonly name: string;
  readonly version: string;
  readonly edition: string;
  readonly shape: Shape;
  /** Path of what is compiled to the module. */
  readonly entry: string;
  /** Name of the library, as code says it. */
  readonly library: string;
  /** Path of a library beside a `main`; null where there is none. */
  readonly beside: string | null;
  /** Path of a script that runs before it is compiled. */
  readonly script: string | null;
  readonly dependencies: readonly Dependency[];
  readonly scriptDependencies: readonly Dependency[];
  readonly features: Readonly<Record<string, readonly string[]>>;
  readonly profile: Readonly<Record<string, Toml>>;
}

export type ReadProject =
  | { readonly type: 'ok'; readonly project: Project }
  | { readonly type: 'failed'; readonly diagnostics: readonly Diagnostic[] };

export const MANIFEST = 'Cargo.toml';
export const LOCK = 'Cargo.lock';
const LONGEST = 64_000;

/** Fields that say nothing of how a program is made. */
const WORDS = [
  ...['authors', 'description', 'documentation', 'readme', 'homepage', 'repository', 'license', 'license-file'],
  ...['keywords', 'categories', 'publish', 'metadata', 'exclude', 'include', 'rust-version', 'default-run'],
  ...['autobins', 'autolib', 'autoexamples', 'autotests', 'autobenches', 'resolver'],
];
const PACKAGE = ['name', 'version', 'edition', 'build', ...WORDS];
const UNUSED = ['dev-dependencies', 'dev_dependencies', 'badges', 'lints', 'bench', 'test', 'example'];
const REFUSED: Readonly<Record<string, string>> = {
  patch: 'crates can’t be put in place of those of crates.io',
  replace: 'crates can’t be put in place of those of crates.io',
  workspace: 'a program is one package, without a workspace',
  target: 'dependencies of one target alone are not to be had here; put them under dependencies',
  'cargo-features': 'only what is stable in Cargo is to be had',
};
const PROFILE: Readonly<Record<string, (value: Toml) => boolean>> = {
  lto: (value) => typeof value === 'boolean' || ['thin', 'fat', 'off'].includes(value as string),
  'codegen-units': (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 256,
  'overflow-checks': (value) => typeof value === 'boolean',
  'debug-assertions': (value) => typeof value === 'boolean',
};
/** Set by what the build is asked for, or without a meaning for a module. */
const PROFILE_OURS = ['opt-level', 'debug', 'strip', 'panic', 'incremental', 'rpath', 'split-debuginfo'];

export function readProject(files: Files, entry: string): ReadProject {
  const problems: string[] = [];
  const note = (problem: string): void => void problems.push(problem);
  const stray = strayFile(Object.keys(files));
  if (stray !== null) return failed([{ file: stray.file, message: stray.message }]);
  const read = readToml(files[MANIFEST] ?? '', LONGEST);
  if (read.type === 'failed') return failed([{ file: MANIFEST, ...read }]);
  const { table } = read;
  for (const key of Object.keys(table)) {
    if (Object.hasOwn(REFUSED, key) && !(key === 'workspace' && isEmpty(table[key])))
      note(`${key}: ${REFUSED[key] ?? ''}`);
    else if (!TOP.includes(key)) note(`${key.slice(0, 40)} is no part of a manifest that is known here`);
  }
  const about = isTable(table['package']) ? table['package'] : null;
  if (about === null) note('needs a [package] with a name');
  for (const key of Object.keys(about ?? {}))
    if (!PACKAGE.includes(key)) note(`package.${key.slice(0, 40)} is not to be had here`);
  const name = about?.['name'];
  const version = about?.['version'] ?? '0.0.0';
  const edition = about?.['edition'] ?? '2021';
  if (about !== null && (typeof name !== 'string' || !CRATE.test(name))) note('package.name must be a name');
  if (typeof version !== 'string' || !/^\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][\w.+-]{1,60})?$/.test(version))
    note('package.version must be one like "0.1.0"');
  if (!['2015', '2018', '2021', '2024'].includes(edition as string)) note('package.edition must be "2021", or another');
  const shape: Shape = /^\s*(pub\s+)?fn\s+main\s*\(/m.test(files[entry] ?? '') ? 'command' : 'reactor';
  const library = readLibrary(table['lib'], entry, shape, note);
  readPrograms(table['bin'], entry, shape, note);
  const script = readScript(about?.['build'], files, note);
  const dependencies = readDependencies(table['dependencies'], 'dependencies', note);
  const scriptDependencies = readDependencies(
    table['build-dependencies'] ?? table['build_dependencies'],
    'build-dependencies',
    note,
  );
  const features = readFeatures(table['features'], note);
  const profile = readProfile(table['profile'], note);
  if (problems.length > 0) return failed(problems.slice(0, 20).map((message) => ({ file: MANIFEST, message })));
  const beside =
    shape === 'command' ? (library.path ?? (Object.hasOwn(files, 'src/lib.rs') ? 'src/lib.rs' : null)) : null;
  const project: Project = {
    ...{ name: name as string, version: version as string, edition: edition as string, shape, entry },
    ...{ library: library.name ?? (name as string).replaceAll('-', '_'), beside, script },
    ...{ dependencies, scriptDependencies, features, profile },
  };
  return { type: 'ok', project };
}

const TOP = [
  ...['package', 'lib', 'bin', 'dependencies', 'build-dependencies', 'build_dependencies', 'features', 'profile'],
  ...['workspace', ...UNUSED],
];

/** Files by which Cargo, or what starts it, would be told to do something else. */
function strayFile(paths: readonly string[]): { readonly file: string; readonly message: string } | null {
  for (const file of paths) {
    const parts = file.split('/');
    if (parts.includes('.cargo')) return { file, message: 'settings of Cargo are not taken from a program' };
    if (/^rust-toolchain(\.toml)?$/.test(parts.at(-1) as string))
      return { file, message: 'the compiler is the relay’s; a program can’t choose another' };
    if (parts.at(-1) === MANIFEST && parts.length > 1)
      return { file, message: 'a program is one package: the only Cargo.toml stands at its top' };
  }
  return null;
}

function readLibrary(
  value: Toml | undefined,
  entry: string,
  shape: Shape,
  note: (problem: string) => void,
): { readonly name: string | null; readonly path: string | null } {
  if (value === undefined) return { name: null, path: null };
  if (!isTable(value)) {
    note('lib must be a table');
    return { name: null, path: null };
  }
  const { name = null, path = null, 'crate-type': given = value['crate_type'] } = value;
  if (name !== null && (typeof name !== 'string' || !/^[A-Za-z_]\w{0,63}$/.test(name))) note('lib.name must be a name');
  if (path !== null && (typeof path !== 'string' || !isPath(path))) note('lib.path must be a path inside the program');
  if (value['proc-macro'] === true || value['proc_macro'] === true)
    note('lib.proc-macro: a program can’t be a macro itself');
  if (shape === 'reactor') {
    if (path !== null && path !== entry) note(`lib.path is ${tomlText(path)}, but the program's entry is ${entry}`);
    const kinds = given === undefined ? ['cdylib'] : Array.isArray(given) ? (given as readonly Toml[]) : [given];
    if (!kinds.includes('cdylib'))
      note('lib.crate-type must hold "cdylib": that makes a module whose exports are called');
  }
  return { name: typeof name === 'string' ? name : null, path: typeof path === 'string' ? path : null };
}

function readPrograms(value: Toml | undefined, entry: string, shape: Shape, note: (problem: string) => void): void {
  if (value === undefined) return;
  const list = Array.isArray(value) ? (value as readonly Toml[]) : [];
  const [first] = list;
  if (list.length !== 1 || !isTable(first)) return note('bin: one [[bin]] is allowed');
  if (shape === 'reactor') return note(`bin: ${entry} has no fn main; leave [[bin]] out`);
  if (first['path'] !== undefined && first['path'] !== entry)
    note(`bin.path is ${tomlText(first['path'])}, but the program's entry is ${entry}`);
}

function readScript(value: Toml | undefined, files: Files, note: (problem: string) => void): string | null {
  if (value === false) return null;
  if (value === undefined || value === true) return Object.hasOwn(files, 'build.rs') ? 'build.rs' : null;
  if (typeof value === 'string' && isPath(value) && Object.hasOwn(files, value)) return value;
  note('package.build must name a file of the program, or be false');
  return null;
}

function readFeatures(value: Toml | undefined, note: (problem: string) => void): Project['features'] {
  const found: Record<string, readonly string[]> = {};
  if (value === undefined) return found;
  if (!isTable(value) || Object.keys(value).length > 100) {
    note('features must be a table of at most 100 lists');
    return found;
  }
  for (const [name, list] of Object.entries(value)) {
    if (CRATE.test(name) && isFeatures(list)) found[name] = list;
    else note(`features.${name.slice(0, 40)} must be a list of names`);
  }
  return found;
}

function readProfile(value: Toml | undefined, note: (problem: string) => void): Project['profile'] {
  const found: Record<string, Toml> = {};
  const release = isTable(value) ? value['release'] : undefined;
  if (value !== undefined && !isTable(value)) note('profile must be a table');
  if (release === undefined) return found;
  if (!isTable(release)) {
    note('profile.release must be a table');
    return found;
  }
  for (const [key, given] of Object.entries(release)) {
    if (PROFILE_OURS.includes(key)) continue;
    if (Object.hasOwn(PROFILE, key) && PROFILE[key]?.(given)) found[key] = given;
    else note(`profile.release.${key.slice(0, 40)} is not to be had here, or not so`);
  }
  return found;
}

/** A manifest of what was read, for Cargo. */
export function manifestText(project: Project, { optimise }: Pick<CompileOptions, 'optimise'>): string {
  const { name, version, edition, shape, entry, library, beside, script, features } = project;
  const level = { speed: 3, size: 'z', none: 0 }[optimise];
  const libraryPath = shape === 'reactor' ? entry : beside;
  const section = (title: string, table: Readonly<Record<string, Toml>>): string =>
    [`[${title}]`, ...Object.entries(table).map(([key, value]) => `${tomlText(key)} = ${tomlText(value)}`), ''].join(
      '\n',
    );
  const crates = (list: readonly Dependency[]): Record<string, TomlTable> =>
    Object.fromEntries(
      list.map((each) => [
        each.name,
        {
          ...{ package: each.crate, version: each.version, features: each.features },
          ...{ 'default-features': each.defaultFeatures, optional: each.optional },
        },
      ]),
    );
  return [
    section('package', {
      ...{ name, version, edition, build: script ?? false, publish: false },
      ...{ autobins: false, autoexamples: false, autotests: false, autobenches: false },
    }),
    ...(libraryPath === null
      ? []
      : [
          section('lib', { name: library, path: libraryPath, 'crate-type': [shape === 'reactor' ? 'cdylib' : 'rlib'] }),
        ]),
    ...(shape === 'command' ? [section('[bin]', { name: PROGRAM, path: entry })] : []),
    section('dependencies', crates(project.dependencies)),
    section('build-dependencies', crates(project.scriptDependencies)),
    section('features', features),
    section('profile.release', {
      ...{ 'opt-level': level, strip: 'symbols', panic: 'abort', debug: false, incremental: false },
      ...project.profile,
    }),
    '[workspace]\n',
  ].join('\n');
}

/** Name of a `main`, whatever the package is called. */
export const PROGRAM = 'genesis-program';

function isEmpty(value: Toml | undefined): boolean {
  return isTable(value) && Object.keys(value).length === 0;
}

function isPath(path: string): boolean {
  return path.length <= 200 && /^[\w@-][\w.@-]*(\/[\w@-][\w.@-]*)*$/.test(path);
}

function failed(
  faults: readonly {
    readonly file: string;
    readonly line?: number;
    readonly column?: number;
    readonly message: string;
  }[],
): ReadProject {
  return {
    type: 'failed',
    diagnostics: faults.map(({ file, line = 0, column = 0, message }) => ({
      severity: 'error',
      file,
      line,
      column,
      message,
    })),
  };
}
