/** What of a stranger's manifest and lock reaches Cargo: what was understood, and nothing else. */
import { describe, expect, it } from 'vitest';
import { lockText, readLock } from '../../../relay/compile/cargo/lock.ts';
import { manifestText, readProject } from '../../../relay/compile/cargo/manifest.ts';
import { readToml } from '../../../relay/compile/cargo/toml.ts';

const HEAD = '[package]\nname = "program"\nversion = "0.1.0"\nedition = "2021"\n';
const LIB = '#[no_mangle] pub extern "C" fn f() -> u32 { 1 }';
const read = (manifest: string, more: Readonly<Record<string, string>> = {}, entry = 'src/lib.rs') =>
  readProject({ [entry]: LIB, 'Cargo.toml': manifest, ...more }, entry);
const ok = (...given: Parameters<typeof read>) => {
  const result = read(...given);
  if (result.type === 'failed') throw new Error(result.diagnostics.map(({ message }) => message).join('; '));
  return result.project;
};
const faults = (...given: Parameters<typeof read>) => {
  const result = read(...given);
  if (result.type === 'ok') throw new Error('taken');
  return result.diagnostics.map(({ file, message }) => `${file}: ${message}`).join('; ');
};
const written = (...given: Parameters<typeof read>) => {
  const result = readToml(manifestText(ok(...given), { optimise: 'speed' }), 100_000);
  if (result.type === 'failed') throw new Error(result.message);
  return JSON.parse(JSON.stringify(result.table)) as Record<string, Record<string, unknown>>;
};

describe('a manifest', () => {
  it('is written anew for Cargo: a module with exports, optimised as asked', () => {
    const table = written(
      `${HEAD}authors = ["A"]\n[dependencies]\nitoa = "1"\nsmall = { package = "smallvec", version = "1.10", features = ["union"], default-features = false }\n[dev-dependencies]\nevil = { git = "https://example.com" }\n[profile.release]\nlto = true\nopt-level = 1\n`,
    );
    expect(table['package']).toMatchObject({ name: 'program', build: false });
    expect(table['package']).not.toHaveProperty('authors');
    expect(table['lib']).toEqual({ name: 'program', path: 'src/lib.rs', 'crate-type': ['cdylib'] });
    expect(table['dependencies']).toEqual({
      itoa: { package: 'itoa', version: '1', features: [], 'default-features': true, optional: false },
      small: { package: 'smallvec', version: '1.10', features: ['union'], 'default-features': false, optional: false },
    });
    expect(table['profile']).toEqual({
      release: { 'opt-level': 3, strip: 'symbols', panic: 'abort', debug: false, incremental: false, lto: true },
    });
    expect(table).not.toHaveProperty('dev-dependencies');
    expect(table).not.toHaveProperty('bin');
  });

  it('with a main becomes a command, and may have a library beside it', () => {
    const more = { 'src/lib.rs': 'pub fn g() {}', 'src/main.rs': 'fn main() { program::g() }' };
    const table = written(HEAD, more, 'src/main.rs');
    expect(table['bin']).toEqual([{ name: 'genesis-program', path: 'src/main.rs' }]);
    expect(table['lib']).toMatchObject({ path: 'src/lib.rs', 'crate-type': ['rlib'] });
  });

  it.each([
    [
      'a folder elsewhere',
      '[dependencies]\nx = { path = "/etc" }',
      'dependencies.x.path: crates come from crates.io only',
    ],
    ['a folder inside', '[dependencies.x]\npath = "../y"\nversion = "1"', 'crates.io only'],
    ['a git repository', '[dependencies]\nx = { git = "https://example.com/x" }', 'a git repository'],
    ['another registry', '[dependencies]\nx = { version = "1", registry = "mine" }', 'another registry'],
    ['an index', '[dependencies]\nx = { version = "1", registry-index = "sparse+https://a/" }', 'another registry'],
    ['a workspace’s', '[dependencies]\nx.workspace = true', 'a workspace'],
    ['a patch', '[patch.crates-io]\nx = { path = "y" }', 'patch: crates can’t be put in place'],
    ['a replacement', '[replace]\n"x:1.0.0" = { path = "y" }', 'replace: '],
    ['a workspace', '[workspace]\nmembers = ["/"]', 'workspace: a program is one package'],
    ['a target’s own', '[target.x86_64-unknown-linux-gnu]\nlinker = "/bin/sh"', 'target: '],
    ['what Cargo calls unstable', 'cargo-features = ["profile-rustflags"]', 'package.cargo-features'],
    ['flags', '[profile.release]\nrustflags = ["-C", "linker=/bin/sh"]', 'profile.release.rustflags'],
    ['a profile of one crate', '[profile.release.package.x]\nopt-level = 1', 'profile.release.package'],
    ['what nobody knows', '[build]\nrustc-wrapper = "/bin/sh"', 'build is no part of a manifest'],
    ['a library of another kind', '[lib]\ncrate-type = ["staticlib"]', 'lib.crate-type must hold "cdylib"'],
    ['a macro', '[lib]\nproc-macro = true', 'lib.proc-macro'],
    ['another entry', '[lib]\npath = "src/other.rs"', "the program's entry is src/lib.rs"],
    ['a program without main', '[[bin]]\nname = "x"\npath = "src/lib.rs"', 'has no fn main'],
    ['a version of nothing', '[dependencies]\nx = "1\\n[patch]"', 'version must be'],
    ['a name of nothing', '[dependencies]\n"x = 1\\n" = "1"', 'is no name of a crate'],
    ['a feature of nothing', '[dependencies]\nx = { version = "1", features = ["a\\"b"] }', 'features must be'],
    ['a number', '[dependencies]\nx = 3', 'must be a version'],
    ['too many', `[dependencies]\n${Array.from({ length: 65 }, (_, i) => `x${i} = "1"`).join('\n')}`, '64 are allowed'],
    ['what says nothing of the build', '[package.metadata.x]\ny = 1\n[badges]\n', ''],
  ])('%s: says what it may not have', (_what, more, words) => {
    const result = read(`${HEAD}${more}\n`);
    if (words === '') expect(result.type).toBe('ok');
    else expect(faults(`${HEAD}${more}\n`)).toContain(words);
  });

  it('refuses a script outside, and takes one that is there', () => {
    expect(faults(HEAD.replace('edition', 'build = "/bin/sh"\nedition'))).toContain('package.build');
    expect(faults(HEAD.replace('edition', 'build = "none.rs"\nedition'))).toContain('package.build');
    expect(ok(HEAD, { 'build.rs': 'fn main() {}' }).script).toBe('build.rs');
    expect(ok(HEAD.replace('edition', 'build = false\nedition'), { 'build.rs': 'fn main() {}' }).script).toBeNull();
  });

  it.each([
    '.cargo/config.toml',
    '.cargo/config',
    'src/.cargo/config.toml',
    'rust-toolchain',
    'rust-toolchain.toml',
    'x/Cargo.toml',
  ])('refuses a file %s beside it', (path) => {
    expect(faults(HEAD, { [path]: 'x' })).toContain(`${path}: `);
  });

  it('names the place of what can’t be read, and settles on what is huge or deep', () => {
    const result = read(`${HEAD}x = [`);
    expect(result).toMatchObject({ type: 'failed', diagnostics: [{ file: 'Cargo.toml', line: 5 }] });
    expect(faults(`${HEAD}#${'x'.repeat(70_000)}`)).toContain('64000 are allowed');
    expect(faults(`${HEAD}a = ${'['.repeat(30_000)}`)).toContain('deep');
    expect(faults(`${HEAD}${'a.'.repeat(20_000)}b = 1`)).toContain('deep');
    expect(faults('')).toContain('[package]');
  });
});

describe('a lock', () => {
  const REGISTRY = 'registry+https://github.com/rust-lang/crates.io-index';
  const of = (source: string, checksum = 'a'.repeat(64)) =>
    `version = 4\n[[package]]\nname = "x"\nversion = "1.0.0"\nsource = "${source}"\nchecksum = "${checksum}"\ndependencies = ["y 1.0.0 (${REGISTRY})"]\n\n[[package]]\nname = "program"\nversion = "0.1.0"\ndependencies = ["x"]\n`;

  it('is read, and written so that it reads the same', () => {
    const first = readLock(of(REGISTRY));
    if (first.type !== 'ok') throw new Error(first.message);
    expect(first.packages[0]).toEqual({ name: 'x', version: '1.0.0', checksum: 'a'.repeat(64), needs: ['y 1.0.0'] });
    expect(readLock(lockText(first.packages))).toEqual(first);
  });

  it.each([
    ['git', of('git+https://example.com/x#abc'), 'crates.io only'],
    ['a registry', of('registry+https://example.com/index'), 'crates.io only'],
    ['a folder', of('path+file:///etc'), 'crates.io only'],
    ['no checksum', of(REGISTRY, ''), 'checksum'],
    ['no version', '[[package]]\nname = "x"\n', 'version'],
    ['no name', '[[package]]\nversion = "1.0.0"\n', 'without a name'],
    ['a patch', '[patch]\n', 'patch'],
    ['the future', 'version = 99', 'not known here'],
    ['words', of(REGISTRY).replace('["x"]', '["x\\n"]'), 'list of names'],
    ['a list of tables that is none', 'package = 3', 'must be a list'],
  ])('refuses %s', (_what, text, words) => {
    const result = readLock(text);
    if (result.type === 'ok') throw new Error('taken');
    expect(result.message).toContain(words);
  });
});
