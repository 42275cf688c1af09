/** The relay's own compilers: what each owes its caller, and what foreign source can't do to this machine. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCompileService } from '../../relay/compile/index.ts';
import { findJail, type Jailed } from '../../relay/compile/jail.ts';
import type { CompiledLanguage } from '../../wasm-toolchains/contract.ts';
import { SAMPLES } from '../wasm-toolchains/programs.ts';
import { needing, type Test } from '../needing.ts';
import { toolchainSuite } from '../wasm-toolchains/toolchain-suite.ts';

const cache = mkdtempSync(join(tmpdir(), 'genesis-compile-test-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const service = createCompileService({ slots: 2, cache });
const never = new AbortController().signal;
const languages = service.languages();

for (const sample of SAMPLES) {
  const found = languages.find(({ language }) => language === sample.language);
  if (found?.availability.type === 'ready')
    toolchainSuite(sample, (request, signal) => service.compile(request, signal));
  else if (found?.availability.type === 'missing') {
    const { reason, remedy } = found.availability;
    needing(`${reason} (${remedy})`)(`compiles ${sample.language}`, () => {});
  }
}

it('says of every language what is there, and what to do about what is not', () => {
  expect(languages.map(({ language }) => language)).toEqual(['rust', 'go', 'zig']);
  for (const { availability } of languages) {
    if (availability.type === 'missing') expect(availability.remedy.length).toBeGreaterThan(5);
    else expect(availability).toMatchObject({ type: 'ready' });
  }
});

const jail = findJail();
describe('the jail', () => {
  const jailed = needing(jail === null ? 'needs bubblewrap or user namespaces' : null);
  const inside = (script: string, milliseconds = 10_000, signal = never, more: Partial<Jailed> = {}) => {
    const folder = mkdtempSync(join(cache, 'jail-'));
    const job = {
      command: '/bin/sh',
      args: ['-c', script],
      folder,
      reads: [],
      writes: [],
      environment: {},
      milliseconds,
      megabytes: 512,
      ...more,
    };
    if (jail === null) throw new Error('no jail');
    return jail.run(job, signal);
  };

  jailed('shows none of the machine’s own files, environment or network', async () => {
    process.env['PLANTED_SECRET'] = 'sesame';
    const ran = await inside(
      'cat /etc/passwd /root/.bashrc /proc/1/environ; ls /home /root /tmp /work/..; env; cat /proc/net/route; echo done',
    );
    delete process.env['PLANTED_SECRET'];
    if (ran.type !== 'ended') throw new Error(ran.type);
    expect(ran.said).toContain('done');
    expect(ran.said).not.toContain('root:x:');
    expect(ran.said).not.toContain('sesame');
    expect(ran.said).not.toMatch(/^eth0/m);
  });

  jailed('lets nothing be written but the work', async () => {
    const ran = await inside('echo x > /usr/planted; echo x > /bin/planted; echo ok > /work/mine; cat /work/mine');
    expect(ran).toMatchObject({ type: 'ended', said: expect.stringContaining('ok') as string });
    expect(readdirSync('/usr')).not.toContain('planted');
    expect(readdirSync('/bin')).not.toContain('planted');
  });

  jailed('leaves no right of an administrator, and none to make a place where there would be', async () => {
    const ran = await inside(
      'grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status; unshare -r true 2>/dev/null && echo left; test -w /proc/sys/kernel/core_pattern && echo wrote; mount -t tmpfs none /tmp 2>/dev/null && echo mounted; echo done',
    );
    if (ran.type !== 'ended') throw new Error(ran.type);
    expect(ran.said).toMatch(/CapEff:\t0+\nCapBnd:\t0+\nNoNewPrivs:\t1\ndone/);
    expect(ran.said).not.toMatch(/left|wrote|mounted/);
  });

  jailed('shows folders under other names, read-only, and tells what was printed from what was said', async () => {
    const from = mkdtempSync(join(cache, 'from-'));
    writeFileSync(join(from, 'a'), 'here');
    const ran = await inside('cat /other/a; echo x > /other/b; echo fault >&2', 10_000, never, {
      places: [{ from, at: '/other' }],
    });
    expect(ran).toMatchObject({ type: 'ended', printed: 'here' });
    expect(ran).toMatchObject({ said: expect.stringContaining('fault') as string });
    expect(readdirSync(from)).toEqual(['a']);
  });

  jailed('ends a build that takes too many processes, files or bytes, or too much memory', async () => {
    const room = { processes: 40, megabytes: 400, bytes: 30_000_000, files: 500 };
    const greedy = (script: string) => inside(script, 30_000, never, { room });
    expect(await greedy('for i in $(seq 90); do sleep 65 & done; wait')).toEqual({
      type: 'greedy',
      reason: 'more than 40 processes',
    });
    expect(await greedy('for i in 1 2 3 4 5; do head -c 10000000 /dev/zero > f$i; done; sleep 66')).toEqual({
      type: 'greedy',
      reason: 'more than 30 MB of files',
    });
    expect(await greedy('for i in $(seq 900); do : > f$i; done; sleep 67')).toEqual({
      type: 'greedy',
      reason: 'more than 500 files',
    });
    expect(await greedy('head -c 450000000 /dev/zero | tail -n 1 | sleep 68')).toEqual({
      type: 'greedy',
      reason: 'more than 400 MB of memory',
    });
    await expect.poll(() => running([65, 66, 67, 68].map((n) => `sleep ${n}`)), { timeout: 5_000 }).toEqual([]);
  });

  jailed('ends what takes too long or is not wanted any more, with all that it started', async () => {
    expect(await inside('sleep 61 & sleep 62', 500)).toEqual({ type: 'late' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    expect(await inside('sleep 63 & sleep 64', 10_000, stop.signal)).toEqual({ type: 'stopped' });
    await expect.poll(() => running(['sleep 61', 'sleep 62', 'sleep 63', 'sleep 64']), { timeout: 5_000 }).toEqual([]);
  });

  jailed('drops what is said beyond all measure', async () => {
    const ran = await inside('head -c 30000000 /dev/zero | tr "\\0" x; echo');
    if (ran.type !== 'ended') throw new Error(ran.type);
    expect(ran.said.length).toBeLessThan(300_000);
  });
});

/** Which of these commands some process of this machine runs. */
function running(commands: readonly string[]): string[] {
  const found: string[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let line: string;
    try {
      line = process
        .getBuiltinModule('node:fs')
        .readFileSync(`/proc/${name}/cmdline`, 'utf8')
        .replaceAll('\0', ' ')
        .trim();
    } catch {
      continue;
    }
    if (commands.includes(line)) found.push(line);
  }
  return found;
}

describe('foreign source', () => {
  const having = (language: CompiledLanguage): Test => {
    const found = languages.find((one) => one.language === language)?.availability;
    return needing(found?.type === 'missing' ? found.reason : null);
  };
  const compile = (language: CompiledLanguage, entry: string, text: string) =>
    service.compile({ language, files: { [entry]: text }, entry, options: { optimise: 'speed' } }, never);

  having('rust')('can’t include a file of the machine', async () => {
    const result = await compile(
      'rust',
      'a.rs',
      'const S: &str = include_str!("/etc/passwd");\nfn main() { println!("{}", S); }',
    );
    expect(result.type).toBe('failed');
    expect(JSON.stringify(result)).not.toContain('root:x');
  });

  having('rust')('can’t send its compiler into a loop without end', async () => {
    const text = 'macro_rules! m { ($($x:tt)*) => { m!($($x)* $($x)* a) } }\nm!(a);\nfn main() {}';
    const hasty = createCompileService({ slots: 1, cache, milliseconds: 3_000 });
    const files = { 'a.rs': text };
    const compiled = hasty.compile({ language: 'rust', files, entry: 'a.rs', options: { optimise: 'speed' } }, never);
    expect((await compiled).type).toBe('failed');
  });

  having('go')('can’t call C, nor fetch a package', async () => {
    expect(await compile('go', 'a.go', 'package main\nimport "C"\nfunc main() {}')).toMatchObject({ type: 'failed' });
    expect(await compile('go', 'a.go', 'package main\nimport _ "example.com/x"\nfunc main() {}')).toMatchObject({
      type: 'failed',
    });
  });

  having('zig')('can’t embed a file of the machine', async () => {
    const result = await compile(
      'zig',
      'a.zig',
      'const s = @embedFile("/etc/passwd");\nexport fn f() u8 { return s[0]; }',
    );
    expect(result.type).toBe('failed');
  });
});
