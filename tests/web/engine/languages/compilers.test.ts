/** How many children of a mutation real compilers take, where there are any. Parsing is no proof: types are theirs to judge. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import wabt from 'wabt';
import type { Language } from '../../../../web/engine/experiment.ts';
import { mutate } from '../../../../web/engine/operators/mutate.ts';
import type { Proposal } from '../../../../web/engine/operators/operator.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { contextOf } from '../operators/fixtures.ts';
import { experimentFor, SAMPLES } from './samples.ts';
import type { Sample } from './samples.ts';

const syntax = await loadSyntax(SAMPLES.map(({ language }) => language));
const folder = mkdtempSync(join(tmpdir(), 'languages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Compiler {
  readonly command: readonly string[];
  /** Asked first; a failure says that it is not there. */
  readonly probe: readonly string[];
  readonly children: number;
}

const COMPILERS: Readonly<Partial<Record<Language, Compiler>>> = {
  python: {
    command: ['python3', '-c', 'import sys; compile(open(sys.argv[1]).read(), "x", "exec")'],
    probe: ['python3', '-V'],
    children: 25,
  },
  c: { command: ['gcc', '-std=c11', '-fsyntax-only'], probe: ['gcc', '--version'], children: 40 },
  cpp: { command: ['g++', '-std=c++17', '-fsyntax-only'], probe: ['g++', '--version'], children: 12 },
  rust: {
    command: [
      'rustc',
      '--edition=2021',
      '--crate-type=lib',
      '--emit=metadata',
      '-Awarnings',
      '-o',
      join(folder, 'out.rmeta'),
    ],
    probe: ['rustc', '--version'],
    children: 40,
  },
  go: { command: ['go', 'vet'], probe: ['go', 'version'], children: 4 },
  zig: {
    command: ['python3', '-m', 'ziglang', 'build-obj', '-fno-emit-bin'],
    probe: ['python3', '-m', 'ziglang', 'version'],
    children: 3,
  },
};

function run(command: readonly string[]): boolean {
  const [name, ...rest] = command;
  return (
    spawnSync(name as string, rest, {
      timeout: 60_000,
      cwd: folder,
      env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' },
    }).status === 0
  );
}

function child(sample: Sample, seed: number): string {
  const proposal = mutate.propose(contextOf({ experiment: experimentFor(sample) }, syntax, seed)) as Proposal;
  if (proposal.type !== 'edits') throw new Error(proposal.type);
  return applyEdits({ [sample.path]: sample.text }, proposal.edits)[sample.path] as string;
}

/** WebAssembly text has a test of its own below; AssemblyScript's compiler is tried with the toolchains. */
const COMPILED = SAMPLES.flatMap((sample): [string, Sample, Compiler][] => {
  const compiler = COMPILERS[sample.language];
  return compiler ? [[sample.language, sample, compiler]] : [];
});

describe.each(COMPILED)('%s', (_, sample, compiler) => {
  it('compiles nine in ten children, and the sample itself', (context) => {
    // Where the compiler is missing there is nobody to ask.
    if (!run(compiler.probe)) return context.skip(`${compiler.probe[0] ?? ''} is not here`);
    const path = join(folder, sample.path);
    const compiles = (text: string): boolean => {
      writeFileSync(path, text);
      return run([...compiler.command, path]);
    };
    expect(compiles(sample.text)).toBe(true);
    expect(compiles(`${sample.text}\n}}} nonsense`)).toBe(false);
    let good = 0;
    for (let seed = 0; seed < compiler.children; seed++) if (compiles(child(sample, seed))) good++;
    expect(good / compiler.children).toBeGreaterThanOrEqual(0.9);
  }, 120_000);
});

it('takes nine in ten children of the WebAssembly text', async () => {
  const tools = await wabt();
  const sample = SAMPLES.find(({ language }) => language === 'wat') as Sample;
  const valid = (text: string): boolean => {
    try {
      const module = tools.parseWat('child.wat', text);
      module.validate();
      module.destroy();
      return true;
    } catch {
      return false;
    }
  };
  expect(valid(sample.text)).toBe(true);
  let good = 0;
  for (let seed = 0; seed < 200; seed++) if (valid(child(sample, seed))) good++;
  expect(good / 200).toBeGreaterThanOrEqual(0.9);
});
