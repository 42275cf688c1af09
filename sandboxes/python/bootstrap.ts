/**
 * The first and only text that CPython is started with. It imports what programs commonly need, makes the function `serve`, tells the host its
 * address over the line, and stops at a reading of the clock, where the host freezes the interpreter. From then on the host calls `serve` from outside: it
 * reads one command from the line and writes one answer.
 *
 * It is handed over on a command line that counts characters as bytes, so it is all ASCII.
 */
import { PROTOCOL } from './protocol-text.ts';

/** Path of the line between host and interpreter. */
export const LINE_PATH = '/dev/genesis';

/** Where a program's own files are found by `open`. */
export const PROGRAM_PATH = '/program';

export const BOOTSTRAP = String.raw`
def _start():
${PROTOCOL}
    line = os.open("/dev/genesis", os.O_RDWR)
    read, write, writev = os.read, os.write, os.writev

    def take():
        data = read(line, 16384)
        if len(data) < 16384:
            return data
        parts = [data]
        while data:
            data = read(line, 1048576)
            parts.append(data)
        return b"".join(parts)

    def serve():
        write(line, answered(take))

    time.sleep = sleep
    sys.meta_path.insert(0, Finder)
    sys.path[:] = [place for place in sys.path if place.endswith(".zip")]
    sys.dont_write_bytecode = True
    os.chdir("/program")
    os.environ.clear()
    sys.modules["__main__"] = Module("__main__")
    keep = {"sys", "os", "io", "codecs", "encodings", "site", "zipimport", "abc", "importlib", "builtins", "types"}
    try:
        raise ValueError("x")
    except ValueError as error:
        explain(error)
    gc.collect()
    gc.freeze()
    write(line, json.dumps([id(serve), id(_start), sys.version.split()[0]]).encode())
    time.time()
    serve()


_start()
`;
