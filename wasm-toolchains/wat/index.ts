/** WebAssembly's own text, assembled by wabt: small and quick, so it runs where it is asked. */
import { failure } from '../diagnostics.ts';
import type { Compile, Diagnostic, Toolchain } from '../contract.ts';
import { faultOf } from '../source.ts';

const VERSION = '1.0.39';
/** Compressed. */
const BYTES = 230_000;
const MOST_CHARACTERS = 1_000_000;

type Wabt = Awaited<ReturnType<typeof import('wabt')>>;
let loading: Promise<Wabt> | null = null;
let there = false;

function wabt(): Promise<Wabt> {
  loading ??= import('wabt')
    .then((module) => (module as unknown as { default: () => Promise<Wabt> }).default())
    .then((made) => {
      there = true;
      return made;
    })
    .catch((error: unknown) => {
      loading = null;
      throw error;
    });
  return loading;
}

const compile: Compile = async (request, signal) => {
  const fault = faultOf(request);
  if (fault !== null) return failure([], fault);
  const text = request.files[request.entry] as string;
  if (text.length > MOST_CHARACTERS)
    return failure([], `has ${text.length} characters; ${MOST_CHARACTERS} are allowed`);
  let tool: Wabt;
  try {
    tool = await wabt();
  } catch {
    return { type: 'unavailable', reason: 'the assembler could not be loaded', remedy: 'try again with a network' };
  }
  if (signal.aborted) return { type: 'stopped' };
  const started = performance.now();
  const features = {
    simd: request.options.simd ?? true,
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
    module = tool.parseWat(request.entry, text, features);
    module.resolveNames();
    module.validate();
    const { buffer } = module.toBinary({});
    const wasm = new Uint8Array(buffer);
    const shape = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).some(({ name }) => name === '_start')
      ? 'command'
      : 'reactor';
    return { type: 'ok', wasm, shape, diagnostics: [], milliseconds: performance.now() - started };
  } catch (error) {
    return failure(diagnosticsOf(error, request.entry), error instanceof Error ? error.message : String(error));
  } finally {
    module?.destroy();
  }
};

/** wabt's errors: `a.wat:1:9: error: unexpected token`, each with two lines that show the place. */
function diagnosticsOf(error: unknown, entry: string): Diagnostic[] {
  const text = error instanceof Error ? error.message : String(error);
  return [...text.matchAll(/^(.*?):(\d+):(\d+): error: (.*)$/gm)].map(([, , line, column, message]) => ({
    ...{ severity: 'error' as const, file: entry, line: Number(line), column: Number(column) },
    message: (message ?? '').slice(0, 500),
  }));
}

export const wat: Toolchain = {
  id: 'wat',
  title: 'WebAssembly text',
  languages: ['wat'],
  availability: () => Promise.resolve(there ? { type: 'ready', version: VERSION } : { type: 'loadable', bytes: BYTES }),
  async load(progress) {
    progress({ step: 'Downloading the WebAssembly assembler', loaded: null, total: null });
    try {
      await wabt();
      return { type: 'ready', version: VERSION };
    } catch {
      return { type: 'missing', reason: 'the assembler could not be downloaded', remedy: 'try again with a network' };
    }
  },
  compile,
};
