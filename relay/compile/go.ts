/** Go: its own WebAssembly target, with exports by `//go:wasmexport`. */
import { dirname } from 'node:path';
import { gnuDiagnostics } from '../../wasm-toolchains/diagnostics.ts';
import type { Diagnostic } from '../../wasm-toolchains/contract.ts';
import { findProgram } from './jail.ts';
import { ask, type NativeCompiler, type Sought } from './native.ts';

const REMEDY = 'install Go 1.24 or newer from go.dev';

export const go: NativeCompiler = {
  language: 'go',
  title: 'Go',
  find(): Sought {
    const program = findProgram('go');
    const version = program && ask(program, ['version']);
    const root = program && ask(program, ['env', 'GOROOT']);
    if (!program || !version || !root)
      return { type: 'missing', reason: 'there is no Go compiler here', remedy: REMEDY };
    const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/.exec(version) ?? [];
    if (Number(major) === 1 && Number(minor) < 24) {
      return {
        type: 'missing',
        reason: `Go ${major}.${minor} here can't export functions to WebAssembly`,
        remedy: REMEDY,
      };
    }
    return { type: 'found', version, command: `${root}/bin/go`, reads: [root], notes: { root } };
  },
  plan({ files, entry }, { notes }, cache) {
    const folder = dirname(entry);
    const texts = Object.entries(files).filter(([path]) => path.endsWith('.go'));
    const exported = texts.some(([, text]) => /^\/\/go:wasmexport /m.test(text));
    if (texts.some(([, text]) => /^\s*import\s+"C"|^\s*"C"\s*$/m.test(text))) return 'import "C" is not to be had here';
    return {
      args: [
        'build',
        '-trimpath',
        '-ldflags=-s -w',
        ...(exported ? ['-buildmode=c-shared'] : []),
        '-o',
        '/work/out.wasm',
        folder === '.' ? '.' : `./${folder}`,
      ],
      environment: {
        ...{
          GOOS: 'wasip1',
          GOARCH: 'wasm',
          GOTOOLCHAIN: 'local',
          GOFLAGS: '-mod=mod',
          GOPROXY: 'off',
          GOROOT: notes['root'] as string,
        },
        ...{ GOCACHE: cache, GOPATH: '/work/.go', CGO_ENABLED: '0', GOTELEMETRY: 'off', GOENV: 'off' },
      },
      shape: exported ? 'reactor' : 'command',
      files: Object.hasOwn(files, 'go.mod') ? {} : { 'go.mod': 'module program\n\ngo 1.24\n' },
      output: 'out.wasm',
      needsCache: true,
    };
  },
  read(said, files): Diagnostic[] {
    // `./main.go:3:5: undefined: x`, without a word for how bad it is.
    const marked = said.replace(/^(\.?\/?[^\s:]+\.go:\d+:(?:\d+:)?) /gm, '$1 error: ');
    return gnuDiagnostics(marked, files);
  },
};
