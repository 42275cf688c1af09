/** Rust's projects with crates, for real: Cargo, the network, and the jail in which scripts of crates run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCompileService, type CompileServiceOptions } from '../../../relay/compile/index.ts';
import type { Compiled, Files } from '../../../wasm-toolchains/contract.ts';
import { openHeadless } from '../../../relay/runs/headless.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import { validateExperiment } from '../../../web/engine/validation.ts';
import { needing } from '../../needing.ts';
import { openedRelay } from '../open.ts';

const cache = mkdtempSync(join(tmpdir(), 'genesis-crates-test-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const never = new AbortController().signal;
const own = join(cache, 'relay');
const open = (more: Partial<CompileServiceOptions> = {}) =>
  createCompileService({ slots: 2, cache: own, crates: true, ...more });
const service = open();

/** Versions that a compiler of 2022 takes too, with what each is to be. */
const LOCK = `version = 3

[[package]]
name = "itoa"
version = "1.0.4"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "4217ad341ebadf8d8e724e264f13e593e0648f5b3e94b3896a5df283be015ecc"

[[package]]
name = "program"
version = "0.1.0"
dependencies = ["itoa", "smallvec"]

[[package]]
name = "smallvec"
version = "1.10.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "a507befe795404456341dfab10cef66ead4c041f62b8b11bbb92bffe5d0953e0"
`;
const head = (dependencies: string): string =>
  `[package]\nname = "program"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n${dependencies}\n`;
const TWO = head('itoa = "1"\nsmallvec = "1"');
/** Digits of the squares below n: by one crate collected, by the other written. */
const digits = (more: number): string => `use smallvec::SmallVec;

#[no_mangle]
pub extern "C" fn digits(n: u32) -> u32 {
    let squares: SmallVec<[u32; 8]> = (0..n).map(|i| i * i).collect();
    let mut buffer = itoa::Buffer::new();
    squares.iter().map(|x| buffer.format(*x).len() as u32).sum::<u32>() + ${more}
}
`;
const project = (more: number, files: Files = {}): Files => ({
  'Cargo.toml': TWO,
  'Cargo.lock': LOCK,
  'src/lib.rs': digits(more),
  ...files,
});

const compile = (files: Files, from = service, entry = 'src/lib.rs', signal = never): Promise<Compiled> =>
  from.compile({ language: 'rust', files, entry, options: { optimise: 'speed' } }, signal);

const ok = (result: Compiled): Extract<Compiled, { type: 'ok' }> => {
  if (result.type !== 'ok') throw new Error(`${result.type}: ${'reason' in result ? result.reason : ''}`);
  return result;
};
const failed = (result: Compiled): Extract<Compiled, { type: 'failed' }> => {
  if (result.type !== 'failed') throw new Error(`${result.type}: ${'reason' in result ? result.reason : ''}`);
  return result;
};

function call(wasm: Uint8Array<ArrayBuffer>, name: string, ...args: number[]): number {
  const module = new WebAssembly.Module(wasm);
  const imports: Record<string, () => number> = {};
  for (const { name: needed } of WebAssembly.Module.imports(module)) imports[needed] = () => 0;
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports });
  return (exports[name] as (...given: number[]) => number)(...args);
}

/** Whether this machine has all of it: asked by compiling. */
const first = await compile(project(0));
const missing = first.type === 'unavailable' ? `${first.reason} (${first.remedy})` : null;
const test = needing(missing);
const having = (name: string, work: () => Promise<void> | void): void => test(name, work, 120_000);

describe('a project with two crates', () => {
  having('becomes a module whose exports are called, by the versions its lock names', () => {
    const { wasm, shape, diagnostics } = ok(first);
    expect(shape).toBe('reactor');
    expect(diagnostics).toEqual([]);
    expect(call(wasm, 'digits', 5)).toBe(6);
    const kept = readdirSync(join(own, 'crates')).flatMap((key) => {
      try {
        return readdirSync(join(own, 'crates', key, 'crates'));
      } catch {
        return [];
      }
    });
    expect(kept.sort()).toEqual(['itoa-1.0.4', 'smallvec-1.10.0']);
  });

  having('is compiled once for the same text, and its crates once for all texts', async () => {
    expect(ok(await compile(project(0))).milliseconds).toBe(0);
    const before = readdirSync(join(own, 'crates')).sort();
    // Another process of the relay, without a memory: no crate is fetched again, nor compiled.
    const other = ok(await compile(project(1), open()));
    expect(call(other.wasm, 'digits', 5)).toBe(7);
    expect(readdirSync(join(own, 'crates')).sort()).toEqual(before);
    expect(ok(await compile(project(0), open())).wasm).toEqual(ok(first).wasm);
  });

  having('without a lock says which crates it took', async () => {
    const { diagnostics } = ok(
      await compile({ 'Cargo.toml': head('itoa = "=1.0.4"'), 'src/lib.rs': 'pub use itoa::Buffer;' }),
    );
    expect(diagnostics.at(-1)).toMatchObject({ severity: 'note', file: 'Cargo.toml' });
    expect(diagnostics.at(-1)?.message).toContain('itoa 1.0.4');
  });

  having('with a main is a command', async () => {
    const text = 'mod more;\nfn main() {\n    println!("{}", more::text(12));\n}\n';
    const more = 'pub fn text(n: u32) -> String {\n    itoa::Buffer::new().format(n).to_string()\n}\n';
    const files = { 'Cargo.toml': TWO, 'Cargo.lock': LOCK, 'src/main.rs': text, 'src/more.rs': more };
    const { wasm, shape } = ok(await compile(files, service, 'src/main.rs'));
    expect(shape).toBe('command');
    expect(WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name)).toContain('_start');
  });

  having('says of a fault where it is, and of one in a crate that it is there', async () => {
    const bad = digits(0).replace('itoa::Buffer::new()', 'itoa::Buffers::new()');
    const result = failed(await compile(project(0, { 'src/lib.rs': bad })));
    expect(result.diagnostics[0]).toMatchObject({ severity: 'error', file: 'src/lib.rs', line: 6, column: 28 });
    expect(result.reason).toMatch(/^src\/lib\.rs:6:28: ./);
    const warned = ok(await compile(project(0, { 'src/lib.rs': `${digits(0)}fn unused() {}\n` })));
    expect(warned.diagnostics[0]).toMatchObject({ severity: 'warning', file: 'src/lib.rs', line: 9 });
    // Uses a feature that only compilers of a night have, and says so in its own text.
    const nightly = head('smallvec = { version = "=1.10.0", features = ["specialization"] }');
    const { reason, diagnostics } = failed(
      await compile({ 'Cargo.toml': nightly, 'src/lib.rs': 'pub use smallvec::SmallVec;' }),
    );
    expect(reason).toMatch(/^in the crate smallvec 1\.10\.0: ./);
    expect(diagnostics[0]?.file).toBe('');
  });

  having('says of a version or a crate that there is not, and of a lock that does not fit, what is wrong', async () => {
    expect(failed(await compile({ ...project(0), 'Cargo.toml': head('itoa = "99"') })).reason).toMatch(
      /^Cargo\.toml: .*itoa = "\^99"/,
    );
    const unknown = { 'Cargo.toml': head('genesis-there-is-no-such-crate = "1"'), 'src/lib.rs': '' };
    expect(failed(await compile(unknown)).reason).toContain('no matching package');
    const old = LOCK.replace('"1.0.4"', '"0.4.4"');
    expect(failed(await compile(project(0, { 'Cargo.lock': old }))).reason).toMatch(
      /^Cargo\.lock: it names itoa 0\.4\.4/,
    );
    const swapped = LOCK.replace('4217ad34', '4217ad35');
    expect(failed(await compile(project(0, { 'Cargo.lock': swapped }))).reason).toContain('checksum');
  });

  having('stops when it is told to, and goes on afterwards', async () => {
    const stop = new AbortController();
    const going = compile(project(77), service, 'src/lib.rs', stop.signal);
    setTimeout(() => stop.abort(), 50);
    expect((await going).type).toBe('stopped');
    ok(await compile(project(77)));
  });
});

describe('a relay’s owner', () => {
  const limited = (crates: NonNullable<CompileServiceOptions['crates']>) => open({ crates });

  having('allows none, some, or all crates', async () => {
    const none = await compile(project(0), limited(false));
    expect(none).toMatchObject({ type: 'unavailable', remedy: expect.stringContaining('compile.crates') as string });
    expect(none.type === 'unavailable' && none.reason).toContain('itoa, smallvec');
    const some = await compile(project(0), limited(['itoa']));
    expect(some.type === 'unavailable' && some.reason).toContain('does not allow the crate smallvec');
    ok(await compile(project(0), limited(['itoa', 'smallvec'])));
  });

  having('who allows none still has projects without crates, and runs no script of theirs', async () => {
    const files = { 'Cargo.toml': head(''), 'src/lib.rs': '#[no_mangle] pub extern "C" fn f() -> u32 { 3 }' };
    expect(call(ok(await compile(files, limited(false))).wasm, 'f')).toBe(3);
    const scripted = await compile({ ...files, 'build.rs': 'fn main() {}' }, limited(false));
    expect(scripted.type === 'unavailable' && scripted.reason).toContain('build.rs');
  });

  having('is told of in the list of languages', () => {
    const noteOf = (crates: NonNullable<CompileServiceOptions['crates']>): string => {
      const rust = limited(crates)
        .languages()
        .find(({ language }) => language === 'rust')?.availability;
      return rust?.type === 'ready' ? (rust.note ?? '') : 'missing';
    };
    expect(noteOf(false)).toContain('compile.crates');
    expect(noteOf(true)).toBe('With crates from crates.io.');
    expect(noteOf(['itoa'])).toContain('itoa');
  });
});

describe('what is asked of it', () => {
  having('by a run: programs change, are compiled with their crates, and score', async () => {
    const files = project(0, {
      'src/lib.rs': digits(0)
        .replace(
          '    let mut buffer',
          '    // EVOLVE-BLOCK-START\n    let more = 3;\n    // EVOLVE-BLOCK-END\n    let mut buffer',
        )
        .replace('+ 0', '+ more'),
    });
    const evaluator = `export async function evaluate(candidate) {
  const score = await candidate.call('digits', 5);
  return { fitness: score, correct: true, metrics: { score } };
}`;
    const found = validateExperiment({
      ...{ v: 1, name: 'crates', title: 'Crates', language: 'rust', entry: 'src/lib.rs', files },
      evaluator: { entry: 'evaluator.js', files: { 'evaluator.js': evaluator } },
      goal: { metric: 'score', label: 'Score', better: 'higher' },
      ...{ limits: { milliseconds: 5_000, fuel: 10_000_000 }, budget: { evaluations: 6 } },
    });
    if (found.type === 'failed') throw new Error(found.problems.join('\n'));
    const run = async (crates: boolean): Promise<RunEvent[]> => {
      const events: RunEvent[] = [];
      const emit = (event: RunEvent): void => void events.push(event);
      const headless = await openHeadless({ experiment: found.experiment, seed: 1, parallel: 2, crates, emit });
      try {
        headless.run.play();
        await headless.ended;
      } finally {
        headless.close();
      }
      return events;
    };
    const told = (await run(true)).flatMap((event) => (event.type === 'evaluated' ? [event] : []));
    expect(told[0]?.evaluation?.metrics['score']).toBe(9);
    expect(told.filter(({ status }) => status === 'correct').length).toBeGreaterThan(1);
    const refused = (await run(false)).flatMap((event) => (event.type === 'evaluated' ? [event] : []));
    expect(refused[0]).toMatchObject({ status: 'build-failed', reason: expect.stringContaining('--crates') as string });
  });

  having('by members of a relay, as its owner set it', async () => {
    const body = { language: 'rust', files: project(0), entry: 'src/lib.rs', options: { optimise: 'speed' } };
    for (const [crates, status] of [
      [['itoa', 'smallvec'], 200],
      [['itoa'], 503],
    ] as const) {
      const relay = await openedRelay({ config: { compile: { crates } } });
      try {
        const { token } = await relay.client();
        const listed = await (await relay.call(token, 'GET', '/compile')).text();
        expect(listed).toContain(`With these crates, and what they need: ${crates.join(', ')}.`);
        const answer = await relay.call(token, 'POST', '/compile', body);
        expect(answer.status).toBe(status);
        if (status === 200) expect(call(new Uint8Array(await answer.arrayBuffer()), 'digits', 5)).toBe(6);
        else expect(await answer.text()).toContain('does not allow the crate smallvec');
      } finally {
        await relay.close();
      }
    }
  });
});

describe('a script that runs before a program', () => {
  /** What it says becomes the module's answer: a list of what it could do, as bits. */
  const scripted = (body: string, more = 0): Files =>
    project(0, {
      'src/lib.rs': `${digits(more)}include!(concat!(env!("OUT_DIR"), "/said.rs"));\n`,
      'build.rs': `#![allow(unused)]
use std::{env, fs, net, path::Path, process, thread, time::Duration};
fn walk(at: &Path, with: &dyn Fn(&Path)) {
    for entry in fs::read_dir(at).into_iter().flatten().flatten() {
        if entry.path().is_dir() { walk(&entry.path(), with) } else { with(&entry.path()) }
    }
}
fn main() {
    let mut said = 0u32;
    ${body}
    let out = env::var("OUT_DIR").unwrap();
    fs::write(format!("{}/said.rs", out), format!("#[no_mangle] pub extern \\"C\\" fn said() -> u32 {{ {} }}", said)).unwrap();
}
`,
    });

  having('has no network, no environment, no files of the machine, and no rights', async () => {
    process.env['PLANTED_SECRET'] = 'sesame';
    const { wasm } = ok(
      await compile(
        scripted(`
    if net::TcpStream::connect("1.1.1.1:443").is_ok() { said |= 1; }
    if net::TcpStream::connect("127.0.0.1:8420").is_ok() { said |= 2; }
    if env::vars().any(|(name, value)| name.contains("PLANTED") || value.contains("sesame")) { said |= 4; }
    if Path::new("/etc/passwd").exists() || Path::new("/root/.bashrc").exists() || Path::new("/home").exists() { said |= 8; }
    for place in ["/usr/planted", "/crates/planted", "/planted/x", "/proc/sys/planted"] { if fs::write(place, "x").is_ok() { said |= 16; } }
    if fs::OpenOptions::new().append(true).open("/crates/itoa-1.0.4/src/lib.rs").is_ok() { said |= 32; }
    if fs::OpenOptions::new().write(true).open("/proc/sys/kernel/hostname").is_ok() { said |= 64; }
    if !fs::read_to_string("/proc/self/status").unwrap().contains("CapEff:\\t0000000000000000") { said |= 128; }
    if process::Command::new("unshare").args(["-r", "true"]).status().map_or(false, |s| s.success()) { said |= 256; }
    if fs::read_dir("/proc").unwrap().flatten().any(|e| fs::read_to_string(e.path().join("cmdline")).map_or(false, |t| t.contains("vitest"))) { said |= 512; }`),
      ),
    );
    delete process.env['PLANTED_SECRET'];
    expect(call(wasm, 'said')).toBe(0);
    expect(readdirSync('/usr')).not.toContain('planted');
  });

  having('can’t leave anything for another program with the same crates', async () => {
    const poisoned = scripted(
      `walk(Path::new("/work/target"), &|path| { let name = path.to_string_lossy().to_string(); if name.contains("itoa") || name.contains("smallvec") { let _ = fs::write(path, b"poison"); } });`,
      1,
    );
    expect(failed(await compile(poisoned)).reason).toMatch(/itoa|smallvec/);
    const { wasm } = ok(await compile(scripted('said = 5;', 2)));
    expect([call(wasm, 'said'), call(wasm, 'digits', 5)]).toEqual([5, 8]);
  });

  having('can’t take more than its share of processes and of the disk', async () => {
    const many = scripted(
      'let kids: Vec<_> = (0..300).map(|_| process::Command::new("sleep").arg("30").spawn()).collect(); thread::sleep(Duration::from_secs(30));',
    );
    expect(failed(await compile(many)).reason).toContain('processes');
    const files = scripted(
      'for i in 0..90_000 { let _ = fs::write(format!("/work/f{}", i), b""); } thread::sleep(Duration::from_secs(30));',
    );
    expect(failed(await compile(files)).reason).toContain('files');
  });

  having('ends with the build’s time', async () => {
    const hasty = open({ milliseconds: 4_000 });
    expect(failed(await compile(scripted('thread::sleep(Duration::from_secs(100));'), hasty)).reason).toContain('4 s');
  });
});

it('leaves nothing behind in the relay’s folder but what is whole', () => {
  let left: string[] = [];
  try {
    left = readdirSync(join(own, 'crates'));
  } catch {
    return;
  }
  expect(left.filter((name) => !/^[0-9a-f]{40}$/.test(name))).toEqual([]);
  for (const key of left) expect(readFileSyncOrEmpty(join(own, 'crates', key, 'Cargo.lock'))).not.toContain('path+');
});

function readFileSyncOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
