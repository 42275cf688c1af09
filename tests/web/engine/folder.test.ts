import { describe, expect, it } from 'vitest';
import { experimentFromFolder, seedsOf } from '../../../web/engine/folder.ts';
import { validateExperiment } from '../../../web/engine/validation.ts';
import { experiment } from './stand-ins.ts';

const manifest = {
  v: 1,
  name: 'mine',
  title: 'Mine',
  language: 'javascript',
  entry: 'seed.js',
  files: ['seed.js'],
  evaluator: { entry: 'evaluator.js', files: ['evaluator.js'] },
  seeds: [{ name: 'other', title: 'Other', files: { 'seed.js': 'other.js' } }],
  goal: { metric: 'score', label: 'Score', better: 'higher' },
};
const texts = { 'seed.js': 'export const a = 1;', 'other.js': 'export const a = 2;', 'evaluator.js': 'export {};' };
const folder = (change: object = {}, files: object = {}) => ({
  ...texts,
  'experiment.json': JSON.stringify({ ...manifest, ...change }),
  ...files,
});

function problems(result: ReturnType<typeof experimentFromFolder>): string {
  return result.type === 'failed' ? result.problems.join('\n') : 'none';
}

describe('experimentFromFolder', () => {
  it('reads files, defaults and seeds', () => {
    const own = experimentFromFolder(folder());
    expect(own).toMatchObject({
      type: 'ok',
      experiment: { files: { 'seed.js': texts['seed.js'] }, strategy: { mode: 'ordered' } },
    });
    expect(experimentFromFolder(folder(), 'other')).toMatchObject({
      experiment: { files: { 'seed.js': texts['other.js'] } },
    });
    expect(seedsOf(folder()).map(({ name }) => name)).toEqual(['seed', 'other']);
  });

  it('names every fault with its path', () => {
    expect(problems(experimentFromFolder({}))).toContain('has no experiment.json');
    expect(problems(experimentFromFolder({ 'experiment.json': '{' }))).toContain('is not JSON');
    expect(problems(experimentFromFolder(folder({ files: ['gone.js'] })))).toContain(
      'files[0]: names gone.js, which is not in the folder',
    );
    expect(problems(experimentFromFolder(folder(), 'third'))).toContain('has no "third"; there are seed, other');
    const many = experimentFromFolder(
      folder({
        entry: 'x.js',
        limits: { fuel: -1 },
        strategy: { islands: { count: 'two' }, operators: { dance: 1 } },
        colour: 1,
      }),
    );
    expect(problems(many)).toContain('entry: must name one of the files (seed.js), not "x.js"');
    expect(problems(many)).toContain('limits.fuel: must be a whole number from 100 up to 1000000000, not -1');
    expect(problems(many)).toContain('strategy.islands.count: must be a whole number from 1 up to 1000, not "two"');
    expect(problems(many)).toContain('strategy.operators.dance: is not an operator; there are brood, mutate');
    expect(problems(many)).toContain('colour: is not known here');
  });
});

describe('validateExperiment', () => {
  it('takes its own output back unchanged', () => {
    const given = experiment({ operators: { mutate: 1 } });
    expect(validateExperiment(JSON.parse(JSON.stringify(given)))).toEqual({ type: 'ok', experiment: given });
  });

  it.each([
    null,
    1,
    'x',
    [],
    {},
    { v: 2 },
    { files: { '../up.js': '' } },
    { files: { __proto__: null, 'a/../../b': 'x' } },
  ])('refuses %j with reasons instead of throwing', (value) => {
    const result = validateExperiment(value);
    expect(result.type).toBe('failed');
    if (result.type === 'failed') expect(result.problems.length).toBeGreaterThan(0);
  });

  it('does not let a path leave the program or touch the prototype', () => {
    const hostile = JSON.parse('{"v":1,"files":{"__proto__":"x","../a.js":"x","/etc/a":"x","a//b":"x"}}') as unknown;
    const result = validateExperiment(hostile);
    const text = result.type === 'failed' ? result.problems.join('\n') : '';
    for (const name of ['__proto__', '../a.js', '/etc/a', 'a//b']) expect(text).toContain(name);
  });

  it.each([
    ['python', undefined, 'python'],
    ['python', 'pyodide', 'pyodide'],
    ['cpp', undefined, 'wasi'],
    ['typescript', undefined, 'javascript'],
    ['javascript', 'quickjs', 'quickjs'],
    ['javascript', 'webcontainer', 'webcontainer'],
  ])('a program in %s with sandbox %s runs in %s', (language, sandbox, wanted) => {
    const entry = `seed${{ python: '.py', cpp: '.cpp' }[language] ?? '.js'}`;
    const result = experimentFromFolder(
      folder({ language, sandbox, entry, files: [entry], seeds: [] }, { [entry]: '' }),
    );
    expect(result).toMatchObject({ type: 'ok', experiment: { language, sandbox: wanted } });
  });

  it.each([
    ['python', 'wasi', /sandbox: must be one of python, pyodide, not/],
    ['rust', 'javascript', /sandbox: must be one of wasi, not/],
    ['cobol', undefined, /language: must be one of javascript, typescript, python, c,/],
  ])('refuses a program in %s with sandbox %s', (language, sandbox, reason) => {
    expect(problems(experimentFromFolder(folder({ language, sandbox })))).toMatch(reason);
  });

  it('wants an entry that ends as programs of the language do, but takes scripts by any name', () => {
    expect(problems(experimentFromFolder(folder({ language: 'rust' })))).toMatch(/entry: must end in \.rs, as rust/);
    const odd = folder({ entry: 'seed.mjsx', files: ['seed.mjsx'], seeds: [] }, { 'seed.mjsx': '' });
    expect(experimentFromFolder(odd).type).toBe('ok');
  });

  it('gives each language words of its own where the experiment says none', () => {
    const entry = 'seed.py';
    const own = { language: 'python', entry, files: [entry], seeds: [] };
    const plain = experimentFromFolder(folder(own, { [entry]: '' }));
    expect(plain).toMatchObject({ experiment: { strategy: { vocabulary: { functions: { 'math.sqrt': 1 } } } } });
    const said = { ...own, strategy: { vocabulary: { functions: { sum: 1 } } } };
    expect(experimentFromFolder(folder(said, { [entry]: '' }))).toMatchObject({
      experiment: { strategy: { vocabulary: { functions: { sum: 1 } } } },
    });
  });

  it('refuses numbers that are none', () => {
    const result = validateExperiment({
      ...experiment(),
      limits: { milliseconds: Infinity, megabytes: NaN, fuel: '5' },
    });
    expect(result).toMatchObject({ type: 'failed' });
    expect(result.type === 'failed' && result.problems).toHaveLength(3 + 1);
  });
});
