/**
 * What an interpreter needs to answer commands, in Python: loading and running a program's files, values as JSON, failures as feedback. The body of a
 * function, all ASCII; a bootstrap puts the lines to its host around it. `answered(take)` gives the answer to the command that `take()` gives.
 *
 * Answers begin with a letter: `o` a value as JSON, `f` failed with a reason, `b` did not build, `m` out of memory.
 */
export const PROTOCOL = String.raw`    import sys, os, gc, io, json, types, builtins, linecache, traceback, time, importlib.machinery
    import abc, array, bisect, cmath, collections, contextlib, copy, dataclasses, datetime, decimal, enum, fractions, functools
    import heapq, inspect, itertools, math, numbers, operator, random, re, statistics, string, struct, textwrap, typing
    import json.encoder, json.decoder, collections.abc, encodings.latin_1, encodings.ascii

    scan = json.decoder.JSONDecoder(strict=False).scan_once
    Array, Deque, Module = array.array, collections.deque, types.ModuleType
    Spec = importlib.machinery.ModuleSpec
    Trace = traceback.TracebackException
    pack, unpack_from = struct.pack, struct.unpack_from
    out_of_memory = b"m"
    sources, codes, faults, kernels = {}, {}, {}, {}
    state = {"entry": "", "main": None, "bytes": 0, "roots": [""]}

    def plain(value):
        if isinstance(value, (Array, memoryview)):
            return value.tolist()
        if isinstance(value, (bytes, bytearray, range, Deque)):
            return list(value)
        if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tolist"):
            return value.tolist()
        raise TypeError("holds a " + type(value).__name__ + ", which is not plain data")

    def encode(value):
        make = json.encoder.c_make_encoder
        return "".join(make({}, plain, quote, None, ":", ",", False, False, False)(value, 0))

    quote = json.encoder.encode_basestring_ascii

    def own(tb):
        """Of a traceback the program's own entries: all, or the outermost and innermost few."""
        found = []
        while tb is not None:
            if tb.tb_frame.f_code.co_filename in sources:
                found.append(tb)
            tb = tb.tb_next
        skipped = len(found) - 12
        if skipped > 0:
            del found[6:-6]
        chain = None
        for one in reversed(found):
            chain = types.TracebackType(chain, one.tb_frame, one.tb_lasti, one.tb_lineno)
        return chain, skipped

    def described(error, tb):
        around = {id(error.__context__), id(error.__cause__)}
        trace = Trace(type(error), error, tb, compact=True, _seen=around)
        trace.exceptions = None
        return trace

    def headline(trace):
        return "".join(trace.format_exception_only()).strip()

    def explain(error):
        chain, skipped = own(error.__traceback__)
        trace = described(error, chain)
        text = headline(trace)[:1200]
        if isinstance(error, SystemExit):
            text = "SystemExit: the program ended itself with " + repr(error.code)[:200]
        frames = trace.stack.format()
        if frames:
            if skipped > 0:
                frames.insert(-6 if len(frames) > 6 else len(frames), "  ... " + str(skipped) + " more\n")
            text += "\nTraceback (most recent call last):\n" + "".join(frames).rstrip()
        inner = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if inner is not None:
            tb, place = own(inner.__traceback__)[0], ""
            while tb is not None:
                place = " (" + tb.tb_frame.f_code.co_filename + ":" + str(tb.tb_lineno) + ")"
                tb = tb.tb_next
            text += "\nWhile handling: " + headline(described(inner, None))[:400] + place
        return text[:2000]

    def failure(error):
        if isinstance(error, MemoryError):
            return out_of_memory
        fault = faults.get(id(error))
        if fault is not None:
            return ("b" + fault[1]).encode()
        return ("f" + explain(error)).encode("utf-8", "replace")

    def fault_of(path, error):
        if isinstance(error, SyntaxError):
            where = path + ":" + str(error.lineno or 1) + ":" + str(max(1, error.offset or 1)) + ": "
            return where + type(error).__name__ + ": " + str(error.msg)
        return path + ":1:1: " + type(error).__name__ + ": " + str(error)

    def code_of(path):
        found = codes.get(path)
        if isinstance(found, BaseException):
            raise found.with_traceback(None)
        return found

    class Loader:
        def __init__(self, path):
            self.path = path

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            exec(code_of(self.path), module.__dict__)

        def get_source(self, name):
            return sources[self.path]

        def get_code(self, name):
            return code_of(self.path)

        def is_package(self, name):
            return self.path.endswith("__init__.py")

        def get_data(self, path):
            with open(path, "rb") as file:
                return file.read()

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name in kernels:
                return Spec(name, kernels[name])
            base = name.replace(".", "/")
            for root in state["roots"]:
                for file in (root + base + ".py", root + base + "/__init__.py"):
                    if file in codes:
                        spec = Spec(name, Loader(file), origin=file, is_package=file.endswith("/__init__.py"))
                        spec.has_location = True
                        if spec.submodule_search_locations is not None:
                            spec.submodule_search_locations.append("/program/" + root + base)
                        return spec
            for root in state["roots"]:
                folder = root + base + "/"
                if any(file.startswith(folder) for file in codes):
                    spec = Spec(name, None, is_package=True)
                    spec.submodule_search_locations.append("/program/" + folder[:-1])
                    return spec
            return None

    class Trap(Exception):
        """A kernel did what its machine forbids: divided integers by zero, read outside its memory, gave up."""

    Trap.__module__, Trap.__qualname__ = "kernel", "Trap"

    def kernel_function(number, index, name):
        integers, reals = "q", "d"

        def function(*args):
            tags, slots, form, buffers, lists = bytearray(), [], ["<II"], [], []
            for value in args:
                kind = type(value)
                if kind is float:
                    tags.append(100)
                    form.append(reals)
                    slots.append(value)
                elif kind is int or kind is bool:
                    tags.append(113)
                    form.append(integers)
                    slots.append(value)
                else:
                    if kind is list or kind is tuple:
                        buffer = Array("d", value)
                        if kind is list:
                            lists.append((value, buffer))
                        width, tag = 8, 119
                    elif kind is Array:
                        buffer, width, tag = value, value.itemsize, 119
                    elif kind is bytearray:
                        buffer, width, tag = value, 1, 119
                    elif kind is bytes:
                        buffer, width, tag = value, 1, 98
                    elif kind is str:
                        buffer, width, tag = value.encode(), 1, 98
                    else:
                        raise TypeError(name + "() takes numbers, lists of numbers, arrays, bytes and texts, not " + kind.__name__)
                    tags.append(tag)
                    form.append(integers)
                    slots.append(width)
                    buffers.append(buffer)
            try:
                packed = pack("".join(form), number, index, *slots)
            except struct.error:
                raise OverflowError(name + "() takes whole numbers of at most 64 bits") from None
            reply = bytearray(512)
            writev(line, [b"k", reply, packed, tags, *buffers])
            tag, size = unpack_from("<BxxxI", reply)
            if tag == 0:
                for target, buffer in lists:
                    target[:] = buffer
                return None
            if tag == 1 or tag == 2:
                for target, buffer in lists:
                    target[:] = buffer
                return unpack_from("<d" if tag == 2 else "<q", reply, 8)[0]
            reason = bytes(reply[8 : 8 + size]).decode("utf-8", "replace")
            raise (Trap if tag == 3 else MemoryError if tag == 5 else TypeError)(reason)

        function.__name__ = function.__qualname__ = name
        return function

    class KernelLoader:
        def __init__(self, number, functions):
            self.number, self.functions = number, functions

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            module.Trap = Trap
            for index, name in enumerate(self.functions):
                setattr(module, name, kernel_function(self.number, index, name))

    def load(files, entry, made, bytes):
        state["entry"], state["bytes"] = entry, bytes
        for path, text in files.items():
            sources[path] = text
            linecache.cache[path] = (len(text), None, [row + "\n" for row in text.split("\n")], path)
            try:
                codes[path] = compile(text, path, "exec", dont_inherit=True)
            except MemoryError:
                raise
            except Exception as error:
                codes[path] = error
                faults[id(error)] = (error, fault_of(path, error))
        for number, (name, functions) in enumerate(made):
            kernels[name] = KernelLoader(number, functions)
        # A program's own module goes before one of the library, as it would for a script.
        for path in [*files, *kernels]:
            for name in (path.removesuffix(".py").split("/")[-1], path.removesuffix("/__init__.py").split("/")[-1]):
                if name not in sys.builtin_module_names and name not in keep:
                    sys.modules.pop(name, None)
        main = codes.get(entry)
        if isinstance(main, BaseException):
            return ("b" + faults[id(main)][1]).encode()
        return b"o" if main is not None else ("b" + entry + " is the entry, but there is no such file").encode()

    def freshen(parameters, seed, entry, main_name):
        builtins._p = parameters
        random.seed(seed)
        entry = entry or state["entry"]
        folder = entry[: entry.rfind("/") + 1]
        state["roots"] = [folder, ""] if folder else [""]
        name = main_name or entry.removesuffix(".py").replace("/", ".")[len(folder) :]
        if entry not in codes:
            return ("b" + entry + " is the entry, but there is no such file").encode()
        module = Module(name)
        module.__file__ = entry
        module.__builtins__ = builtins
        state["main"] = sys.modules[name] = module
        exec(code_of(entry), module.__dict__)
        return b"o"

    def complete(value):
        """Drives a coroutine, which has nothing here to wait for."""
        try:
            value.send(None)
        except StopIteration as end:
            return end.value
        value.close()
        raise RuntimeError("it awaits what never comes: there is no event loop here")

    def call(name, args):
        main = state["main"]
        target = getattr(main, name, None)
        if not callable(target):
            return ("fexports no function \"" + name + "\"").encode("utf-8", "replace")
        value = target(*args)
        if type(value) is types.CoroutineType:
            value = complete(value)
        try:
            text = encode(value)
        except MemoryError:
            raise
        except RecursionError:
            return b"fwhat it returned is nested too deep"
        except Exception as error:
            reason = str(error)
            if reason.startswith("Out of range float"):
                reason = "holds NaN or an infinite number, which is not plain data"
            elif reason.startswith("Circular"):
                reason = "is cyclic"
            elif not reason.startswith("holds a "):
                reason = "can not be sent: " + reason
            return ("fwhat it returned " + reason).encode("utf-8", "replace")
        if len(text) > state["bytes"]:
            return b"fwhat it returned is larger than the output limit"
        return ("o" + text).encode()

    def run(args, parameters, seed):
        code = 0
        sys.argv = [state["entry"], *args]
        try:
            answer = freshen(parameters, seed, None, "__main__")
            if answer != b"o":
                return answer
        except SystemExit as end:
            code = end.code
            if code is None:
                code = 0
            elif type(code) is not int:
                print(code, file=sys.stderr)
                code = 1
        except MemoryError:
            raise
        except BaseException as error:
            if id(error) in faults:
                raise
            print(explain(error), file=sys.stderr)
            code = 1
        finally:
            try:
                sys.stdout.flush()
            finally:
                sys.stderr.flush()
        return ("o" + str(code & 255)).encode()

    def answered(take):
        try:
            what, *rest = scan(take().decode(), 0)[0]
            if what == "call":
                return call(*rest)
            if what == "fresh":
                return freshen(*rest)
            if what == "run":
                return run(*rest)
            return load(*rest)
        except BaseException as error:
            try:
                return failure(error)
            except BaseException as second:
                if isinstance(second, MemoryError):
                    return out_of_memory
                return b"ffailed, and what it threw could not be described"

    def sleep(seconds):
        """The clock stands still, and nobody waits."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")

`;
