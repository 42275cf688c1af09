/** Text that would have the assembler run over its stack is refused, at its place; what follows is none the worse. */
import { describe, expect, it } from 'vitest';
import { DEEPEST, depthFault } from '../../wasm-toolchains/wat/depth.ts';
import { wat } from '../../wasm-toolchains/wat/index.ts';
import { SAMPLES } from './programs.ts';

const compile = (text: string) =>
  wat.compile(
    { language: 'wat', files: { 'm.wat': text }, entry: 'm.wat', options: { optimise: 'speed' } },
    new AbortController().signal,
  );
const good = SAMPLES.find(({ language }) => language === 'wat')?.good ?? '';

/** Programs of `levels` levels, and how many of them the count takes as one. */
const FORMS: Readonly<Record<string, readonly [per: number, form: (levels: number) => string]>> = {
  'blocks that end': [1, (n) => `(module (func\n${'block '.repeat(n)}${'end '.repeat(n)}))`],
  'folded blocks': [1, (n) => `(module (func\n${'(block '.repeat(n)}${')'.repeat(n)}))`],
  'folded choices': [2, (n) => `(module (func\n${'(if (i32.const 1) (then '.repeat(n)}${'))'.repeat(n)}))`],
  'folded sums': [
    1,
    (n) => `(module (func (result i32)\n${'(i32.add (i32.const 1) '.repeat(n)}(i32.const 1)${')'.repeat(n)}))`,
  ],
};

describe.each(Object.entries(FORMS))('%s', (_name, [per, form]) => {
  // Two for the module and the function, one for what stands innermost.
  const most = Math.floor((DEEPEST - 3) / per);

  it('are assembled as deep as is allowed', async () => {
    const result = await compile(form(most));
    if (result.type !== 'ok') throw new Error(JSON.stringify(result));
    expect(WebAssembly.validate(result.wasm)).toBe(true);
  });

  it('are refused on their line where they are deeper, and the next program is assembled', async () => {
    for (const levels of [most + 4, 200, 20_000]) {
      expect(await compile(form(levels))).toMatchObject({
        type: 'failed',
        reason: expect.stringMatching(/^m\.wat:2:\d+: nests deeper than/) as string,
        diagnostics: [{ file: 'm.wat', line: 2 }],
      });
    }
    expect((await compile(good)).type).toBe('ok');
  });
});

it('counts nothing in strings, comments and names', () => {
  const many = DEEPEST + 10;
  for (const text of [
    `(data "${'('.repeat(many)}\\"(")`,
    `;; ${'('.repeat(many)}`,
    `(; ${'(block '.repeat(many)} (; nested ;) ${'('.repeat(many)} ;)`,
    '$block $if.x loop.y '.repeat(many),
    'block end '.repeat(many),
    '() '.repeat(many),
  ]) {
    expect(depthFault(text, 'm.wat')).toBeNull();
  }
  expect(depthFault('('.repeat(many), 'm.wat')).toMatchObject({ line: 1, column: DEEPEST + 1 });
});
