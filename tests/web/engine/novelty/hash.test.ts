import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hasher } from '../../../../web/engine/novelty/hash.ts';
import { canonicalNumber, combineHashes } from '../../../../web/engine/novelty/syntax-hash.ts';

function hash(...texts: string[]): string {
  const hasher = new Hasher();
  for (const text of texts) hasher.text(text);
  return hasher.digest();
}

describe('Hasher', () => {
  it('gives 16 hexadecimal digits, the same for the same texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        expect(hash(...texts)).toMatch(/^[0-9a-f]{16}$/);
        expect(hash(...texts)).toBe(hash(...texts));
      }),
    );
  });

  it('knows where one text ends and the next begins', () => {
    expect(new Set([hash('ab', 'c'), hash('a', 'bc'), hash('abc'), hash('abc', ''), hash('', 'abc')]).size).toBe(5);
  });

  it('changes half of its bits with one bit of a text', () => {
    let changed = 0;
    const runs = 500;
    for (let i = 0; i < runs; i++) {
      const a = BigInt(`0x${hash(`token ${i}`, 'rest')}`);
      const b = BigInt(`0x${hash(`token ${i ^ 1}`, 'rest')}`);
      changed += (a ^ b).toString(2).replaceAll('0', '').length;
    }
    expect(changed / runs).toBeGreaterThan(29);
    expect(changed / runs).toBeLessThan(35);
  });

  it('has no collision among 200,000 short texts', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 200_000; i++) seen.add(hash(i.toString(36)));
    expect(seen.size).toBe(200_000);
  });
});

describe('combineHashes', () => {
  it('does not mix up names and contents', () => {
    expect(combineHashes([['a', 'b']])).not.toBe(combineHashes([['b', 'a']]));
    expect(
      combineHashes([
        ['a', 'b'],
        ['c', 'd'],
      ]),
    ).toBe(
      combineHashes([
        ['c', 'd'],
        ['a', 'b'],
      ]),
    );
  });
});

describe('canonicalNumber', () => {
  it.each([
    ['1.50', '1.5'],
    ['15e-1', '1.5'],
    ['0x1F', '31'],
    ['1_000', '1000'],
    ['.5', '0.5'],
    ['12n', '12n'],
  ])('%s → %s', (text, canonical) => expect(canonicalNumber(text)).toBe(canonical));
});
