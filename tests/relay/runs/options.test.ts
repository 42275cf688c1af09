import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseOptions, type EvolveOptions } from '../../../relay/runs/options.ts';

function options(...args: string[]): EvolveOptions {
  const parsed = parseOptions(args);
  if (parsed.type !== 'ok') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function problems(...args: string[]): string {
  const parsed = parseOptions(args);
  return parsed.type === 'failed' ? parsed.problems.join('\n') : '';
}

describe('parseOptions', () => {
  it('has defaults', () => {
    expect(options('tsp')).toEqual({
      experiment: 'tsp',
      seed: null,
      evaluations: null,
      seconds: null,
      target: null,
      patience: null,
      parallel: availableParallelism(),
      program: 'seed',
      out: null,
      resume: null,
      models: [],
      part: null,
      search: null,
      spend: { dollars: null, tokens: null, calls: null },
      config: 'genesis.config.json',
      crates: false,
      json: false,
    });
  });

  it('reads every flag, in both ways of writing', () => {
    const args = [
      '--seed',
      '0',
      'tsp',
      '--evaluations=1_000',
      '--seconds',
      '0.5',
      ...['--target', '-4.3', '--patience=50'],
      '--parallel',
      '3',
      '--json',
      '--crates',
      ...[
        '--models',
        'one, two=0.5',
        '--dollars=0.25',
        '--tokens',
        '1000',
        '--calls',
        '7',
        '--part',
        'some',
        '--search',
        '0.1',
      ],
      ...['--config', 'own.json'],
    ];
    expect(options(...args, '--out', 'a b.jsonl', '--resume=c.jsonl', '--program', 'greedy')).toEqual({
      experiment: 'tsp',
      seed: 0,
      evaluations: 1_000,
      seconds: 0.5,
      target: -4.3,
      patience: 50,
      parallel: 3,
      program: 'greedy',
      out: 'a b.jsonl',
      resume: 'c.jsonl',
      models: [
        { name: 'one', share: 1 },
        { name: 'two', share: 0.5 },
      ],
      part: 'some',
      search: 0.1,
      spend: { dollars: 0.25, tokens: 1_000, calls: 7 },
      config: 'own.json',
      crates: true,
      json: true,
    });
  });

  it('needs no example where a log is gone on with', () => {
    expect(options('--resume', 'run.jsonl')).toMatchObject({ experiment: null, resume: 'run.jsonl' });
  });

  it.each(['--help', '-h'])('helps at %s, whatever else is there', (flag) => {
    expect(parseOptions(['tsp', '--seed', 'x', flag]).type).toBe('help');
  });

  it.each([
    [[], 'name an example'],
    [['a', 'b'], 'only one example'],
    [['a', '--seed', '1.5'], '--seed must be a whole number'],
    [['a', '--seed', '-1'], '--seed must be'],
    [['a', '--seed', ''], '--seed must be'],
    [['a', '--seed', '1e999'], '--seed must be'],
    [['a', '--evaluations', '0'], '--evaluations must be'],
    [['a', '--models', 'x'], '--models needs --dollars, --tokens or --calls'],
    [['a', '--models', 'x,x', '--calls', '1'], '--models names x twice'],
    [['a', '--models', 'x=0', '--calls', '1'], 'share above 0'],
    [['a', '--models', 'x', '--dollars', '0'], '--dollars must be'],
    [['a', '--models', 'x', '--calls', '1', '--part', 'most'], '--part must be some, half, only'],
    [['a', '--search', '2'], '--search must be a number from 0 to 1'],
    [['a', '--parallel', '1000'], '--parallel must be a whole number from 1 to 256'],
    [['a', '--seconds', 'long'], '--seconds must be a number'],
    [['a', '--target', 'high'], '--target must be a number, not "high"'],
    [['a', '--target', 'Infinity'], '--target must be a number'],
    [['a', '--patience', '0'], '--patience must be a whole number from 1'],
    [['a', '--seed'], '--seed needs a value'],
    [['a', '--seed', '--json'], '--seed needs a value'],
    [['a', '--json=yes'], '--json takes no value'],
    [['a', '--toString', '1'], '--toString is not a flag'],
    [['a', '-x'], '-x is not a flag'],
  ])('refuses %j', (args, words) => {
    expect(problems(...args)).toContain(words);
  });

  it('names all problems at once', () => {
    expect(problems('a', '--seed', 'x', '--parallel', 'y', '--zzz').split('\n')).toHaveLength(3);
  });
});
