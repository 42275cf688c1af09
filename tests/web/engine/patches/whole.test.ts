import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockFinder } from '../../../../web/engine/patches/editable.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { applyReply } from '../../../../web/engine/patches/index.ts';
import { applyWhole } from '../../../../web/engine/patches/whole.ts';
import type { Files } from '../../../../web/engine/program.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { editable, MARKED, staysInside } from './program.ts';

const syntax = await loadSyntax(['javascript']);

const fence = (text: string, info = 'javascript'): string => `\`\`\`${info}\n${text}\`\`\``;

function apply(body: string, files: Files) {
  const result = applyWhole(body, files, editable(files));
  if (result.type === 'ok') {
    expect(Object.keys(result.files)).toEqual(Object.keys(files));
    expect(staysInside(files, result.edits)).toBe(true);
    expect(applyEdits(files, result.edits)).toEqual(result.files);
  }
  return result;
}

function text(body: string, before: string): string {
  const result = apply(body, { 'f.js': before });
  if (result.type === 'failed') throw new Error(result.problem);
  return result.files['f.js'] as string;
}

function problem(body: string, files: Files): string {
  const result = apply(body, files);
  return result.type === 'failed' ? result.problem : `no problem: ${JSON.stringify(result.files)}`;
}

const INSIDE = '  const step = 3;\n  let sum = 0;\n  for (let i = 0; i < step; i++) {\n    sum += x * i;\n  }\n';
const NEW = '  let sum = 7;\n';
const EXPECTED = MARKED.replace(INSIDE, NEW);

describe('one region', () => {
  it('takes what stands between the markers, and nothing else', () => {
    const reply = EXPECTED.replace("'./a.js'", "'./evil.js'").replace('return sum', 'return 1');
    expect(text(fence(reply), MARKED)).toBe(EXPECTED);
  });

  it.each([
    ['all without markers', EXPECTED.replace(/.*EVOLVE.*\n/g, '')],
    ['the region alone', NEW],
    [
      'the opening marker and what follows',
      `  // EVOLVE-BLOCK-START\n${EXPECTED.split('START\n')[1] as string}`.replace(/.*BLOCK-END\n/, ''),
    ],
    ['what comes before, and the closing marker', EXPECTED.split('  return')[0]?.replace(/.*BLOCK-START\n/, '') ?? ''],
    ['only the markers around the region', `// EVOLVE-BLOCK-START\n${NEW}// EVOLVE-BLOCK-END\n`],
  ])('can be given as %s', (_, reply) => {
    expect(text(fence(reply), MARKED)).toBe(EXPECTED);
  });

  it('says what is wrong with the markers', () => {
    expect(problem(fence(`// EVOLVE-BLOCK-START\n${MARKED}`), { 'f.js': MARKED })).toContain('do not balance');
    expect(problem(fence(`// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-END\n${MARKED}`), { 'f.js': MARKED })).toContain(
      'has 2 regions',
    );
    expect(problem(fence(MARKED.replace(/.*EVOLVE.*\n/g, '').replace(INSIDE, '')), { 'f.js': MARKED })).toContain(
      'no text',
    );
  });

  it('takes an inline region', () => {
    const inline = 'const n = /* EVOLVE-BLOCK-START */ 1 + 2 /* EVOLVE-BLOCK-END */;\n';
    expect(text(fence(inline.replace('1 + 2', '3')), inline)).toBe(
      'const n = /* EVOLVE-BLOCK-START */\n 3 \n/* EVOLVE-BLOCK-END */;\n',
    );
    expect(problem(fence(inline), { 'f.js': inline })).toContain('leaves the program as it is');
  });
});

describe('several regions', () => {
  const before =
    '// EVOLVE-BLOCK-START\na;\n// EVOLVE-BLOCK-END\nfixed;\n// EVOLVE-BLOCK-START\nb;\n// EVOLVE-BLOCK-END\n';

  it('go by their order', () => {
    expect(text(fence(before.replace('a;', 'c;\nd;').replace('b;', 'e;').replace('fixed', 'broken')), before)).toBe(
      before.replace('a;', 'c;\nd;').replace('b;', 'e;'),
    );
  });

  it('stay as they are where the reply has none for them', () => {
    expect(apply(fence('// EVOLVE-BLOCK-START\nc;\n// EVOLVE-BLOCK-END\n'), { 'f.js': before })).toMatchObject({
      files: { 'f.js': before.replace('a;', 'c;') },
      notes: ['1 regions of f.js were left out and stay as they were'],
    });
  });

  it('need their markers', () => {
    expect(problem(fence('a;\nfixed;\nb;\n'), { 'f.js': before })).toContain('has 2 regions that may change');
  });

  it('are not fooled by markers in strings', () => {
    const reply = before.replace('a;', 's = "// EVOLVE-BLOCK-END";');
    expect(text(fence(reply), before)).toBe(reply);
  });
});

describe('programs without markers', () => {
  it('are replaced whole, without markers the model made up, with the line ends they had', () => {
    expect(text(fence('// EVOLVE-BLOCK-START\nb;\n// EVOLVE-BLOCK-END\n'), 'a;\n')).toBe('b;\n');
    expect(text(fence('b;\nc;\n'), 'a;\r\nd;\r\n')).toBe('b;\r\nc;\r\n');
    expect(text('b;\nfile: x,\n', 'a;\n')).toBe('b;\nfile: x,\n');
    expect(problem(fence('\n'), { 'f.js': 'a;\n' })).toContain('is empty');
  });

  it('take the fence in their language, or else the longest', () => {
    expect(text(`${fence('long long text\n', 'text')}\n${fence('b;\n', 'js')}`, 'a;\n')).toBe('b;\n');
    expect(text(`${fence('b;\n', '')}\n${fence('longer;\n', '')}`, 'a;\n')).toBe('longer;\n');
    expect(text('````js\nb = `\n```\n`;\n````', 'a;\n')).toBe('b = `\n```\n`;\n');
  });
});

describe('several files', () => {
  const files = { 'a.js': 'a;\n', 'lib/b.js': 'b;\n', 'data.csv': '1,2\n' };

  it('go by the path before each fence', () => {
    const body = `FILE: lib/b.js\n${fence('c;\n')}\n\n**FILE: a.js**\nfirst some words\n${fence('d;\n')}`;
    expect(apply(body, files)).toMatchObject({ files: { 'a.js': 'd;\n', 'lib/b.js': 'c;\n' } });
    expect(apply(`FILE: a.js\nx;\nFILE: lib/b.js\ny;\n`, files)).toMatchObject({
      files: { 'a.js': 'x;\n', 'lib/b.js': 'y;\n' },
    });
  });

  it('need a path', () => {
    expect(problem(fence('c;\n'), files)).toContain('which is meant');
    expect(problem('FILE: a.js\n', files)).toContain('The new text of a.js is empty');
    expect(problem(`FILE: a.js\n${fence('c;\n')}\nFILE: a.js\n${fence('d;\n')}`, files)).toContain('given twice');
  });

  it('can not be added, and fixed ones not changed', () => {
    for (const path of ['../x.js', '/etc/passwd', '__proto__', 'new.js', 'C:\\x']) {
      expect(problem(`FILE: ${path}\n${fence('c;\n')}`, files)).toContain('is no file of the program');
    }
    expect(problem(`FILE: data.csv\n${fence('3\n')}`, files)).toContain('data.csv must not change');
    expect(apply(`FILE: data.csv\n${fence('1,2\n', 'csv')}\nFILE: a.js\n${fence('c;\n')}`, files).type).toBe('ok');
  });
});

it('no text whatever throws, adds a file or changes what must not change', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'FILE: f.js\n',
      'FILE: g.js\n',
      'FILE: ../x\n',
      '```\n',
      '```js\n',
      '// EVOLVE-BLOCK-START\n',
      '// EVOLVE-BLOCK-END\n',
      '/* EVOLVE-BLOCK-END */',
      '"',
      '`',
      ...MARKED.split(/(?<=\n)/),
    ),
    fc.string({ unit: 'binary', maxLength: 10 }),
  );
  for (const files of [
    { 'f.js': MARKED, 'g.js': 'a;\n' },
    { 'f.js': MARKED },
    { 'f.js': 'a;\n', 'g.js': '' },
  ] as Files[]) {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        apply(pieces.join(''), files);
      }),
      { numRuns: 600 },
    );
  }
});

it('refuses what nests too deeply to be walked, and does not fall over it', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)};\n`;
  const files = { 'f.js': MARKED };
  for (const reply of [
    `<CODE>\n${fence(MARKED.replace(INSIDE, deep))}\n</CODE>`,
    `<DIFF>\n<<<<<<< SEARCH\n=======\n${deep}>>>>>>> REPLACE\n</DIFF>`,
  ]) {
    expect(applyReply(reply, false, files, editable(files))).toEqual({
      type: 'failed',
      problem: 'f.js would nest more than 1000 brackets.',
    });
  }
  const chain = `${'1+'.repeat(50_000)}1;\n`;
  const finder = blockFinder(syntax, 'javascript');
  expect(finder('f.js', MARKED.replace(INSIDE, chain))).toMatchObject({ type: 'ok', marked: true });
  expect(finder('f.js', MARKED.replace(INSIDE, deep))).toMatchObject({ type: 'ok', marked: true });
});
