import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../../../web/engine/program.ts';
import { FeatureCounts } from '../../../../web/engine/novelty/feature-counts.ts';
import { readVector, writeVector } from '../../../../web/engine/novelty/vector-text.ts';
import { DIMENSIONS, embed, quantise, similarity } from '../../../../web/engine/novelty/vector.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { FIXTURES } from '../operators/fixtures.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);
const GEOMETRY = (FIXTURES[0] as (typeof FIXTURES)[number]).experiment.files['place.js'] as string;

const of = (files: Files | string): Int8Array =>
  embed(syntax, 'javascript', typeof files === 'string' ? { 'a.js': files } : files);
const alike = (a: Files | string, b: Files | string): number => similarity(of(a), of(b));

describe('embed', () => {
  it('gives 256 whole numbers whose largest is ±127, the same each time', () => {
    for (const { experiment } of FIXTURES) {
      const vector = embed(syntax, experiment.language, experiment.files);
      expect(vector).toHaveLength(DIMENSIONS);
      expect(Math.max(...vector.map(Math.abs))).toBe(127);
      expect(embed(syntax, experiment.language, { ...experiment.files })).toEqual(vector);
    }
  });

  it.each([
    [
      'names',
      GEOMETRY.replace(/\bdots\b/g, 'points')
        .replace(/\bdecay\b/g, 'fade')
        .replace(/\bclamp\b/g, 'inside'),
    ],
    ['white space and comments', GEOMETRY.replace(/\n\s*/g, '\n\n').replace('const a', '/* one */ const a')],
    ['the spelling of numbers', GEOMETRY.replace('0.25', '25e-2').replace('0.93', '.930')],
  ])('sees nothing new in other %s', (_, text) => {
    expect(text).not.toBe(GEOMETRY);
    expect(of(text)).toEqual(of(GEOMETRY));
  });

  it('finds a constant nearer than an operator, that nearer than a statement, that nearer than another program', () => {
    const constant = alike(GEOMETRY, GEOMETRY.replace('0.25', '0.75'));
    const operator = alike(GEOMETRY, GEOMETRY.replace('dx * dx', 'dx / dx'));
    const statement = alike(GEOMETRY, GEOMETRY.replace('push *= decay;', 'push *= decay;\n if (push < decay) break;'));
    const other = alike(GEOMETRY, FIXTURES[2]?.experiment.files['f.js'] as string);
    expect([constant, operator, statement, other]).toEqual(
      [constant, operator, statement, other].sort((a, b) => b - a),
    );
    expect(constant).toBeLessThan(1);
    expect(constant).toBeGreaterThan(0.995);
    expect(statement).toBeGreaterThan(0.95);
    expect(other).toBeLessThan(0.7);
  });

  it('stays near when a function gets one more name', () => {
    expect(alike(GEOMETRY, GEOMETRY.replace('let steps', 'let extra = 1;\n  let steps'))).toBeGreaterThan(0.97);
  });

  it('knows one variable from another', () => {
    expect(alike('f((a, b) => a * a + b);', 'f((a, b) => a * b + b);')).toBeLessThan(1);
  });

  it('takes all files, whatever their order', () => {
    const [a, b] = ['let x = 1;', 'export const y = (z) => z + 2;'];
    expect(of({ 'a.js': a, 'b.js': b })).toEqual(of({ 'b.js': b, 'a.js': a }));
    expect(of({ 'a.js': a, 'b.js': b })).not.toEqual(of(a));
    expect(alike({ 'a.js': a, 'n.txt': 'red green' }, { 'a.js': a, 'n.txt': 'red blue' })).toBeLessThan(1);
  });

  it('has words for what is no code or does not parse, and nothing for nothing', () => {
    expect(of('let a = ;;; (').some((component) => component !== 0)).toBe(true);
    for (const empty of ['', '   \n', '// nothing\n'])
      expect(of(empty).every((component) => component === 0)).toBe(true);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => of({ 'a.txt': text, 'a.js': text }).length === 256));
  });
});

const VECTOR = fc.int8Array({ minLength: 16, maxLength: 16 });

describe('similarity', () => {
  it('is a cosine: symmetric, in [−1, 1], 1 with itself, −1 with its opposite', () => {
    fc.assert(
      fc.property(VECTOR, VECTOR, (a, b) => {
        const value = similarity(a, b);
        expect(value).toBe(similarity(b, a));
        expect(Math.abs(value)).toBeLessThanOrEqual(1);
        expect(similarity(a, a)).toBe(1);
        const length = Math.hypot(...a) * Math.hypot(...b);
        if (length > 0) expect(value).toBeCloseTo(a.reduce((sum, x, i) => sum + x * (b[i] as number), 0) / length, 12);
      }),
    );
    expect(similarity(Int8Array.of(3, -5), Int8Array.of(-3, 5))).toBe(-1);
    expect(similarity(Int8Array.of(0, 0), Int8Array.of(1, 0))).toBe(0);
  });

  it('loses little to whole numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -50, max: 50 }), { minLength: 64, maxLength: 64 }),
        (numbers) => {
          const whole = quantise(numbers);
          const length = Math.hypot(...numbers) * Math.hypot(...whole);
          if (Math.max(...numbers.map(Math.abs)) < 1e-30) return;
          expect(numbers.reduce((sum, x, i) => sum + x * (whole[i] as number), 0) / length).toBeGreaterThan(0.999);
        },
      ),
    );
  });
});

describe('vectors as text', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.int8Array(), (vector) => {
        const text = writeVector('a:b', vector);
        expect(text).toBe(`a:b:${Buffer.from(vector.buffer, vector.byteOffset, vector.length).toString('base64')}`);
        expect(readVector(text)).toEqual({ by: 'a:b', vector });
      }),
    );
  });

  it.each(['a', 'm:ab=c', 'm:====', 'm:ä===', 'm:AAA\n', 'AAAA', 'AAAA:m'])('%j is none', (text) =>
    expect(readVector(text)).toBe(null),
  );
});

describe('FeatureCounts', () => {
  it('counts what a map counts, over many fillings and past its first size', () => {
    const counts = new FeatureCounts();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3000, max: 3000 }), { maxLength: 9000, size: 'max' }), (features) => {
        const expected = new Map<number, number>();
        for (const feature of features) {
          counts.add(feature);
          expected.set(feature, (expected.get(feature) ?? 0) + 1);
        }
        const found: [number, number][] = [];
        counts.drain((feature, count) => found.push([feature, count]));
        expect(found).toEqual([...expected]);
      }),
      { numRuns: 30 },
    );
  });
});
