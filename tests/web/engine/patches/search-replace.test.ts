import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { applySearchReplace } from '../../../../web/engine/patches/search-replace.ts';
import type { Files } from '../../../../web/engine/program.ts';
import { block, editable, MARKED, staysInside } from './program.ts';

function apply(diff: string, files: Files) {
  const result = applySearchReplace(diff, files, editable(files));
  if (result.type === 'ok') {
    expect(Object.keys(result.files)).toEqual(Object.keys(files));
    expect(staysInside(files, result.edits)).toBe(true);
    expect(applyEdits(files, result.edits)).toEqual(result.files);
  }
  return result;
}

function text(diff: string, before: string, path = 'f.js'): string {
  const result = apply(diff, { [path]: before });
  if (result.type === 'failed') throw new Error(result.problem);
  return result.files[path] as string;
}

function problem(diff: string, files: Files): string {
  const result = apply(diff, files);
  return result.type === 'failed' ? result.problem : `no problem: ${JSON.stringify(result.files)}`;
}

describe('where a block goes', () => {
  it('takes the first occurrence that may change, though an earlier or later one may not', () => {
    const before = `  const step = 3;\n${MARKED}`;
    expect(text(block(['  const step = 3;'], ['  const step = 4;']), before)).toBe(
      before.replace('START\n  const step = 3;', 'START\n  const step = 4;'),
    );
  });

  it('takes an exact line before one with other white space, wherever they stand', () => {
    expect(text(block(['  b;'], ['c;']), 'b;\n  b; \n  b;\n')).toBe('b;\n  b; \nc;\n');
    expect(text(block(['b;'], ['c;']), '  b;\nb; \n')).toBe('  b;\nc;\n');
  });

  it('moves a replacement by the indentation that the search lacks, or has too much', () => {
    const before = 'x {\n    a;\n\n      b;\n}\n';
    expect(text(block(['a;', '', '  b;'], ['c;', '  d;', '', 'e;']), before)).toBe(
      'x {\n    c;\n      d;\n\n    e;\n}\n',
    );
    expect(text(block(['      a;', '', '        b;'], ['      c;', 'd;']), before)).toBe('x {\n    c;\nd;\n}\n');
  });

  it('does not take lines that are indented otherwise among themselves', () => {
    expect(problem(block(['a;', '    b;'], ['c;']), { 'f.py': '  a;\n  b;\n' })).toContain('not in f.py');
  });

  it('finds a part of a line, but never of a word', () => {
    const inline = 'const n = /* EVOLVE-BLOCK-START */ 1 + 2 /* EVOLVE-BLOCK-END */;\n';
    expect(text(block(['1 + 2'], ['3']), inline)).toBe(inline.replace('1 + 2', '3'));
    expect(problem(block(['x = 1'], ['x = 2']), { 'f.js': 'const max = 10;\n' })).toContain('not in f.js');
  });

  it('says so when several places fit', () => {
    const result = apply(block(['a;'], ['b;']), { 'f.js': 'a;\nx;\na;\n' });
    expect(result).toMatchObject({
      files: { 'f.js': 'b;\nx;\na;\n' },
      notes: ['block 1 fits 2 places of f.js; the first, line 1, was changed'],
    });
  });

  it('lets a later block see what an earlier one made, and keeps what may change in view', () => {
    const diff = [
      block(['  let sum = 0;'], ['  let sum = 0;', '  let more = 1;', '  let most = 2;']),
      block(['  let most = 2;'], ['  let most = 3;']),
      block([], ['  sum += most;']),
    ].join('\n');
    expect(text(diff, MARKED)).toBe(
      MARKED.replace('let sum = 0;\n', 'let sum = 0;\n  let more = 1;\n  let most = 3;\n').replace(
        '  // EVOLVE-BLOCK-END',
        '  sum += most;\n  // EVOLVE-BLOCK-END',
      ),
    );
  });

  it('appends to the last block where nothing is searched for', () => {
    expect(text(block([], ['c;']), 'a;')).toBe('a;\nc;\n');
    expect(text(block([''], ['c;']), '// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-END\n')).toBe(
      '// EVOLVE-BLOCK-START\nc;\n// EVOLVE-BLOCK-END\n',
    );
    expect(
      text(
        block(['// EVOLVE-BLOCK-START'], ['// EVOLVE-BLOCK-START', 'c;']),
        '// EVOLVE-BLOCK-START\na;\n// EVOLVE-BLOCK-END\n',
      ),
    ).toBe('// EVOLVE-BLOCK-START\nc;\na;\n// EVOLVE-BLOCK-END\n');
  });

  it('deletes lines with their line breaks', () => {
    expect(text(block(['a;'], []), 'a;\nb;\n')).toBe('b;\n');
    expect(text(block(['b;'], []), 'a;\nb;')).toBe('a;\n');
    expect(text(block(['b;'], ['']), 'a;\nb;\nc;\n')).toBe('a;\n\nc;\n');
  });

  it('leaves markers out of both sides', () => {
    const diff = block(
      ['  // EVOLVE-BLOCK-START', '  const step = 3;'],
      ['  // EVOLVE-BLOCK-START', '  const step = 5;', '# EVOLVE-BLOCK-END', '<!-- EVOLVE-BLOCK-END -->'],
    );
    expect(text(diff, MARKED)).toBe(MARKED.replace('START\n  const step = 3', 'START\n  const step = 5'));
  });

  it('keeps the line ends of the file', () => {
    expect(text(block(['a;', 'b;'], ['c;', 'd;']), 'a;\r\nb;\r\ne;\r\n')).toBe('c;\r\nd;\r\ne;\r\n');
    expect(text(block([], ['c;', 'd;']), 'a;\r\n')).toBe('a;\r\nc;\r\nd;\r\n');
  });
});

describe('marks', () => {
  it('are whole lines at their beginning; anything else is text', () => {
    const diff = block(
      ['a;'],
      [' =======', 'x("<<<<<<< SEARCH");', '  >>>>>>> REPLACE', '>>>>>>> REPLACE!', '======='],
    );
    expect(text(diff, 'a;\n')).toBe(' =======\nx("<<<<<<< SEARCH");\n  >>>>>>> REPLACE\n>>>>>>> REPLACE!\n=======\n');
  });

  it.each([
    ['<<<<<<< SEARCH\na;\n=======\nb;', 'is not closed'],
    ['<<<<<<< SEARCH\na;\n>>>>>>> REPLACE', 'has no line "======="'],
    ['<<<<<<< SEARCH\na;\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE', 'another begins on line 3'],
    ['>>>>>>> REPLACE', 'no block is open'],
    ['a;', 'There is no SEARCH/REPLACE block'],
    ['', 'There is no SEARCH/REPLACE block'],
  ])('says what is wrong with %j', (diff, words) => {
    expect(problem(diff, { 'f.js': 'a;\n' })).toContain(words);
  });

  it('does not take blocks without number', () => {
    expect(problem(Array.from({ length: 201 }, () => block(['a;'], ['a;'])).join('\n'), { 'f.js': 'a;' })).toContain(
      'more than 200 blocks',
    );
  });
});

describe('files', () => {
  const files = { 'a.js': 'a;\n', 'lib/b.js': 'b;\nc;\n', 'data.csv': '1,2\n' };

  it.each([
    'FILE: lib/b.js',
    'FILE: ./lib/b.js',
    '`lib/b.js`',
    '### lib/b.js:',
    '**FILE: lib/b.js**',
    '// lib/b.js',
    'file: `lib/b.js`',
  ])('names one by %j, for the blocks that follow', (line) => {
    const result = apply(`${line}\n\`\`\`\n${block(['b;'], ['x;'])}\n\`\`\`\n${block(['c;'], ['y;'])}`, files);
    expect(result).toMatchObject({ files: { ...files, 'lib/b.js': 'x;\ny;\n' } });
  });

  it('finds the only file the text is in where none is named', () => {
    expect(apply(block(['c;'], ['d;']), files)).toMatchObject({ files: { 'lib/b.js': 'b;\nd;\n' } });
    expect(problem(block(['z;'], ['d;']), files)).toContain('Its files are: a.js, lib/b.js, data.csv.');
    expect(problem(block([], ['d;']), files)).toContain('which is meant');
  });

  it.each([
    '../a.js',
    '/etc/passwd',
    'lib/../a.js',
    'C:\\a.js',
    '__proto__',
    'constructor',
    'new.js',
    'A.JS',
    'a.js\u0000',
  ])('refuses %j', (path) => {
    expect(problem(`FILE: ${path}\n${block([], ['x;'])}`, files)).toMatch(/is no file of the program.*a\.js/);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('refuses files that must not change', () => {
    expect(problem(`FILE: data.csv\n${block(['1,2'], ['3'])}`, files)).toContain(
      'data.csv must not change. These files may: a.js, lib/b.js',
    );
  });
});

describe('all or nothing', () => {
  it('applies no block when one fails, and tells of up to three', () => {
    const diff = [
      block(['  let sum = 0;'], ['  let sum = 1;']),
      ...['p', 'q', 'r', 's'].map((c) => block([c.repeat(9)], ['x'])),
    ];
    const said = problem(diff.join('\n'), { 'f.js': MARKED });
    expect(said).toContain('No block was applied');
    expect(said.match(/Block \d/g)).toEqual(['Block 2', 'Block 3', 'Block 4']);
  });

  it('refuses a change that changes nothing', () => {
    expect(problem(block(['a;'], ['a;']), { 'f.js': 'a;\n' })).toContain('leaves the program as it is');
    expect(problem(`${block(['a;'], ['b;'])}\n${block(['b;'], ['a;'])}`, { 'f.js': 'a;\n' })).toContain(
      'leaves the program',
    );
  });
});

describe('what a model is told', () => {
  it('that the text is there, but must not change', () => {
    const said = problem(block(['  return sum;'], ['  return 0;']), { 'f.js': MARKED });
    expect(said).toContain('stands on line 10 of f.js, where nothing may change');
    expect(said).toContain('4 |   const step = 3;');
  });

  it('the closest block, line by line', () => {
    const said = problem(block(['  for (let i = 0; i < step; i += 1) {', '    sum += x * j;'], ['']), {
      'f.js': MARKED,
    });
    expect(said).toContain('Closest is this, from line 6 (may change');
    expect(said).toContain('- 6 |   for (let i = 0; i < step; i += 1) {\n+ 6 |   for (let i = 0; i < step; i++) {');
    expect(said).toContain('+ 7 |     sum += x * i;');
  });

  it('similar lines with their places, or that there is none', () => {
    const said = problem(block(['  return sums;', 'zzzz', 'yyyy'], ['']), { 'f.js': MARKED });
    expect(said).toContain('10 |   return sum;  (must not change)');
    expect(problem(block(['@@@@@@'], ['']), { 'f.js': MARKED })).toContain('Nothing in the file looks like it');
  });

  it('in bounded work and words, for any length', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => `line ${i % 7} of many;`).join('\n');
    const search = Array.from({ length: 5_000 }, (_, i) => `line ${i % 7} of manx;`);
    const work = { steps: 0 };
    const files = { 'f.js': long };
    const result = applySearchReplace(block(search, ['x']), files, editable(files), work);
    expect(result.type).toBe('failed');
    // Three readings of the lines of both, and the look for the nearest.
    expect(work.steps).toBeLessThan(10 * (20_000 + 5_000) + 20_000);
    expect(result.type === 'failed' && result.problem.length).toBeLessThan(8_000);
  });

  it('without more work where all lines are the same', () => {
    const files = { 'f.js': '  a\n'.repeat(30_000) };
    const work = { steps: 0 };
    const search = [...Array.from({ length: 10_000 }, () => ' a'), 'b'];
    expect(applySearchReplace(block(search, ['x']), files, editable(files), work).type).toBe('failed');
    expect(work.steps).toBeLessThan(10 * 40_000 + 20_000);
    const other = { steps: 0 };
    const many = [...Array.from({ length: 10_000 }, (_, i) => (i === 9_999 ? ' a' : 'a'))];
    expect(applySearchReplace(block(many, ['x']), files, editable(files), other).type).toBe('failed');
    expect(other.steps).toBeLessThan(10 * 40_000 + 64 * 10_000 + 20_000);
  });
});

describe('properties', () => {
  const line = fc.oneof(
    fc.constantFrom('', 'a;', '  a;', 'b();', '    c = 1;', '}', '// d', '"// EVOLVE-BLOCK-END"', 'x \t', '-------'),
    fc.string({ maxLength: 12 }).map((s) => s.replace(/[\r\n\u2028\u2029`'"/*\\]/g, '').toWellFormed()),
  );
  const body = fc.array(line, { maxLength: 12 });

  it('random changes written as blocks give the text meant', () => {
    fc.assert(
      fc.property(body, body, body, fc.nat(), fc.nat(), fc.boolean(), (head, inside, fresh, at, length, marked) => {
        const from = at % (inside.length + 1);
        const to = Math.min(inside.length, from + (length % 4));
        const search = inside.slice(from, to);
        const wrap = (lines: readonly string[]): string =>
          (marked ? [...head, '// EVOLVE-BLOCK-START', ...lines, '// EVOLVE-BLOCK-END', ...head] : lines)
            .map((one) => `${one}\n`)
            .join('');
        const before = wrap(inside);
        // Only where the place is meant without doubt.
        const key = `\n${search.join('\n')}\n`;
        const only = `\n${inside.join('\n')}\n`.split(key).length === 2 && search.join('').trim() !== '';
        fc.pre(only && inside.every((one, i) => i < from || i >= to || inside.indexOf(one) === i));
        const files = { 'f.js': before };
        const result = apply(block(search, fresh), files);
        const after = wrap([...inside.slice(0, from), ...fresh, ...inside.slice(to)]);
        if (after === before) expect(result.type).toBe('failed');
        else expect(result).toMatchObject({ type: 'ok', files: { 'f.js': after } });
      }),
      { numRuns: 600 },
    );
  });

  it('no diff whatever throws, adds a file or changes what must not change', () => {
    const files = { 'f.js': MARKED, 'g.js': 'a;\n  a;\n', 'data.csv': '1,2\n' };
    const piece = fc.oneof(
      fc.constantFrom(
        '<<<<<<< SEARCH',
        '=======',
        '>>>>>>> REPLACE',
        'FILE: f.js',
        'FILE: g.js',
        'FILE: ../x',
        '__proto__',
        '```',
        '// EVOLVE-BLOCK-START',
        '// EVOLVE-BLOCK-END',
        '*/ x; /*',
        ...MARKED.split('\n'),
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const blocks = fc
      .tuple(
        fc.array(piece, { maxLength: 3 }),
        fc.array(piece, { maxLength: 3 }),
        fc.constantFrom('', 'FILE: f.js\n', 'FILE: g.js\n'),
      )
      .map(([search, replace, head]) => `${head}${block(search, replace)}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(blocks, piece), { maxLength: 5 }), (parts) => {
        apply(parts.join('\n'), files);
      }),
      { numRuns: 1500 },
    );
  });
});
