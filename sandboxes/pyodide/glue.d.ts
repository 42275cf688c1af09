/** The half of Pyodide that is JavaScript, as Emscripten made it; only what is used of it here. */
declare module 'pyodide/pyodide.asm.mjs' {
  export interface Glue {
    readonly FS: {
      mkdirTree(path: string): void;
      writeFile(path: string, data: Uint8Array): void;
      chdir(path: string): void;
      init(input: () => number | null, output: (byte: number) => void, error: (byte: number) => void): void;
      unlink(path: string): void;
      close(stream: object): void;
      readonly streams: (object | null)[];
    };
    readonly ENV: Record<string, string>;
    readonly LDSO: { readonly loadedLibsByName: Readonly<Record<string, unknown>> };
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    growMemory(bytes: number): 1 | undefined;
    _PyRun_SimpleString(text: number): number;
    _PyBytes_FromStringAndSize(data: number, length: number): number;
    _PyBytes_AsString(bytes: number): number;
    _PyBytes_Size(bytes: number): number;
    _PyObject_CallOneArg(callee: number, argument: number): number;
    _PyErr_Clear(): void;
    _Py_DecRef(object: number): void;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    stackSave(): number;
    stackRestore(pointer: number): void;
  }

  export interface Settings {
    readonly API: { readonly config: object; readonly runtimeEnv: object };
    readonly noInitialRun: boolean;
    readonly arguments: readonly string[];
    readonly thisProgram: string;
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
    readonly locateFile: (path: string) => string;
    readonly preRun: readonly ((glue: Glue) => void)[];
    readonly instantiateWasm: (
      imports: { readonly env: Record<string, Function> } & WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => object;
  }

  const createModule: (settings: Settings) => Promise<Glue>;
  export { createModule as default };
}
