/** The same programs in the language of each sandbox: what one suite asks of all of them. Each exports `f` of one number. */
import type {
  EvaluationHost,
  EvaluationOutcome,
  EvaluationRequest,
  HostOptions,
  Source,
} from '../../sandboxes/contract.ts';
import type { HostedSandbox } from '../../sandboxes/hosting/prepare.ts';
import { wat } from '../../wasm-toolchains/wat/index.ts';
import { options, PLAIN_EVALUATOR, REQUEST } from './trial.ts';

export interface Programs {
  /** Adds one. */
  readonly good: string;
  /** Counts its calls. */
  readonly count: string;
  /** What does not build, at line 2. */
  readonly broken: string;
  /** Exports only `g`. */
  readonly missing: string;
  /** Throws, traps. */
  readonly throws: string;
  /** Ends its process, or what it takes for one. */
  readonly exits: string;
  readonly loop: string;
  /** Never gets to its end while it is loaded. */
  readonly loadLoop: string;
  readonly bomb: string;
  readonly deep: string;
  /** Writes without end to wherever it can write. */
  readonly flood: string;
  /** Gives a number drawn by chance. */
  readonly random: string;
  /** Gives seconds since 1970, and looks whether time goes on. */
  readonly clock: string;
  /** Gives the number of ways it found to files, network and processes. */
  readonly reach: string;
  /** Leaves a trace wherever it can, and gives 1 where it finds one. */
  readonly leak: string;
  /** Works as long as its argument says. */
  readonly work: string;
}

export interface Member {
  readonly id: HostedSandbox;
  readonly language: Source['language'];
  readonly entry: string;
  readonly programs: Programs;
}

const script: Programs = {
  good: 'export const f = (x: number) => x + 1;',
  count: 'let n = 0; export const f = () => ++n;',
  broken: 'export const a = 1;\nexport const f = ;',
  missing: 'export const g = 1;',
  throws: 'export const f = () => { throw new TypeError("no way"); };',
  exits: 'export const f = () => { (globalThis as any).process.exit(3); };',
  loop: 'export const f = () => { for (;;) if (--$fuel.n < 0) $fuel.out(); };',
  loadLoop: 'for (;;) if (--$fuel.n < 0) $fuel.out();\nexport const f = 1;',
  bomb: 'export const f = (x: number) => { const a = []; for (;;) a.push(new Float64Array(100_000).fill(x)); };',
  deep: 'export const f = (x: number): number => f(x + 1) + 1;',
  flood: 'export const f = () => { for (;;) { if (--$fuel.n < 0) $fuel.out(); console.log("x".repeat(1000)); } };',
  random: 'export const f = () => Math.random();',
  clock:
    'export const f = () => { const t = Date.now(); let s = 0; for (let i = 0; i < 5000; i++) s += i; return Date.now() === t && s > 0 ? t / 1000 : -1; };',
  reach: `const tries: (() => unknown)[] = [() => fetch('http://127.0.0.1:1/'), () => (globalThis as any).require('fs').readFileSync('/etc/passwd'), () => (globalThis as any).process.env,
    () => new WebSocket('ws://127.0.0.1:1'), () => new Worker('data:,1'), () => (0, eval)('1'), () => new Function('1')(), () => (globalThis as any).std.open('x', 'w'), () => (globalThis as any).os.exec('ls')];
    export const f = () => { let n = 0; for (const one of tries) { try { one(); n++; } catch {} } return n; };`,
  leak: `export const f = () => { const seen = (globalThis as any).trace === 1 || (Array.prototype as any).trace === 1 ? 1 : 0;
    (globalThis as any).trace = 1; (Array.prototype as any).trace = 1; return seen; };`,
  work: 'export const f = (n: number) => { let s = 0; for (let i = 0; i < n * 1000; i++) { if (--$fuel.n < 0) $fuel.out(); s += i; } return s; };',
};

/** With room for a text at 1024 and a file's handle at 0. */
const module = (body: string, imports = ''): string => `(module ${imports} (memory (export "memory") 1)\n ${body})`;
const wasi = (name: string, type: string): string =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${type}))`;

const webassembly: Programs = {
  good: module('(func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))'),
  count: module(
    '(global $n (mut i32) (i32.const 0)) (func (export "f") (param i32) (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))',
  ),
  broken: '(module (func (export "f") (result i32)\n nothing.known))',
  missing: module('(func (export "g") (result i32) (i32.const 1))'),
  throws: module('(func (export "f") (param i32) (result i32) (i32.div_s (i32.const 1) (i32.const 0)))'),
  exits: module('(func (export "f") (param i32) (call $proc_exit (i32.const 3)))', wasi('proc_exit', '(param i32)')),
  loop: module('(func (export "f") (param i32) (loop $l (br $l)))'),
  loadLoop: module(
    '(func (export "_initialize") (loop $l (br $l))) (func (export "f") (param i32) (result i32) (i32.const 1))',
  ),
  bomb: module(
    '(func (export "f") (param i32) (loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable)',
  ),
  deep: module(
    '(func $f (export "f") (param i32) (result i32) (i32.add (call $f (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))',
  ),
  flood: module(
    `(data (i32.const 0) "\\08\\00\\00\\00\\00\\40\\00\\00")
     (func (export "f") (param i32) (loop $l (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0x8000))) (br $l)))`,
    wasi('fd_write', '(param i32 i32 i32 i32) (result i32)'),
  ),
  random: module(
    '(func (export "f") (param i32) (result i32) (drop (call $random_get (i32.const 8) (i32.const 4))) (i32.load (i32.const 8)))',
    wasi('random_get', '(param i32 i32) (result i32)'),
  ),
  clock: module(
    `(func $now (result i64) (drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 8))) (i64.load (i32.const 8)))
     (func (export "f") (param i32) (result i64) (local $t i64) (local $i i32) (local.set $t (call $now))
       (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 5000))))
       (if (result i64) (i64.eq (local.get $t) (call $now)) (then (i64.div_u (local.get $t) (i64.const 1000000000))) (else (i64.const -1))))`,
    wasi('clock_time_get', '(param i32 i64 i32) (result i32)'),
  ),
  reach: module(
    `(data (i32.const 1024) "/etc/passwd") (data (i32.const 1040) "../../etc/passwd") (data (i32.const 1060) "new.txt")
     (func $try (param i32 i32 i32) (result i32) (i32.eqz (call $path_open (i32.const 3) (i32.const 1) (local.get 0) (local.get 1) (local.get 2) (i64.const 0xfffffff) (i64.const 0xfffffff) (i32.const 0) (i32.const 16))))
     (func (export "f") (param i32) (result i32)
       (i32.add (i32.add (i32.add (call $try (i32.const 1024) (i32.const 11) (i32.const 0)) (call $try (i32.const 1040) (i32.const 16) (i32.const 0)))
         (call $try (i32.const 1060) (i32.const 7) (i32.const 1)))
         (i32.add (i32.eqz (call $path_create_directory (i32.const 3) (i32.const 1060) (i32.const 3)))
           (i32.eqz (call $sock_send (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16))))))`,
    wasi('path_open', '(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)') +
      wasi('path_create_directory', '(param i32 i32 i32) (result i32)') +
      wasi('sock_send', '(param i32 i32 i32 i32 i32) (result i32)'),
  ),
  leak: module(
    `(global $g (mut i32) (i32.const 0)) (func (export "f") (param i32) (result i32) (local $seen i32)
       (local.set $seen (i32.or (global.get $g) (i32.load (i32.const 64)))) (global.set $g (i32.const 1)) (i32.store (i32.const 64) (i32.const 1)) (local.get $seen))`,
  ),
  work: module(
    `(func (export "f") (param $n i32) (result i32) (local $i i32) (local.set $n (i32.mul (local.get $n) (i32.const 1000)))
       (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (local.get $n)))) (local.get $i))`,
  ),
};

const python: Programs = {
  good: 'def f(x): return x + 1',
  count: 'n = 0\ndef f(x):\n    global n\n    n += 1\n    return n',
  broken: 'a = 1\ndef f(x)\n    return 1',
  missing: 'def g(): return 1',
  throws: 'def f(x): raise TypeError("no way")',
  exits: 'import sys\ndef f(x): sys.exit(3)',
  loop: 'def f(x):\n    while True: pass',
  loadLoop: 'while True: pass',
  bomb: 'def f(x):\n    a = []\n    while True: a.append(bytearray(1000000))',
  deep: 'def f(x): return f(x + 1) + 1',
  flood: 'def f(x):\n    while True: print("x" * 1000)',
  random: 'import random\ndef f(x): return random.random()',
  clock:
    'import time\ndef f(x):\n    t = time.time()\n    s = sum(range(5000))\n    return int(t) if time.time() == t else -1',
  reach:
    'import os\ndef tries():\n    yield lambda: open("/etc/passwd").read()\n    yield lambda: open("new.txt", "w").write("x")\n    yield lambda: open("../../etc/passwd").read()\n' +
    '    yield lambda: os.system("ls")\n    yield lambda: __import__("subprocess").run(["ls"])\n    yield lambda: __import__("socket").create_connection(("127.0.0.1", 1), 1)\n' +
    '    yield lambda: __import__("urllib.request").request.urlopen("http://127.0.0.1:1/")\n    yield lambda: os.fork()\n    yield lambda: __import__("js")\n' +
    'def f(x):\n    n = 0\n    for one in tries():\n        try:\n            one()\n            n += 1\n        except Exception: pass\n    return n',
  leak: 'import builtins, math\ndef f(x):\n    seen = 1 if hasattr(builtins, "trace") or hasattr(math, "trace") else 0\n    builtins.trace = math.trace = 1\n    return seen',
  work: 'def f(n):\n    s = 0\n    for i in range(n * 1000): s += i\n    return s',
};

export const members: readonly Member[] = [
  { id: 'javascript', language: 'typescript', entry: 'main.ts', programs: script },
  { id: 'quickjs', language: 'typescript', entry: 'main.ts', programs: script },
  { id: 'wasi', language: 'wat', entry: 'main.wat', programs: webassembly },
  { id: 'python', language: 'python', entry: 'main.py', programs: python },
];

/** In files of its own: an interpreter of it takes seconds to start, once a process or page. */
export const pyodide: Member = { id: 'pyodide', language: 'python', entry: 'main.py', programs: python };

export function memberOptions(member: Member, evaluator = PLAIN_EVALUATOR, limits = {}, slots = 2): HostOptions {
  const base = options(evaluator, { milliseconds: 8000, ...limits }, slots);
  return { ...base, sandbox: member.id, compile: wat.compile };
}

export function sourceOf({ language, entry }: Member, text: string): Source {
  return { language, entry, files: { [entry]: text } };
}

/** Outcomes of several requests in one session. */
export async function ask(
  host: EvaluationHost,
  member: Member,
  text: string,
  requests: readonly Partial<EvaluationRequest>[] = [{}],
): Promise<readonly EvaluationOutcome[]> {
  const opened = await host.open(sourceOf(member, text), new AbortController().signal);
  if (opened.type === 'failed') return requests.map(() => ({ ...opened, milliseconds: 0 }));
  const outcomes = await opened.session.evaluate(requests.map((request) => ({ ...REQUEST, ...request })));
  opened.session.close();
  return outcomes;
}
