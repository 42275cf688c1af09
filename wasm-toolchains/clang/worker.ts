/** Clang, itself compiled to WebAssembly, in its worker. It sees the program's files and its own headers, and nothing else. */
import type { CompileRequest, Compiled } from '../contract.ts';
import { failure, gnuDiagnostics } from '../diagnostics.ts';
import { keepLargeFiles } from '../compilers/kept-fetch.ts';
import { serveCompiler } from '../compilers/worker-side.ts';
import { KeptHeaders, leadingHeaders } from './headers.ts';
import { VERSION } from './version.ts';

type Clang = typeof import('@yowasp/clang');
type Tree = import('@yowasp/clang').Tree;
let loading: Promise<Clang> | null = null;

/** Its size as it is unpacked, for progress. */
const TOTAL = 105_500_000;

function clang(progress: (loaded: number, total: number) => void = () => {}): Promise<Clang> {
  loading ??= (async () => {
    const files = await keepLargeFiles('clang', VERSION);
    const tool = await import('@yowasp/clang');
    // Without arguments it only fetches what it is made of.
    await tool.runLLVM(undefined, undefined, {
      fetchProgress: ({ doneLength, totalLength }) => progress(doneLength, Math.max(totalLength, TOTAL)),
    });
    void files.whole();
    return tool;
  })().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

const MOST_EXPORTS = 1_000;

const SOURCES = { c: /\.c$/i, cpp: /\.(c|cc|cpp|cxx)$/i } as const;

const kept = new KeptHeaders();
/** No path of a program has a space at its beginning. */
const HEADERS = ' headers.pch';
const HEADERS_TEXT = ' headers.h';

async function precompiled(tool: Clang, text: string, flags: readonly string[]): Promise<Uint8Array | null> {
  const args = ['-x', 'c++-header', HEADERS_TEXT, '-o', HEADERS, ...flags];
  const silent = { stdout: () => {}, stderr: () => {}, decodeASCII: false };
  try {
    const made = await tool.commands['clang++'](args, { [HEADERS_TEXT]: new TextEncoder().encode(text) }, silent);
    const content = made?.[HEADERS];
    return content instanceof Uint8Array ? content : null;
  } catch (error) {
    if (!(error instanceof tool.Exit)) throw error;
    return null;
  }
}

async function compile({ language, files, entry, options }: CompileRequest): Promise<Compiled> {
  const tool = await clang();
  const started = performance.now();
  const cpp = language === 'cpp';
  const sources = Object.keys(files)
    .filter((path) => path === entry || SOURCES[cpp ? 'cpp' : 'c'].test(path))
    .sort((a, b) => Number(b === entry) - Number(a === entry) || (a < b ? -1 : 1));
  // A program that defines a `main` runs from its beginning.
  const code = sources.map((path) => codeOf(files[path] as string));
  const command = code.some((text) => /\b(?:int|void|auto)\s+main\s*\(/.test(text));
  const level = { speed: '-O3', size: '-Oz', none: '-O0' }[options.optimise];
  const common = [
    level,
    ...((options.simd ?? true) ? ['-msimd128'] : []),
    ...['-I.', '-fno-color-diagnostics', '-fno-caret-diagnostics'],
  ];
  let said = '';
  const decoder = new TextDecoder();
  const listen = (bytes: Uint8Array | null): void => {
    if (bytes !== null && said.length < 200_000) said += decoder.decode(bytes, { stream: true });
  };
  const call = async (name: 'clang' | 'clang++', flags: readonly string[], tree: Tree): Promise<Tree | undefined> => {
    try {
      return await tool.commands[name]([...flags, ...common], tree, {
        stdout: listen,
        stderr: listen,
        decodeASCII: false,
      });
    } catch (error) {
      if (!(error instanceof tool.Exit)) throw error;
      return undefined;
    }
  };
  // In a program of C++, files of C stay C: they are compiled by themselves first.
  const own = cpp ? sources.filter((path) => path !== entry && /\.c$/i.test(path)) : [];
  const dialect = cpp ? ['-std=c++20', '-fno-exceptions', '-fno-rtti'] : ['-std=c17'];
  // One file of C++ by itself: what stands first in it stands first in all that is compiled.
  const alone = cpp && sources.length === 1 ? leadingHeaders(files[entry] as string) : '';
  const flags = [...common, ...dialect].join(' ');
  const headers =
    alone === '' ? null : await kept.of(alone, flags, (text) => precompiled(tool, text, [...common, ...dialect]));
  let tree: Tree | undefined = {
    ...treeOf(files),
    ...(headers && { [HEADERS]: headers, [HEADERS_TEXT]: new TextEncoder().encode(alone) }),
  };
  for (const path of own) tree &&= await call('clang', ['-c', path, '-o', `${path}.o`, '-std=c17'], tree);
  tree &&= await call(
    cpp ? 'clang++' : 'clang',
    [
      ...sources.map((path) => (own.includes(path) ? `${path}.o` : path)),
      ...['-o', 'out.wasm', '-Wl,--strip-all'],
      ...dialect,
      ...(headers ? ['-include-pch', HEADERS] : []),
      ...(command ? [] : ['-mexec-model=reactor', ...exportsOf(code, options.optimise)]),
    ],
    tree,
  );
  if (headers === null) kept.took(alone, flags, performance.now() - started);
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

/** Text without comments, and with nothing in its strings. */
function codeOf(text: string): string {
  return text.replace(/\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'/g, (part) =>
    part.startsWith('/') ? ' ' : '""',
  );
}

/**
 * Every name that is called or defined in the text and that the linker knows is exported: in C++ those are the functions marked `extern "C"`. Exporting all
 * there is would keep the whole of the library alive. `malloc` is for the caller, who has to put arrays somewhere; its 10 kB are left out where size
 * is what matters, and the memory grows at its end instead.
 */
function exportsOf(code: readonly string[], optimise: CompileRequest['options']['optimise']): string[] {
  const names = new Set(optimise === 'size' ? [] : ['malloc', 'free']);
  for (const text of code) {
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
