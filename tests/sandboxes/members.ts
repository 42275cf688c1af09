/** The same behaviours in the language of each member of the family, for the suite that all of them pass. */
import wabt from 'wabt';
import type { Language } from '../../sandboxes/contract.ts';
import type { HostedSandbox } from '../../sandboxes/hosting/prepare.ts';
import type { Compile } from '../../wasm-toolchains/contract.ts';

export interface Member {
  readonly sandbox: HostedSandbox;
  readonly language: Language;
  readonly entry: string;
  readonly compile?: Compile;
  readonly programs: Readonly<Record<Behaviour, string>>;
}

/**
 * `f(x)` each: `twice` gives 2x; `next` counts its calls from x on; `fails` throws or traps; `broken` does not build; `spins` never ends;
 * `spinsEarly` never ends while it is loaded; `bomb` takes all the memory there is; `deep` calls itself without end; `chance` gives a random number;
 * `clock` the time; `other` has no `f` but a `g`.
 */
export type Behaviour =
  'twice' | 'next' | 'fails' | 'broken' | 'spins' | 'spinsEarly' | 'bomb' | 'deep' | 'chance' | 'clock' | 'other';

const SCRIPTS: Readonly<Record<Behaviour, string>> = {
  twice: 'export const f = (x) => 2 * x;',
  next: 'let n = 0; export const f = (x) => (n += x);',
  fails: 'export const f = () => { throw new Error("no"); };',
  broken: 'export const f = (x => ;',
  spins: 'export const f = () => { for (;;) { if (--$fuel.n < 0) $fuel.out(); } };',
  spinsEarly: 'for (;;) { if (--$fuel.n < 0) $fuel.out(); }\nexport const f = () => 1;',
  bomb: 'export const f = () => { const all = []; for (;;) { if (--$fuel.n < 0) $fuel.out(); all.push(new Float64Array(1e6)); } };',
  deep: 'export const f = (x) => 1 + f(x);',
  chance: 'export const f = () => Math.random();',
  clock: 'export const f = () => Date.now();',
  other: 'export const g = () => 1;',
};

const func = (body: string, more = ''): string =>
  `(module (memory (export "memory") 1) ${more} (func $f (export "f") (param $x f64) (result f64) ${body}))`;

export const MEMBERS: readonly Member[] = [
  { sandbox: 'javascript', language: 'javascript', entry: 'main.js', programs: SCRIPTS },
  { sandbox: 'quickjs', language: 'javascript', entry: 'main.js', programs: SCRIPTS },
  {
    sandbox: 'wasi',
    language: 'wat',
    entry: 'main.wat',
    compile: assemble,
    programs: {
      twice: func('(f64.mul (local.get $x) (f64.const 2))'),
      next: func(
        '(global.set $n (f64.add (global.get $n) (local.get $x))) (global.get $n)',
        '(global $n (mut f64) (f64.const 0))',
      ),
      fails: func('(unreachable)'),
      broken: func('(f64.mul (local.get $x)'),
      spins: func('(loop $l (br $l)) (unreachable)'),
      spinsEarly: `(module (func (export "_initialize") (loop $l (br $l))) (func (export "f") (param f64) (result f64) (f64.const 1)))`,
      bomb: func(
        '(loop $l (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then (unreachable))) (br $l)) (unreachable)',
      ),
      deep: func('(f64.add (f64.const 1) (call $f (local.get $x)))'),
      chance: `(module (import "wasi_snapshot_preview1" "random_get" (func $r (param i32 i32) (result i32))) (memory (export "memory") 1)
        (func (export "f") (param f64) (result f64) (drop (call $r (i32.const 8) (i32.const 4))) (f64.convert_i32_u (i32.load (i32.const 8)))))`,
      clock: `(module (import "wasi_snapshot_preview1" "clock_time_get" (func $t (param i32 i64 i32) (result i32))) (memory (export "memory") 1)
        (func (export "f") (param f64) (result f64) (drop (call $t (i32.const 0) (i64.const 1) (i32.const 8))) (f64.div (f64.convert_i64_u (i64.load (i32.const 8))) (f64.const 1000000))))`,
      other: '(module (func (export "g") (result f64) (f64.const 1)))',
    },
  },
  {
    sandbox: 'python',
    language: 'python',
    entry: 'main.py',
    programs: {
      twice: 'def f(x): return 2 * x',
      next: 'n = 0\ndef f(x):\n    global n\n    n += x\n    return n',
      fails: 'def f(x): raise ValueError("no")',
      broken: 'def f(x:\n    return 1',
      spins: 'def f(x):\n    while True: pass',
      spinsEarly: 'while True: pass\ndef f(x): return 1',
      bomb: 'def f(x):\n    all = []\n    while True: all.append(bytearray(1000000))',
      deep: 'def f(x): return 1 + f(x)',
      chance: 'import random\ndef f(x): return random.random()',
      clock: 'import time\ndef f(x): return round(time.time() * 1000)',
      other: 'def g(x): return 1',
    },
  },
];

let tool: ReturnType<typeof wabt> | null = null;

async function assemble({ files, entry }: Parameters<Compile>[0]): ReturnType<Compile> {
  const { parseWat } = await (tool ??= wabt());
  try {
    const module = parseWat(entry, files[entry] as string);
    const wasm = new Uint8Array(module.toBinary({}).buffer);
    module.destroy();
    return { type: 'ok', wasm, shape: 'reactor', diagnostics: [], milliseconds: 0 };
  } catch (error) {
    return { type: 'failed', reason: (error as Error).message, diagnostics: [] };
  }
}
