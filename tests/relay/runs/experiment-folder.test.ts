import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES, exampleNames, findExperiment, nearest } from '../../../relay/runs/experiment-folder.ts';

let base = '';
beforeAll(() => (base = mkdtempSync(join(tmpdir(), 'experiments-'))));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('findExperiment', () => {
  it('finds every example by its name', async () => {
    const names = await exampleNames();
    expect(names).toContain('circle-packing');
    for (const name of names) {
      expect(await findExperiment(name, base, 'seed'), name).toMatchObject({ type: 'ok', experiment: { name } });
    }
  });

  it('finds a folder, an experiment.json, and another seed program', async () => {
    for (const path of [join(EXAMPLES, 'circle-packing'), join(EXAMPLES, 'circle-packing/experiment.json')]) {
      expect(await findExperiment(path, base, 'seed')).toMatchObject({ type: 'ok' });
    }
    const plain = await findExperiment('circle-packing', base, 'constructor');
    const seed = await findExperiment('circle-packing', base, 'seed');
    expect(plain.type === 'ok' && seed.type === 'ok' && plain.experiment.files).not.toEqual(
      seed.type === 'ok' && seed.experiment.files,
    );
  });

  it('says what is wrong with what it does not find', async () => {
    mkdirSync(join(base, 'empty'));
    const words = async (name: string, program = 'seed'): Promise<string> => {
      const found = await findExperiment(name, base, program);
      return found.type === 'failed' ? found.problems.join('\n') : '';
    };
    expect(await words('circle')).toContain('did you mean circle-packing?');
    expect(await words('xyzzyxyzzy')).not.toContain('did you mean');
    expect(await words('empty')).toContain('has no experiment.json');
    expect(await words('../nowhere')).toContain('no example and no folder');
    mkdirSync(join(base, 'bad'));
    writeFileSync(join(base, 'bad/experiment.json'), '{"v":2}');
    expect(await words('bad')).toContain('experiment.json: v: must be 1');
    expect((await words('bad')).split('\n').length).toBeGreaterThan(3);
    mkdirSync(join(base, 'huge/files'), { recursive: true });
    for (let i = 0; i < 501; i++) writeFileSync(join(base, 'huge/files', `${i}.js`), '');
    expect(await words('huge')).toContain('more than 500 files');
  });
});

describe('nearest', () => {
  it.each([
    ['circle-pakcing', 'circle-packing'],
    ['tps', 'tsp'],
    ['bin', 'bin-packing'],
    ['quicksort', null],
    ['', null],
  ])('of %j is %j', (name, near) => {
    expect(nearest(name, ['bin-packing', 'circle-packing', 'tsp'])).toBe(near);
  });
});
