import { describe, expect, it } from 'vitest';
import { KeptHeaders, leadingHeaders } from '../../wasm-toolchains/clang/headers.ts';

describe('leading headers', () => {
  it.each([
    ['#include <vector>\n#include <a/b.h>\nint x;\n#include <map>', '#include <vector>\n#include <a/b.h>\n'],
    ['// what it does\n/* #include <no>\n */ # include <cmath> // why\n', '#include <cmath>\n'],
    ['#define NDEBUG\n#include <cassert>', ''],
    ['#include "own.h"\n#include <vector>', ''],
    ['#include <vector>\n#if 1\n#include <map>\n#endif', '#include <vector>\n'],
    ['int x;', ''],
    ['', ''],
  ])('of %j are %j', (text, headers) => expect(leadingHeaders(text)).toBe(headers));
});

describe('kept headers', () => {
  const HEADERS = '#include <vector>\n';
  const made = Uint8Array.of(1);

  it('are made once a few slow compilations have begun with them, for the same flags', async () => {
    const kept = new KeptHeaders();
    let count = 0;
    const make = () => Promise.resolve((count++, made));
    for (let i = 0; i < 4; i++) {
      expect(await kept.of(HEADERS, '-O3', make)).toBe(null);
      kept.took(HEADERS, '-O3', 2_000);
    }
    expect(await kept.of(HEADERS, '-Oz', make)).toBe(null);
    expect(await kept.of(HEADERS, '-O3', make)).toBe(made);
    expect(await kept.of(HEADERS, '-O3', make)).toBe(made);
    expect(count).toBe(1);
  });

  it('are not made for what compiles fast, nor tried again where clang does not like them', async () => {
    const kept = new KeptHeaders();
    let count = 0;
    const make = () => Promise.resolve((count++, null));
    for (let i = 0; i < 9; i++) kept.took('#include <cstdint>\n', '', 200);
    expect(await kept.of('#include <cstdint>\n', '', make)).toBe(null);
    expect(count).toBe(0);
    for (let i = 0; i < 9; i++) kept.took(HEADERS, '', 2_000);
    for (let i = 0; i < 3; i++) expect(await kept.of(HEADERS, '', make)).toBe(null);
    expect(count).toBe(1);
  });

  it('are two sets at most', async () => {
    const kept = new KeptHeaders();
    const makes: string[] = [];
    const make = (headers: string) => Promise.resolve((makes.push(headers), made));
    const sets = ['a', 'b', 'c'].map((name) => `#include <${name}>\n`);
    for (const set of sets) for (let i = 0; i < 4; i++) kept.took(set, '', 2_000);
    for (const set of sets) await kept.of(set, '', make);
    await kept.of(sets[2] as string, '', make);
    await kept.of(sets[0] as string, '', make);
    expect(makes).toEqual([...sets, sets[0]]);
  });
});
