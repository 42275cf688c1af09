import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Language } from '../../../../web/engine/experiment.ts';
import { checkCandidate, hashProgram } from '../../../../web/engine/syntax/check.ts';
import type { Node } from '../../../../web/engine/syntax/node.ts';
import { parseFile } from '../../../../web/engine/syntax/parsed.ts';
import type { Parse } from '../../../../web/engine/syntax/parsed.ts';
import type { Syntax } from '../../../../web/engine/syntax/tree.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { FIXTURES } from '../operators/fixtures.ts';

const LANGUAGES = ['javascript', 'typescript'] as const;
const loaded = await loadSyntax(LANGUAGES);

/** Without memory of other trees, read node by node. */
const plain: Syntax = {
  parse(language, text) {
    const tree = loaded.parse(language, text);
    return { rootNode: tree.rootNode, delete: () => tree.delete() };
  },
};

/** A parser of its own each time, so that nothing comes out of the cache of trees by content. */
const fresh = (): Syntax => ({ parse: (language, text, near) => loaded.parse(language, text, near) });

const SOURCES: readonly (readonly [Language, string])[] = FIXTURES.flatMap(({ experiment: { language, files } }) =>
  Object.keys(files)
    .filter((path) => !path.endsWith('.txt'))
    .map((path) => [language, files[path] as string] as const),
);

function drawn(node: Node): unknown[] {
  return [node.kind, node.named, node.start, node.end, node.index, node.children.map(drawn)];
}

function seen(parse: Parse): unknown {
  return parse.type === 'ok' ? [drawn(parse.file.root), parse.file.comments] : parse.fault;
}

const PIECES = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    'x',
    ' + ',
    '\n',
    ';',
    '(',
    ')',
    '{',
    '}',
    '`',
    '"',
    '/',
    '//',
    '/*',
    '*/',
    '=>',
    '?',
    '<',
    '>',
  ),
  fc.constantFrom(
    ' return ',
    ' async ',
    'let q = 3;',
    '${',
    '…',
    '// 😀 é\n',
    'f(`ü${a}`);',
    '\r\n',
    'a => a',
    ': number',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const EDIT = fc.record({ at: fc.nat(10_000), length: fc.oneof(fc.nat(3), fc.nat(60)), text: PIECES });
const SOURCE = fc.constantFrom(...SOURCES);

function applied(text: string, { at, length, text: piece }: { at: number; length: number; text: string }): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + piece + text.slice(start + length);
}

describe('a tree begun from that of a text near by', () => {
  it('is the tree of the text alone, faults included', () => {
    fc.assert(
      fc.property(SOURCE, EDIT, ([language, before], edit) => {
        const after = applied(before, edit);
        expect(seen(parseFile(fresh(), language, after, before))).toEqual(seen(parseFile(plain, language, after)));
      }),
      { numRuns: 1500, seed: 7 },
    );
  });

  // A parser that begins from another tree recovers from these in another way.
  it.each([
    ['if (a) {', 'if (,) {'],
    ['if (a) {', 'i/* {'],
    ['if (a) {', 'if (a}{'],
    ['if (a)', '(f (a)'],
  ])('tells the same fault where %j becomes %j', (old, young) => {
    const before = 'if (a) { b(); } else { c(); }\nfor (const x of y) z(x);\n';
    const after = before.replace(old, young);
    const parse = parseFile(fresh(), 'javascript', after, before);
    expect(parse.type).toBe('failed');
    expect(parse).toEqual(parseFile(plain, 'javascript', after));
  });

  it('stays so over a line of descent', () => {
    fc.assert(
      fc.property(SOURCE, fc.array(EDIT, { minLength: 5, maxLength: 25 }), ([language, text], edits) => {
        let before = text;
        for (const edit of edits) {
          const after = applied(before, edit);
          const parse = parseFile(fresh(), language, after, before);
          expect(seen(parse)).toEqual(seen(parseFile(plain, language, after)));
          if (parse.type === 'ok') before = after;
        }
      }),
      { numRuns: 60, seed: 8 },
    );
  });

  it('does not need the text near by to be near, sound or known', () => {
    const [language, text] = SOURCES[0] as (typeof SOURCES)[number];
    const alone = seen(parseFile(plain, language, text));
    for (const near of ['', 'let', '}}}}', text, `${text}(`, text.slice(9), 'x'.repeat(300_000)]) {
      expect(seen(parseFile(fresh(), language, text, near))).toEqual(alone);
    }
  });

  it('is right after the trees it knew have gone', () => {
    const [language, text] = SOURCES[0] as (typeof SOURCES)[number];
    const syntax = fresh();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 400; i++) {
        const after = text.replace('0.25', `0.${round}${i}`);
        const parse = parseFile(syntax, language, after, text);
        if (i % 100 === 0) expect(seen(parse)).toEqual(seen(parseFile(plain, language, after)));
        else expect(parse.type).toBe('ok');
      }
    }
  });
});

describe('a candidate', () => {
  it('has one hash, whatever it is compared with and however its tree was read', () => {
    fc.assert(
      fc.property(SOURCE, EDIT, ([language, before], edit) => {
        const experiment = { language };
        const path = language === 'typescript' ? 'a.ts' : 'a.js';
        const [parent, files] = [{ [path]: before }, { [path]: applied(before, edit) }];
        const alone = hashProgram(plain, experiment, files);
        expect(hashProgram(fresh(), experiment, files, parent)).toEqual(alone);
        expect(checkCandidate({ syntax: fresh(), experiment, parent, files })).toEqual(
          checkCandidate({ syntax: plain, experiment, parent, files }),
        );
      }),
      { numRuns: 300, seed: 9 },
    );
  });
});
