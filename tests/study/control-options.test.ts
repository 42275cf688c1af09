import { describe, expect, it } from 'vitest';
import { FOUR, parseControl, seedsOf } from './control-options.ts';

const known = ['bin-packing', 'cap-set', 'circle-packing', 'symbolic-regression', 'tsp'];

function problemsOf(...args: string[]): readonly string[] {
  const parsed = parseControl(args, known);
  return parsed.type === 'failed' ? parsed.problems : [];
}

describe('flags of the control study', () => {
  it('have defaults: four examples, five seeds, the controls', () => {
    expect(parseControl([], known)).toEqual({
      type: 'ok',
      options: {
        examples: FOUR,
        arms: ['evolution', 'best-of-n', 'hill-climb', 'one-island'],
        seeds: [1, 2, 3, 4, 5],
        evaluations: 2_000,
        parallel: 1,
        out: null,
        json: false,
      },
    });
  });

  it('are read, with evolution always first among the arms', () => {
    const args = ['--examples', 'tsp', '--arms', 'mix,evolution,mix', '--seeds', '21-23,9', '--evaluations', '50'];
    const parsed = parseControl([...args, '--parallel', '2', '--out', 'runs.jsonl', '--json'], known);
    expect(parsed).toEqual({
      type: 'ok',
      options: {
        examples: ['tsp'],
        arms: ['evolution', 'mix'],
        seeds: [21, 22, 23, 9],
        evaluations: 50,
        parallel: 2,
        out: 'runs.jsonl',
        json: true,
      },
    });
  });

  it('take all examples', () => {
    const parsed = parseControl(['--examples', 'all'], known);
    expect(parsed.type === 'ok' && parsed.options.examples).toEqual(known);
  });

  it('are all refused at once, each by its name', () => {
    const problems = problemsOf('--examples', 'tsp,nosuch', '--arms', 'luck', '--evaluations', '0', '--parallel', 'x');
    expect(problems).toHaveLength(4);
    expect(problems[0]).toContain("no example 'nosuch'");
    expect(problems[1]).toContain("no arm 'luck'");
    expect(problems[2]).toContain("--evaluations wants a whole number from 1 to 10000000, not '0'");
    expect(problems[3]).toContain('--parallel');
    expect(problemsOf('--out', '')).toEqual(['--out wants the name of a file']);
  });

  it('that are unknown are refused, and so are bare words', () => {
    expect(problemsOf('--sedes', '1')).toHaveLength(1);
    expect(problemsOf('tsp')).toHaveLength(1);
  });

  it('can ask for help', () => {
    expect(parseControl(['-h'], known)).toEqual({ type: 'help' });
  });
});

describe('a list of seeds', () => {
  it('holds each seed once', () => {
    expect(seedsOf('3,1-4')).toEqual([3, 1, 2, 4]);
  });

  it('is refused where it makes no sense', () => {
    for (const text of ['', '1,', 'a', '-1', '1.5', '5-3', '1-100000']) expect(seedsOf(text)).toBeTypeOf('string');
  });
});
