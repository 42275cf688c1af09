/** What this engine takes, tried with modules of a few bytes; programs compiled for more do not load here. */

export const FEATURES = [
  'simd',
  'relaxed-simd',
  'tail-calls',
  'threads',
  'memory64',
  'exceptions',
  'exceptions-new',
  'garbage-collection',
  'bulk-memory',
  'reference-types',
  'multi-value',
  'sign-extension',
  'saturating-conversion',
  'jspi',
] as const;
export type Feature = (typeof FEATURES)[number];

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A type () → (), or one with these results, and a function of it with this code. */
const body = (code: readonly number[], results: readonly number[] = [], before: readonly number[] = []): number[] => [
  ...[1, 4 + results.length, 1, 0x60, 0, results.length, ...results],
  ...[3, 2, 1, 0],
  ...before,
  ...[10, 4 + code.length, 1, 2 + code.length, 0, ...code, 0x0b],
];
const ZERO = [0x41, 0];
const VECTOR = [...ZERO, 0xfd, 15];
const MEMORY = [5, 3, 1, 0, 1];

const MODULES: Readonly<Record<Exclude<Feature, 'jspi'>, readonly number[]>> = {
  simd: body([...VECTOR, 0x1a]),
  // f32x4.relaxed_madd
  'relaxed-simd': body([...VECTOR, ...VECTOR, ...VECTOR, 0xfd, 0x85, 2, 0x1a]),
  'tail-calls': body([0x12, 0]),
  // Memory that is shared, and an atomic load of it.
  threads: body([...ZERO, 0xfe, 0x10, 2, 0, 0x1a], [], [5, 4, 1, 3, 1, 1]),
  memory64: [5, 3, 1, 4, 1],
  // try … end, as it was first proposed
  exceptions: body([0x06, 0x40, 0x19, 0x0b]),
  // try_table … end, as it is in the standard
  'exceptions-new': body([0x1f, 0x40, 0, 0x0b]),
  // A type of a struct without fields.
  'garbage-collection': [1, 3, 1, 0x5f, 0],
  'bulk-memory': body([...ZERO, ...ZERO, ...ZERO, 0xfc, 11, 0], [], MEMORY),
  'reference-types': body([0xd0, 0x70, 0x1a]),
  'multi-value': body([...ZERO, ...ZERO], [0x7f, 0x7f]),
  'sign-extension': body([...ZERO, 0xc0, 0x1a]),
  'saturating-conversion': body([0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a]),
};

/** `jspi`: a module may wait for a promise of the host. */
export function probeFeatures(): Readonly<Record<Feature, boolean>> {
  const known = Object.entries(MODULES).map(([name, rest]) => [
    name,
    WebAssembly.validate(Uint8Array.from([...HEAD, ...rest])),
  ]);
  return { ...Object.fromEntries(known), jspi: 'Suspending' in WebAssembly && 'promising' in WebAssembly } as Record<
    Feature,
    boolean
  >;
}
