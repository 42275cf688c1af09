import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddress, writeAddress } from '../../../web/state/address.ts';

describe('an address', () => {
  it('names an example, alone or with a seed', () => {
    expect(readAddress('')).toEqual({ name: '', seed: null });
    expect(readAddress('#bin-packing')).toEqual({ name: 'bin-packing', seed: null });
    expect(readAddress('#ex=bin-packing&seed=7')).toEqual({ name: 'bin-packing', seed: 7 });
    expect(readAddress('#ex=bin-packing&view=lineage&seed=0')).toEqual({ name: 'bin-packing', seed: 0 });
    expect(readAddress('#ex=bin-packing')).toEqual({ name: 'bin-packing', seed: 1 });
  });

  it('is read without a fault, whatever stands there', () => {
    expect(readAddress('#%E0%A4%A')).toEqual({ name: '%E0%A4%A', seed: null });
    expect(readAddress('#ex=%&seed=99999999999')).toEqual({ name: '%', seed: 1 });
    expect(readAddress('#ex=a&seed=9999999999')).toEqual({ name: 'a', seed: 1 });
    expect(readAddress('#ex=a&seed=-1')).toEqual({ name: 'a', seed: 1 });
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (hash) => void readAddress(hash)));
  });

  it('comes back as it was written', () => {
    const name = fc.string({ unit: 'grapheme' }).filter((each) => !each.startsWith('ex='));
    const seed = fc.option(fc.nat(), { nil: null });
    fc.assert(
      fc.property(name, seed, (name, seed) => {
        expect(readAddress(writeAddress({ name, seed }))).toEqual({ name, seed });
      }),
    );
  });
});
