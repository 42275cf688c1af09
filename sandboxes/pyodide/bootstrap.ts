/**
 * What Pyodide's CPython runs once, before its memory is copied as the image that all others begin with: the protocol it shares with `python`, and what
 * of the system it shall not have. Its last words are the address of `serve`, by way of the standard output.
 */
import { PROTOCOL } from '../python/protocol-text.ts';

/** Where packages are unpacked. */
export const PACKAGES_PATH = '/lib/python3.14/site-packages';
export const LIBRARIES_PATH = '/usr/lib';
export const LIBRARY_PATH = '/lib/python314.zip';

/** Programs commonly need these, and their text has to be compiled: part of the image, they cost nothing. */
const COMMON =
  'ast, calendar, concurrent.futures, contextvars, csv, ctypes, hashlib, importlib.util, locale, logging, pathlib, pickle, platform, pprint, ' +
  'queue, secrets, shutil, socket, subprocess, tempfile, threading, urllib.request, warnings, weakref, zipfile';

export const BOOTSTRAP = String.raw`
def _start():
${PROTOCOL}
    import ${COMMON}, posix

    line, read, write, writev = -1, None, None, None

    class Closed:
        """There is no JavaScript to be had from here."""
        names = {"_pyodide_core", "_pyodide", "pyodide", "pyodide_js", "js"}

        @classmethod
        def find_spec(cls, name, path=None, target=None):
            if name.partition(".")[0] in cls.names:
                raise ModuleNotFoundError("No module named '" + name + "': Python has no way to JavaScript here", name=name)
            return None

    def install(archives):
        for path, folder in archives:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
            os.unlink(path)
        importlib.invalidate_caches()
        return b"o"

    def prepare(names):
        failed = []
        for name in names:
            try:
                importlib.import_module(name)
            except Exception as error:
                failed.append(name + ": " + headline(Trace(type(error), error, None)))
        return ("o" + json.dumps(failed)).encode()

    def serve(command):
        if command.startswith(b'["install",'):
            return install(scan(command.decode(), 0)[0][1])
        if command.startswith(b'["prepare",'):
            return prepare(scan(command.decode(), 0)[0][1])
        return answered(lambda: command)

    time.sleep = sleep
    sys.meta_path[:0] = [Finder, Closed]
    sys.dont_write_bytecode = True
    for name in ("system popen fork forkpty execv execve execl execle execlp execlpe execvp execvpe spawnv spawnve spawnl spawnle spawnlp "
                 "spawnlpe spawnvp spawnvpe posix_spawn posix_spawnp kill killpg startfile").split():
        for module in (os, posix):
            if hasattr(module, name):
                delattr(module, name)
    os.environ.clear()
    sys.modules["__main__"] = Module("__main__")
    keep = {"sys", "os", "io", "codecs", "encodings", "site", "zipimport", "abc", "importlib", "builtins", "types", "posix"}
    try:
        raise ValueError("x")
    except ValueError as error:
        explain(error)
    random.seed(0)
    gc.collect()
    gc.freeze()
    state["serve"] = serve
    print(json.dumps([id(serve), sys.version.split()[0]]), flush=True)


_start()
`;
