import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readLog } from '../../../web/engine/log.ts';

// Whole runs in processes of their own.
vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../../', import.meta.url));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ends-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function evolve(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'relay/runs/evolve.ts'), ...args], {
    cwd: root,
    env: { ...process.env, INIT_CWD: folder },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

function ends(file: string): string[] {
  const read = readLog(readFileSync(join(folder, file), 'utf8'));
  if (read.type === 'failed') throw new Error(read.reason);
  return read.events.flatMap((event) => (event.type === 'run-finished' ? [event.reason] : []));
}

it('ends at a target, and goes on beyond it when it is asked to', () => {
  // Above the seed, which leaves 148 % of the bound unused, and below best fit with 4.2, which nearly every run finds at once.
  const first = evolve('bin-packing', '--target', '-50', '--evaluations', '5000', '--out', 'target.jsonl');
  expect(first).toContain('until 5,000 evaluations or a fitness of -50');
  expect(first).toContain('the target is reached');
  expect(ends('target.jsonl')).toEqual(['target']);
  const more = evolve('--resume', 'target.jsonl', '--evaluations', '90');
  expect(more).not.toMatch(/target is|a fitness of/);
  expect(ends('target.jsonl')).toEqual(['target', 'evaluations']);
});

it('ends where nothing better comes for long enough', () => {
  const out = evolve('bin-packing', '--patience', '40', '--evaluations', '5000', '--out', 'patience.jsonl');
  expect(out).toContain('or 40 evaluations without a better program');
  expect(out).toContain('nothing better came');
  expect(ends('patience.jsonl')).toEqual(['patience']);
});
