/** wabt, in its worker: it may run out of its stack or go round for ever, and then it is ended from outside. */
import type { CompileRequest, Compiled, Diagnostic } from '../contract.ts';
import { failure } from '../diagnostics.ts';
import { serveCompiler } from '../compilers/worker-side.ts';
import { depthFault } from './depth.ts';

const MOST_CHARACTERS = 1_000_000;

type Wabt = Awaited<ReturnType<typeof import('wabt')>>;
let loading: Promise<Wabt> | null = null;

function wabt(): Promise<Wabt> {
  loading ??= import('wabt')
    .then((module) => (module as unknown as { default: () => Promise<Wabt> }).default())
    .catch((error: unknown) => {
      loading = null;
      throw error;
    });
  return loading;
}

async function compile({ files, entry, options }: CompileRequest): Promise<Compiled> {
  const text = files[entry] as string;
  if (text.length > MOST_CHARACTERS)
    return failure([], `has ${text.length} characters; ${MOST_CHARACTERS} are allowed`);
  const deep = depthFault(text, entry);
  if (deep !== null) return failure([deep], deep.message);
  const tool = await wabt();
  const started = performance.now();
  const features = {
    simd: options.simd ?? true,
    bulk_memory: true,
    sign_extension: true,
    sat_float_to_int: true,
    multi_value: true,
    mutable_globals: true,
    reference_types: true,
    tail_call: true,
  };
  let module: ReturnType<Wabt['parseWat']> | null = null;
  try {
    module = tool.parseWat(entry, text, features);
    module.resolveNames();
    module.validate();
    const wasm = new Uint8Array(module.toBinary({}).buffer);
    const shape = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).some(({ name }) => name === '_start')
      ? 'command'
      : 'reactor';
    return { type: 'ok', wasm, shape, diagnostics: [], milliseconds: performance.now() - started };
  } catch (error) {
    // Its memory is no longer to be trusted, nor is anything to be freed in it.
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      module = null;
      throw error;
    }
    return failure(diagnosticsOf(error, entry), error instanceof Error ? error.message : String(error));
  } finally {
    module?.destroy();
  }
}

/** wabt's errors: `a.wat:1:9: error: unexpected token`, each with two lines that show the place. */
function diagnosticsOf(error: unknown, entry: string): Diagnostic[] {
  const text = error instanceof Error ? error.message : String(error);
  return [...text.matchAll(/^(.*?):(\d+):(\d+): error: (.*)$/gm)].map(([, , line, column, message]) => ({
    ...{ severity: 'error' as const, file: entry, line: Number(line), column: Number(column) },
    message: (message ?? '').slice(0, 500),
  }));
}

await serveCompiler({
  async load() {
    await wabt();
  },
  compile,
});
