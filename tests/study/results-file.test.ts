import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ControlResult } from './control-run.ts';
import { openResults, readResults, trialKey } from './results-file.ts';

const result: ControlResult = {
  ...{ v: 1, example: 'tsp', arm: 'evolution', seed: 1, evaluations: 100, settings: 'abc', value: 12.5, unseen: null },
  ...{ spent: 100, programs: 10, timeouts: 0, steps: [[1, 24]], milliseconds: 900 },
};

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'genesis-results-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the results file', () => {
  it('gives back what was added', () => {
    const path = join(folder, 'runs.jsonl');
    const file = openResults(path);
    expect(file.found).toEqual([]);
    file.add(result);
    file.add({ ...result, seed: 2 });
    expect(openResults(path)).toMatchObject({ found: [result, { ...result, seed: 2 }], broken: 0 });
  });

  it('goes on after a line that was cut while it was written', () => {
    const path = join(folder, 'runs.jsonl');
    writeFileSync(path, `${JSON.stringify(result)}\n`);
    appendFileSync(path, JSON.stringify({ ...result, seed: 2 }).slice(0, 40));
    const file = openResults(path);
    expect(file).toMatchObject({ found: [result], broken: 1 });
    file.add({ ...result, seed: 3 });
    file.add({ ...result, seed: 4 });
    const again = openResults(path);
    expect(again.found.map(({ seed }) => seed)).toEqual([1, 3, 4]);
    expect(again.broken).toBe(1);
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
  });

  it('takes no line of another shape', () => {
    const odd = [
      { ...result, v: 2 },
      { ...result, value: 'best' },
      { ...result, seed: 1.5 },
      { ...result, steps: 3 },
      7,
      null,
    ];
    expect(readResults(odd.map((each) => JSON.stringify(each)).join('\n'))).toEqual({ found: [], broken: odd.length });
  });
});

describe('a trial', () => {
  it('is another one wherever anything of it differs', () => {
    const others: Partial<ControlResult>[] = [
      ...[{ example: 'cap-set' }, { arm: 'mix' }, { seed: 2 }, { evaluations: 101 }, { settings: 'abd' }],
    ];
    const keys = others.map((other) => trialKey({ ...result, ...other }));
    expect(new Set([trialKey(result), ...keys]).size).toBe(6);
    expect(trialKey({ ...result, value: 3 } as ControlResult)).toBe(trialKey(result));
  });
});
