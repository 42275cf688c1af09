import { describe, expect, it } from 'vitest';
import { merge } from '../../../../web/engine/operators/merge.ts';
import type { Proposal } from '../../../../web/engine/operators/operator.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { FIXTURES, contextOf, specimen } from './fixtures.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);
const fixture = FIXTURES[0] as (typeof FIXTURES)[number];

function merged(before: string, own: string, theirs: string, { ownFitness = 1, theirFitness = 0, seed = 1 } = {}) {
  const file = (text: string) => ({ 'a.js': text });
  const context = contextOf(fixture, syntax, seed, {
    ancestor: specimen(0, file(before)),
    parent: specimen(1, file(own), ownFitness),
    inspirations: [specimen(2, file(theirs), theirFitness)],
  });
  const proposal = merge.propose(context) as Proposal;
  return proposal.type === 'edits' ? applyEdits(file(own), proposal.edits)['a.js'] : proposal.type;
}

const two = (f: string, g: string) => `export function f(x) {\n  ${f}\n}\n// between\nfunction g(x) {\n  ${g}\n}\n`;

describe('merge', () => {
  it('takes from each line the functions that only it has changed', () => {
    expect(
      merged(two('return x;', 'return 1;'), two('return 2 * x;', 'return 1;'), two('return x;', 'return x + 1;')),
    ).toBe(two('return 2 * x;', 'return x + 1;'));
  });

  it('goes inside a function that both have changed in different places', () => {
    const body = (a: string, b: string) => `function f(x) { const y = ${a}; return ${b}; }`;
    expect(merged(body('x', 'y'), body('x * 2', 'y'), body('x', 'y - 1'))).toBe(body('x * 2', 'y - 1'));
  });

  it('keeps precedence where an expression comes over', () => {
    const body = (a: string, b: string) => `function f(x) { return ${a} * ${b}; }`;
    expect(merged(body('x', '3'), body('x', '4'), 'function f(x) { return (x + 1) * 3; }')).toBe(
      'function f(x) { return (x + 1) * 4; }',
    );
  });

  it.each([
    [1, 0, 'return x - 2;'],
    [0, 1, 'return g(3);'],
  ])('where both changed the same place, the fitter (%d against %d) stands', (ownFitness, theirFitness, winner) => {
    const result = merged(
      two('return x;', 'return 1;'),
      two('return x - 2;', 'return 7;'),
      two('return g(3);', 'return 1;'),
      { ownFitness, theirFitness },
    );
    // With the fitter's own text there may be nothing left to propose.
    expect([two(winner, 'return 7;'), 'none']).toContain(result);
  });

  it('adds the functions that the other line has declared, and what calls them', () => {
    const before = 'function f(x) {\n  return x;\n}\nfunction k() {\n  return 1;\n}\n';
    const own = before.replace('return 1', 'return 2');
    const theirs = before.replace('return x', 'return h(x)') + 'function h(x) {\n  return x * x;\n}\n';
    expect(merged(before, own, theirs)).toBe(theirs.replace('return 1', 'return 2'));
  });

  it('goes between the numbers of two programs of one shape', () => {
    const of = (a: number, b: number) => `const a = ${a}; const b = ${b};`;
    const result = merged(of(1.5, 20), of(2, 30), of(4, 10)) as string;
    const [a, b] = [...result.matchAll(/[\d.]+/g)].map(Number) as [number, number];
    expect(result).toBe(of(a, b));
    expect(a).toBeGreaterThanOrEqual(2);
    expect(a).toBeLessThanOrEqual(4);
    expect(Number.isInteger(b) && b >= 10 && b <= 30).toBe(true);
  });

  it('needs two lines of descent', () => {
    const of = (parent: number, other: number, ancestor: number | null) =>
      merge.applies(
        contextOf(fixture, syntax, 1, {
          ancestor: ancestor === null ? null : specimen(ancestor, {}),
          parent: specimen(parent, {}),
          inspirations: [specimen(other, {})],
        }),
      );
    expect([of(1, 2, 0), of(1, 1, 0), of(1, 2, 1), of(1, 2, 2), of(1, 2, null)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
