/** The relay's own compilers: what each owes its caller, and what foreign source can't do to this machine. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCompileService } from '../../relay/compile/index.ts';
import { findJail } from '../../relay/compile/jail.ts';
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
  const inside = (script: string, milliseconds = 10_000, signal = never) => {
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
