import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COMMENT_FORMS,
  commentFormsOf,
  commentsOf,
  findTextBlocks,
  isMarkerLine,
} from '../../../../web/engine/patches/comment-forms.ts';
import type { CommentForms } from '../../../../web/engine/patches/comment-forms.ts';
import { evolveBlocks } from '../../../../web/engine/patches/evolve-blocks.ts';
import { parseFile } from '../../../../web/engine/syntax/parsed.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);

function formsOf(path: string): CommentForms {
  const forms = commentFormsOf(path);
  if (!forms) throw new Error(path);
  return forms;
}

function insides(path: string, text: string): string[] | string {
  const blocks = findTextBlocks(text, formsOf(path));
  if (blocks.type === 'failed') return `${blocks.error.type} on line ${blocks.error.line}`;
  return blocks.marked ? blocks.ranges.map(({ start, end }) => text.slice(start, end)) : 'no markers';
}

describe('findTextBlocks', () => {
  it.each(Object.keys(COMMENT_FORMS))('finds a block in the comment forms of .%s', (ending) => {
    const forms = formsOf(`f.${ending}`);
    for (const line of forms.line) {
      expect(insides(`f.${ending}`, `a\n${line} EVOLVE-BLOCK-START\nb\n${line} EVOLVE-BLOCK-END\nc\n`)).toEqual([
        '\nb\n',
      ]);
      expect(isMarkerLine(`  ${line} EVOLVE-BLOCK-START`)).toBe(true);
    }
    for (const [open, close] of forms.block) {
      expect(
        insides(`f.${ending}`, `a ${open} EVOLVE-BLOCK-START ${close} b ${open}\nEVOLVE-BLOCK-END\n${close} c`),
      ).toEqual([' b ']);
    }
    for (const { open, close } of forms.strings) {
      if (forms.line.includes(open)) continue;
      const [comment] = [...forms.line, ...forms.block.map(([start]) => start)];
      expect(insides(`f.${ending}`, `a = ${open} ${comment} EVOLVE-BLOCK-START ${close}\n`)).toBe('no markers');
    }
  });

  it.each([
    [
      'f.py',
      `s = """\n# EVOLVE-BLOCK-START\n"""\n# EVOLVE-BLOCK-START\nx = '# EVOLVE-BLOCK-END'\n# EVOLVE-BLOCK-END\n`,
      [`\nx = '# EVOLVE-BLOCK-END'\n`],
    ],
    ['f.py', `s = 'it\\'s # EVOLVE-BLOCK-START'\n`, 'no markers'],
    [
      'f.rs',
      `fn f<'a>(x: &'a str) {\n// EVOLVE-BLOCK-START\nlet c = '"'; let d = '\\'';\n// EVOLVE-BLOCK-END\n}\n`,
      [`\nlet c = '"'; let d = '\\'';\n`],
    ],
    [
      'f.rs',
      `let s = r#"// "EVOLVE-BLOCK-START"#;\n/* /* EVOLVE-BLOCK-START */ still */ x /* EVOLVE-BLOCK-END */`,
      [' x '],
    ],
    [
      'f.cpp',
      `int n = 1'000; char c = '"';\n// EVOLVE-BLOCK-START\nauto s = R"(// EVOLVE-BLOCK-END)";\n// EVOLVE-BLOCK-END\n`,
      [`\nauto s = R"(// EVOLVE-BLOCK-END)";\n`],
    ],
    ['f.go', 's := `// EVOLVE-BLOCK-START`\n// EVOLVE-BLOCK-START\nx\n// EVOLVE-BLOCK-END\n', ['\nx\n']],
    ['f.zig', `const s =\n  \\\\// EVOLVE-BLOCK-START\n;\n// EVOLVE-BLOCK-START\nx\n// EVOLVE-BLOCK-END\n`, ['\nx\n']],
    ['f.wat', `(; (; EVOLVE-BLOCK-START ;) ;) (i32.const 1) (; EVOLVE-BLOCK-END ;) "(;"`, [' (i32.const 1) ']],
    ['f.html', `<p title="it's">\n<!-- EVOLVE-BLOCK-START -->\n<b>\n<!-- EVOLVE-BLOCK-END -->`, ['\n<b>\n']],
    ['f.sql', `select 'it''s -- EVOLVE-BLOCK-START';\n-- EVOLVE-BLOCK-START\nx\n-- EVOLVE-BLOCK-END`, ['\nx\n']],
    ['f.lua', `s = [[\n-- EVOLVE-BLOCK-START\n]]\n--[[ EVOLVE-BLOCK-START ]] x --[[ EVOLVE-BLOCK-END ]]`, [' x ']],
    ['f.ts', 'const s = `\n// EVOLVE-BLOCK-START\n`;\n/* EVOLVE-BLOCK-START */x/* EVOLVE-BLOCK-END */', ['x']],
    ['f.jl', `x = a'\n# EVOLVE-BLOCK-START\ny = b'\n# EVOLVE-BLOCK-END\n`, [`\ny = b'\n`]],
  ])('in %s knows strings from comments: %j', (path, text, expected) => {
    expect(insides(path, text)).toEqual(expected);
  });

  it.each([
    ['a\n// EVOLVE-BLOCK-END', 'unopened on line 2'],
    ['a\n\n// EVOLVE-BLOCK-START\nb', 'unclosed on line 3'],
    ['// EVOLVE-BLOCK-START\nx\n// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-END', 'nested on line 3'],
  ])('says what is wrong in %j', (text, expected) => {
    expect(insides('f.c', text)).toBe(expected);
  });

  it('knows nothing of files that have no comments', () => {
    expect(commentFormsOf('data.csv')).toBeNull();
    expect(commentFormsOf('__proto__')).toBeNull();
    expect(commentFormsOf('x.constructor')).toBeNull();
  });

  it('agrees with the tree wherever a program parses', () => {
    const piece = fc.constantFrom(
      '// EVOLVE-BLOCK-START\n',
      '// EVOLVE-BLOCK-END\n',
      '/* EVOLVE-BLOCK-START */',
      '/* EVOLVE-BLOCK-END */',
      'f("// EVOLVE-BLOCK-END");\n',
      "f('/* EVOLVE-BLOCK-START');\n",
      'f(`\n// EVOLVE-BLOCK-START\n`);\n',
      'f("\\"// EVOLVE-BLOCK-START");\n',
      'a = 1 / 2;\n',
      '{ b(); }\n',
    );
    const block = fc.array(piece, { maxLength: 2 }).map((pieces) => {
      return `// EVOLVE-BLOCK-START\n${pieces.join('')}// EVOLVE-BLOCK-END\n`;
    });
    let marked = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, block), { maxLength: 10 }), (pieces) => {
        const text = pieces.join('');
        const parse = parseFile(syntax, 'javascript', text);
        if (parse.type === 'failed') return;
        const expected = evolveBlocks(parse.file);
        if (expected.type === 'ok' && expected.marked) marked++;
        expect(findTextBlocks(text, formsOf('f.js'))).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
    expect(marked).toBeGreaterThan(50);
  });

  it('never throws, and its comments are in order', () => {
    const signs = fc.constantFrom(
      '"',
      "'",
      '`',
      '\\',
      '/*',
      '*/',
      '//',
      '\n',
      '[[',
      ']]',
      '--',
      '(;',
      ';)',
      'R"(',
      ')"',
      'EVOLVE-BLOCK-START',
      '#',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.array(signs, { maxLength: 30 }),
        fc.constantFrom(...Object.values(COMMENT_FORMS)),
        (parts, forms) => {
          const text = parts.join('');
          findTextBlocks(text, forms);
          let at = 0;
          for (const { start, end } of commentsOf(text, forms)) {
            expect(start).toBeGreaterThanOrEqual(at);
            expect(end).toBeGreaterThan(start);
            at = end;
          }
          expect(at).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

it('isMarkerLine takes whole comment lines only', () => {
  expect(isMarkerLine('x(); // EVOLVE-BLOCK-START')).toBe(false);
  expect(isMarkerLine('"// EVOLVE-BLOCK-START"')).toBe(false);
  expect(isMarkerLine('EVOLVE-BLOCK-START')).toBe(false);
  expect(isMarkerLine('/* EVOLVE-BLOCK-END */')).toBe(true);
});
