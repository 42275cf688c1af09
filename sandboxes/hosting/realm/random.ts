/**
 * The generator behind a realm's `Math.random`: sfc32 (public domain, C. Doty-Humphrey's PractRand), keyed by the bits of a seed
 * and a stream number.
 */
export function createRandom(): { reseed(seed: number, stream: number): void; next(): number } {
  'use strict';
  const bits = new DataView(new ArrayBuffer(8));
  const setFloat = bits.setFloat64.bind(bits);
  const getWord = bits.getUint32.bind(bits);
  const imul = Math.imul;
  let a = 0;
  let b = 0;
  let c = 0;
  let counter = 1;

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  function reseed(seed: number, stream: number): void {
    setFloat(0, seed);
    a = imul(getWord(0) ^ 0x9e3779b9, 0x85ebca6b);
    b = imul(getWord(4) ^ 0x243f6a88, 0xc2b2ae35);
    c = imul((stream + 1) | 0, 0x27d4eb2f) ^ a ^ b;
    counter = 1;
    for (let i = 0; i < 12; i++) next();
  }

  reseed(0, 0);
  return { reseed, next };
}
