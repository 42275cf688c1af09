/** Rust: one file by rustc, with what it takes in by `mod`. What has a Cargo.toml is compiled by `cargo/`. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gnuDiagnostics } from '../../wasm-toolchains/diagnostics.ts';
import { findProgram } from './jail.ts';
import { ask, type NativeCompiler, type Sought } from './native.ts';

const TARGETS = ['wasm32-wasip1', 'wasm32-wasi'];

export const rust: NativeCompiler = {
  language: 'rust',
  title: 'Rust',
  find(): Sought {
    const candidates = [findProgram('rustc'), '/usr/bin/rustc', join(homedir(), '.cargo/bin/rustc')];
    const tried = new Set<string>();
    for (const command of candidates) {
      if (command === null || tried.has(command) || !existsSync(command)) continue;
      tried.add(command);
      const sysroot = ask(command, ['--print', 'sysroot']);
      const version = ask(command, ['--version']);
      if (sysroot === null || version === null) continue;
      const target = TARGETS.find((name) => existsSync(join(sysroot, 'lib/rustlib', name, 'lib')));
      if (target === undefined) continue;
      // A rustup proxy would look for its settings; the compiler itself stands in its sysroot.
      const own = join(sysroot, 'bin/rustc');
      return {
        type: 'found',
        version,
        command: existsSync(own) ? own : command,
        reads: [sysroot],
        notes: { target },
      };
    }
    return {
      type: 'missing',
      reason: tried.size > 0 ? 'the Rust compiler here can’t make WebAssembly' : 'there is no Rust compiler here',
      remedy: 'rustup target add wasm32-wasip1, or on Debian: apt install rustc libstd-rust-dev-wasm32 lld',
    };
  },
  plan({ files, entry, options }, { notes }) {
    const target = notes['target'] as string;
    const command = Object.entries(files).some(
      ([path, text]) => path.endsWith('.rs') && /^\s*(pub\s+)?fn\s+main\s*\(/m.test(text),
    );
    const level = { speed: '3', size: 'z', none: '0' }[options.optimise];
    const simd = (options.simd ?? true) ? ['-C', 'target-feature=+simd128'] : [];
    const shared = [
      '--target',
      target,
      '--edition',
      '2021',
      '-C',
      `opt-level=${level}`,
      '-C',
      'strip=symbols',
      '-C',
      'panic=abort',
      ...simd,
    ];
    return {
      args: [
        entry,
        '-o',
        'out.wasm',
        '--crate-name',
        'program',
        '--crate-type',
        command ? 'bin' : 'cdylib',
        '--error-format',
        'short',
        ...shared,
      ],
      environment: {},
      shape: command ? 'command' : 'reactor',
      files: {},
      output: 'out.wasm',
      needsCache: false,
    };
  },
  read: gnuDiagnostics,
};
