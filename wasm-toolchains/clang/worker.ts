/** Clang, itself compiled to WebAssembly, in its worker. It sees the program's files and its own headers, and nothing else. */
import type { CompileRequest, Compiled } from '../contract.ts';
import { failure, gnuDiagnostics } from '../diagnostics.ts';
import { keepLargeFiles } from '../compilers/kept-fetch.ts';
import { serveCompiler } from '../compilers/worker-side.ts';
import { VERSION } from './version.ts';

type Clang = typeof import('@yowasp/clang');
type Tree = import('@yowasp/clang').Tree;
let loading: Promise<Clang> | null = null;

/** Its size as it is unpacked, for progress. */
const TOTAL = 105_500_000;

function clang(progress: (loaded: number, total: number) => void = () => {}): Promise<Clang> {
  loading ??= (async () => {
    await keepLargeFiles('clang', VERSION);
    const tool = await import('@yowasp/clang');
    // Without arguments it only fetches what it is made of.
    await tool.runLLVM(undefined, undefined, {
      fetchProgress: ({ doneLength, totalLength }) => progress(doneLength, Math.max(totalLength, TOTAL)),
    });
    return tool;
  })().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

const MOST_EXPORTS = 1_000;

const SOURCES = { c: /\.c$/i, cpp: /\.(c|cc|cpp|cxx)$/i } as const;

async function compile({ language, files, entry, options }: CompileRequest): Promise<Compiled> {
  const tool = await clang();
  const started = performance.now();
  const cpp = language === 'cpp';
  const sources = Object.keys(files)
    .filter((path) => path === entry || SOURCES[cpp ? 'cpp' : 'c'].test(path))
    .sort((a, b) => Number(b === entry) - Number(a === entry) || (a < b ? -1 : 1));
  // A `main` is looked for in the text without comments: a program that has one runs from its beginning.
  const command = sources.some((path) =>
    /\bmain\s*\(/.test((files[path] as string).replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')),
  );
  const level = { speed: '-O3', size: '-Oz', none: '-O0' }[options.optimise];
  const flags = [
    ...sources,
    '-o',
    'out.wasm',
    level,
    cpp ? '-std=c++20' : '-std=c17',
    ...(cpp ? ['-fno-exceptions', '-fno-rtti'] : []),
    ...((options.simd ?? true) ? ['-msimd128'] : []),
    ...(command ? [] : ['-mexec-model=reactor', ...exportsOf(sources.map((path) => files[path] as string))]),
    '-Wl,--strip-all',
    '-I.',
    '-fno-color-diagnostics',
    '-fno-caret-diagnostics',
  ];
  let said = '';
  const decoder = new TextDecoder();
  const listen = (bytes: Uint8Array | null): void => {
    if (bytes !== null && said.length < 200_000) said += decoder.decode(bytes, { stream: true });
  };
  let tree: Tree | undefined;
  try {
    tree = await tool.commands[cpp ? 'clang++' : 'clang'](flags, treeOf(files), {
      stdout: listen,
      stderr: listen,
      decodeASCII: false,
    });
  } catch (error) {
    if (!(error instanceof tool.Exit)) throw error;
  }
  const diagnostics = gnuDiagnostics(said, new Set(Object.keys(files)));
  const wasm = tree?.['out.wasm'];
  if (!(wasm instanceof Uint8Array))
    return failure(diagnostics, said.trim().split('\n').slice(0, 3).join(' | ') || 'it does not compile');
  return {
    type: 'ok',
    wasm: new Uint8Array(wasm),
    shape: command ? 'command' : 'reactor',
    diagnostics: diagnostics.slice(0, 20),
    milliseconds: performance.now() - started,
  };
}

/**
 * Every name that is called or defined in the text and that the linker knows is exported: in C++ those are the functions marked `extern "C"`. Exporting all
 * there is would keep the whole of the library alive.
 */
function exportsOf(texts: readonly string[]): string[] {
  const names = new Set(['malloc', 'free']);
  for (const text of texts) {
    for (const [, name] of text.matchAll(/\b([A-Za-z_]\w*)\s*\(/g))
      if (name && names.size < MOST_EXPORTS) names.add(name);
  }
  return [...names].map((name) => `-Wl,--export-if-defined=${name}`);
}

function treeOf(files: CompileRequest['files']): Tree {
  const top: Tree = {};
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split('/');
    const name = parts.pop() as string;
    let place = top;
    for (const part of parts) place = (place[part] ??= {}) as Tree;
    place[name] = new TextEncoder().encode(content);
  }
  return top;
}

await serveCompiler({
  async load(progress) {
    await clang(progress);
  },
  compile,
});
