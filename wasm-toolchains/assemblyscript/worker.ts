/** AssemblyScript's compiler, in its worker. It reads what it is given and writes to memory; it runs nothing of the program. */
import type { CompileRequest, Compiled, Diagnostic } from '../contract.ts';
import { failure } from '../diagnostics.ts';
import { serveCompiler } from '../compilers/worker-side.ts';

type Asc = typeof import('assemblyscript/asc');
let loading: Promise<Asc> | null = null;
// Imported when it is needed: it awaits at its top, and messages that came meanwhile would be lost.
const asc = (): Promise<Asc> => (loading ??= import('assemblyscript/asc'));

/**
 * Nothing but source text is read. asc looks for `asconfig.json` by itself, and its `transform` option imports and runs the module it
 * names, `data:` addresses included: a program that brought one would run here, in the page's own origin, and in Node with all rights.
 */
const isSource = (name: string): boolean => name.endsWith('.ts');
/** asc knows files by `.ts` only, which it adds to other names; what it then asks for may be a file that ends in `.as`. */
const asWritten = (name: string, files: CompileRequest['files']): string | null =>
  [name, name.replace(/\.as\.ts$/, '.as'), name.replace(/\.ts$/, '.as')].find((each) => Object.hasOwn(files, each)) ??
  null;

async function compile({ files, entry, options }: CompileRequest): Promise<Compiled> {
  const tool = await asc();
  const started = performance.now();
  let wasm: Uint8Array<ArrayBuffer> | null = null;
  let said = '';
  const level = { speed: ['-O3', '--noAssert'], size: ['-Oz', '--noAssert'], none: ['-O0'] }[options.optimise];
  const simd = (options.simd ?? true) ? ['--enable', 'simd'] : [];
  const flags = [entry, '--outFile', 'out.wasm', '--runtime', 'minimal', '--exportRuntime', ...level, ...simd];
  const { error } = await tool.main(flags, {
    readFile(name) {
      const path = isSource(name) ? asWritten(name, files) : null;
      return path === null ? null : (files[path] as string);
    },
    writeFile(_name, contents) {
      wasm = contents instanceof Uint8Array ? new Uint8Array(contents) : wasm;
    },
    listFiles: () => [],
    stdout: { write: () => true },
    stderr: {
      write(text: string | Uint8Array) {
        if (said.length < 100_000) said += typeof text === 'string' ? text : new TextDecoder().decode(text);
        return true;
      },
    },
  });
  const diagnostics = diagnosticsOf(said, files);
  if (error !== null || wasm === null) return failure(diagnostics, error?.message ?? 'it does not compile');
  return { type: 'ok', wasm, shape: 'reactor', diagnostics, milliseconds: performance.now() - started };
}

/**
 * asc writes `ERROR TS1005: ';' expected.`, the line in question, and below it ` in main.ts(3,7)`.
 */
function diagnosticsOf(text: string, files: CompileRequest['files']): Diagnostic[] {
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '');
  const found: Diagnostic[] = [];
  for (const [, severity, message, rest = ''] of plain.matchAll(
    /^(ERROR|WARNING|PEDANTIC)(?: \w+)?: (.*)\n?((?:(?!^(?:ERROR|WARNING|PEDANTIC)).*\n?)*)/gm,
  )) {
    const place = /in (.*)\((\d+),(\d+)\)/.exec(rest);
    const file = asWritten(place?.[1] ?? '', files) ?? '';
    found.push({
      severity: severity === 'ERROR' ? 'error' : 'warning',
      file,
      line: Number(place?.[2] ?? 0),
      column: Number(place?.[3] ?? 0),
      message: (message ?? '').slice(0, 500),
    });
  }
  return found;
}

await serveCompiler({
  async load() {
    await asc();
  },
  compile,
});
