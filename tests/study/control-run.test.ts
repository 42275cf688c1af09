import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findExperiment } from '../../relay/runs/experiment-folder.ts';
import { armed } from './arms.ts';
import { runControl, settingsHash, type ControlResult } from './control-run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE = 60_000;

async function runOf(arm: string): Promise<ControlResult> {
  const found = await findExperiment('symbolic-regression', root, 'seed');
  if (found.type === 'failed') throw new Error(found.problems.join('\n'));
  const experiment = armed(found.experiment, arm, 60);
  const trial = { example: 'symbolic-regression', arm, seed: 3, evaluations: 60, settings: settingsHash(experiment) };
  return runControl(trial, experiment);
}

describe('a run of the control study', () => {
  it(
    'repeats exactly, spends its evaluations and is measured on unseen data',
    async () => {
      const [first, second] = await Promise.all([runOf('evolution'), runOf('evolution')]);
      expect({ ...second, milliseconds: 0 }).toEqual({ ...first, milliseconds: 0 });
      expect(first).toMatchObject({ spent: 60, timeouts: 0 });
      expect(first.unseen).toBeGreaterThan(0);
      const [begin, end] = [first.steps[0], first.steps.at(-1)];
      expect(begin?.[0]).toBe(1);
      expect(end?.[1]).toBe(first.value);
      expect(end?.[1]).toBeLessThan(begin?.[1] ?? 0);
    },
    PATIENCE,
  );
});

describe('the command', () => {
  const args = ['tests/study/control.ts', '--examples', 'symbolic-regression', '--arms', 'best-of-n', '--seeds', '4'];

  it(
    'leaves out what its file holds and prints the same again',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'genesis-control-'));
      try {
        const file = join(folder, 'runs.jsonl');
        const command = (...more: string[]) =>
          spawnSync(process.execPath, [...args, '--out', file, '--evaluations', '20', ...more], {
            cwd: root,
            encoding: 'utf8',
          });
        const first = command();
        expect([first.status, first.stderr.split('\n')[0]]).toEqual([0, '2 runs of 20 evaluations, 0 there already']);
        expect(first.stdout).toContain('| symbolic-regression | training | best-of-n |');
        const lines = readFileSync(file, 'utf8');
        const second = command();
        expect([second.status, second.stderr]).toEqual([0, '0 runs of 20 evaluations, 2 there already\n']);
        expect(second.stdout).toBe(first.stdout);
        expect(readFileSync(file, 'utf8')).toBe(lines);
        const json = command('--json').stdout.trimEnd().split('\n');
        const types = json.map((line) => (JSON.parse(line) as { type: string }).type);
        expect(types).toEqual(['run', 'run', ...Array<string>(4).fill('summary'), 'comparison', 'comparison']);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    PATIENCE,
  );

  it('says what is wrong with its flags and how it is meant', () => {
    const { status, stderr } = spawnSync(process.execPath, [...args, '--evaluations', 'many'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain("--evaluations wants a whole number from 1 to 10000000, not 'many'");
    expect(stderr).toContain('npm run study -- control');
    expect(execFileSync(process.execPath, [...args, '--help'], { cwd: root, encoding: 'utf8' })).toContain('--seeds');
  });
});
