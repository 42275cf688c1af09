import { beforeEach, describe, expect, it } from 'vitest';
import { Draft, editable } from '../../../web/state/drafts.svelte.ts';
import {
  addFile,
  languageOf,
  nameProblem,
  partOf,
  removalProblem,
  removeFile,
  renameFile,
} from '../../../web/state/manifest.ts';
import { freeName, ownEntries, ownNames, readOwn, removeOwn, writeOwn } from '../../../web/state/own-experiments.ts';
import { fakeStorage } from './storage.ts';

const FOLDER = {
  'seed.py': 'a = 1\n',
  'kernel.c': 'int f;\n',
  'evaluator.js': 'export {};\n',
  'experiment.json': JSON.stringify({
    title: 'Two',
    language: 'python',
    entry: 'seed.py',
    files: ['seed.py', 'kernel.c'],
    evaluator: { entry: 'evaluator.js', files: ['evaluator.js'] },
  }),
};

const manifest = (folder: Readonly<Record<string, string>>) =>
  JSON.parse(folder['experiment.json'] as string) as Record<string, unknown>;

let storage: { full: boolean };
beforeEach(() => (storage = fakeStorage()));

describe('the files of an experiment', () => {
  it('knows what they belong to and what they are written in', () => {
    expect(['kernel.c', 'evaluator.js', 'experiment.json'].map((path) => partOf(FOLDER, path))).toEqual([
      'program',
      'evaluator',
      'other',
    ]);
    expect(languageOf(FOLDER)).toBe('python');
    expect(editable({ ...FOLDER, 'shot.png': '', 'lib.rs': '', 'a.wat': '' })).toEqual([
      'seed.py',
      'evaluator.js',
      'a.wat',
      'kernel.c',
      'lib.rs',
      'experiment.json',
    ]);
  });

  it('adds to the program or to the evaluator', () => {
    const added = addFile(addFile(FOLDER, 'more.c', 'x', 'program'), 'cases.js', 'y', 'evaluator');
    expect(manifest(added)).toMatchObject({
      files: ['seed.py', 'kernel.c', 'more.c'],
      evaluator: { entry: 'evaluator.js', files: ['evaluator.js', 'cases.js'] },
    });
    expect(added['cases.js']).toBe('y');
  });

  it('removes what nobody calls, and says why not the rest', () => {
    expect(manifest(removeFile(FOLDER, 'kernel.c'))['files']).toEqual(['seed.py']);
    expect(removalProblem(FOLDER, 'kernel.c')).toBe('');
    for (const path of ['seed.py', 'evaluator.js', 'experiment.json'])
      expect(removalProblem(FOLDER, path)).not.toBe('');
  });

  it('renames everywhere, the entry too', () => {
    const renamed = renameFile(renameFile(FOLDER, 'seed.py', 'main.py'), 'evaluator.js', 'score.js');
    expect(manifest(renamed)).toMatchObject({
      entry: 'main.py',
      files: ['main.py', 'kernel.c'],
      evaluator: { entry: 'score.js', files: ['score.js'] },
    });
    expect(Object.keys(renamed)).toEqual(['main.py', 'kernel.c', 'score.js', 'experiment.json']);
  });

  it('refuses names that mean another place, or that are taken', () => {
    for (const name of ['', '../a.c', '/a.c', 'a b.c', 'seed.py']) expect(nameProblem(FOLDER, name)).not.toBe('');
    expect(nameProblem(FOLDER, 'src/a.c')).toBe('');
  });

  it('leaves a manifest alone that can’t be read', () => {
    const broken = { ...FOLDER, 'experiment.json': '{' };
    expect(addFile(broken, 'a.c', '', 'program')['experiment.json']).toBe('{');
    expect(languageOf(broken)).toBe(null);
  });
});

describe('Draft', () => {
  it('keeps what was added, changed and removed of an example through a reload', () => {
    const draft = new Draft('two', FOLDER);
    draft.write('seed.py', 'a = 2\n');
    draft.add('more.c', 'x', 'program');
    draft.remove('kernel.c');
    expect(draft.changed).toBe(true);
    const again = new Draft('two', FOLDER);
    expect(again.files).toEqual(draft.files);
    again.revert('seed.py');
    expect(again.isChanged('seed.py')).toBe(false);
    expect(again.canRevert('more.c')).toBe(false);
  });

  it('is a person’s own where it keeps the whole folder, and says when it could not', () => {
    const draft = new Draft('own', FOLDER, (files) => writeOwn('own', files));
    draft.rename('kernel.c', 'inner.c');
    expect(readOwn('own')).toEqual(draft.files);
    expect(draft.unkept).toBe(false);
    storage.full = true;
    draft.write('seed.py', 'a = 3\n');
    expect(draft.unkept).toBe(true);
    expect(draft.files['seed.py']).toBe('a = 3\n');
  });
});

describe('experiments of a person’s own', () => {
  it('are listed by title, loaded and taken away', async () => {
    writeOwn('two', FOLDER);
    const [entry] = ownEntries();
    expect(entry).toMatchObject({ name: 'two', title: 'Two', own: true });
    expect(await entry?.load()).toEqual(FOLDER);
    removeOwn('two');
    expect(ownNames()).toEqual([]);
    expect(readOwn('two')).toBe(null);
  });

  it('get names that nothing has', () => {
    expect(freeName('Curve in C++', [])).toBe('curve-in-cpp');
    expect(freeName('Curve', ['curve', 'curve-2'])).toBe('curve-3');
    expect(freeName('…', [])).toBe('experiment');
  });
});
