import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readToml, tomlText, type Toml } from '../../../relay/compile/cargo/toml.ts';

const read = (text: string, longest = 100_000): unknown => {
  const result = readToml(text, longest);
  return result.type === 'ok' ? JSON.parse(JSON.stringify(result.table)) : `${result.line}:${result.column}`;
};
const fault = (text: string) => {
  const result = readToml(text, 100_000);
  if (result.type === 'ok') throw new Error(`taken: ${JSON.stringify(result.table)}`);
  return result;
};

describe('TOML', () => {
  it('is read in all its forms', () => {
    expect(
      read(
        [
          '# a comment\r',
          'a = 1 # another',
          '"b c".d = "x\\t\\u00e9\\"#"',
          "e = 'C:\\n'",
          'f = [1, 2.5, [true, false],\n  # inside\n  "x",\n]',
          'g = { h = 1, i.j = [ { k = 1 } ] }',
          '[t.u]',
          'l = """\nfirst \\\n   same\nlast"""',
          "m = '''\nraw \\n'''",
          'n = 1979-05-27T07:32:00Z',
          'o = [0x1F, 0o17, 0b11, 1_000, -0, +3, 1e3]',
          '[[list]]',
          'p = 1',
          '[list.inner]',
          'q = 2',
          '[[list]]',
          'p = 3',
        ].join('\n'),
      ),
    ).toEqual({
      ...{
        a: 1,
        'b c': { d: 'x\té"#' },
        e: 'C:\\n',
        f: [1, 2.5, [true, false], 'x'],
        g: { h: 1, i: { j: [{ k: 1 }] } },
      },
      t: {
        u: { l: 'first same\nlast', m: 'raw \\n', n: '1979-05-27T07:32:00.000Z', o: [31, 15, 3, 1000, 0, 3, 1000] },
      },
      list: [{ p: 1, inner: { q: 2 } }, { p: 3 }],
    });
  });

  it.each([
    'a = 1\na = 2',
    '[a]\n[a]',
    'a = { b = 1 }\n[a]\nc = 1',
    'a = { b = 1 }\na.c = 1',
    'a = [1]\n[[a]]',
    '[[a]]\n[a]',
    'a',
    'a =',
    'a = 1 b = 2',
    'a = 01',
    'a = 1__0',
    'a = "x',
    'a = "\n"',
    'a = "\\q"',
    'a = "\\ud800"',
    'a = [1 2]',
    'a = { b = 1',
    '= 1',
    '[a',
    '[]',
    'a = "\u0000"',
  ])('refuses %j, with a place', (text) => {
    const { line, column, message } = fault(text);
    expect(line).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
    expect(message.length).toBeGreaterThan(3);
  });

  it('is bounded: in length, in depth, in values, and in the parts of a name', () => {
    expect(fault('a = 1\n'.repeat(20_000)).message).toContain('characters');
    expect(fault(`a = ${'['.repeat(5_000)}`).message).toContain('deep');
    expect(fault(`a = ${'{ a = '.repeat(5_000)}`).message).toContain('deep');
    expect(readToml(`a = [${'1,'.repeat(60_000)}]`, 1_000_000)).toMatchObject({ message: 'more than 50000 values' });
    expect(fault(`${'a.'.repeat(500)}a = 1`).message).toContain('deep');
    expect(fault(`[${'a.'.repeat(500)}a]`).message).toContain('deep');
  });

  it('holds names that objects have of themselves as names like any other', () => {
    const result = readToml('[__proto__]\nx = 1\n[constructor]\ny = 2\n', 1000);
    if (result.type !== 'ok') throw new Error(result.message);
    expect(Object.keys(result.table)).toEqual(['__proto__', 'constructor']);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('settles on any text, and reads back what it writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab.=[]{}"\'\\#\n ,1') }), (text) => {
        readToml(text, 1000);
      }),
      { numRuns: 2_000 },
    );
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean());
    const { value } = fc.letrec<{ value: Toml }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        expect(read(`a = ${tomlText(given)}`)).toEqual({ a: JSON.parse(JSON.stringify(given)) });
      }),
      { numRuns: 300 },
    );
  });
});
