/** Zig, from its own archive or Python's `ziglang` package. */
import { dirname } from 'node:path';
import { gnuDiagnostics } from '../../wasm-toolchains/diagnostics.ts';
import { findProgram } from './jail.ts';
import { ask, type NativeCompiler, type Sought } from './native.ts';

export const zig: NativeCompiler = {
  language: 'zig',
  title: 'Zig',
  find(): Sought {
    const own = findProgram('zig');
    const python = findProgram('python3');
    const packaged =
      python &&
      ask(python, ['-c', 'import ziglang, os; print(os.path.join(os.path.dirname(ziglang.__file__), "zig"))']);
    for (const command of [own, packaged]) {
      const version = command && ask(command, ['version']);
      if (command && version) return { type: 'found', version, command, reads: [dirname(command)], notes: {} };
    }
    return {
      type: 'missing',
      reason: 'there is no Zig compiler here',
      remedy: 'pip install ziglang, or install it from ziglang.org',
    };
  },
  plan({ files, entry, options }, _found, cache) {
    const command = Object.entries(files).some(
      ([path, text]) => path.endsWith('.zig') && /^\s*pub\s+fn\s+main\s*\(/m.test(text),
    );
    const mode = { speed: 'ReleaseFast', size: 'ReleaseSmall', none: 'Debug' }[options.optimise];
    const cpu = (options.simd ?? true) ? ['-mcpu=generic+simd128+bulk_memory'] : [];
    return {
      args: [
        ...[
          'build-exe',
          entry,
          '-target',
          'wasm32-wasi',
          '-O',
          mode,
          ...cpu,
          '-femit-bin=out.wasm',
          '-fstrip',
          '--color',
          'off',
        ],
        ...(command ? [] : ['-fno-entry', '-rdynamic']),
        ...['--cache-dir', '/work/.zig', '--global-cache-dir', cache],
      ],
      environment: {},
      shape: command ? 'command' : 'reactor',
      files: {},
      output: 'out.wasm',
      needsCache: true,
    };
  },
  read: gnuDiagnostics,
};
