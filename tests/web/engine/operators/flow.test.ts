import { describe, expect, it } from 'vitest';
import { flowFits } from '../../../../web/engine/operators/flow.ts';
import { parseFile } from '../../../../web/engine/syntax/parsed.ts';
import type { Node } from '../../../../web/engine/syntax/node.ts';
import type { ParsedFile } from '../../../../web/engine/syntax/table.ts';
import { walk } from '../../../../web/engine/syntax/walk.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';

const syntax = await loadSyntax(['javascript']);

function parsed(text: string): ParsedFile {
  const parse = parseFile(syntax, 'javascript', text);
  if (parse.type === 'failed') throw new Error(parse.fault.what);
  return parse.file;
}

/** Whether the first statement of the loop in `piece` may stand where `HERE` stands. */
function fits(piece: string, place: string): boolean {
  const { root, table } = parsed(`async function* f() { a: for (;;) { ${piece} } }`);
  let first: Node | null = null;
  walk(root, (node) => {
    if (!first && node.kind === 'statement_block' && node.parent?.kind === 'for_statement')
      first = node.children[1] ?? null;
  });
  const file = parsed(place);
  let here: Node | null = null;
  walk(file.root, (node) => {
    if (file.text.slice(node.start, node.end) === 'HERE') here = node;
  });
  if (!first || !here) throw new Error('the test is wrong');
  return flowFits(first, here, table);
}

describe('flowFits', () => {
  it.each([
    ['if (x) continue;', 'for (;;) HERE', true],
    ['if (x) continue;', 'HERE', false],
    ['if (x) continue;', 'for (;;) g(() => { HERE })', false],
    ['if (x) continue;', 'switch (x) { case 1: HERE }', false],
    ['if (x) break;', 'switch (x) { case 1: HERE }', true],
    ['while (x) break;', 'HERE', true],
    ['if (x) break a;', 'for (;;) HERE', false],
    ['if (x) return;', 'function g() { HERE }', true],
    ['if (x) return;', 'HERE', false],
    ['g(() => { return 1; });', 'HERE', true],
    ['x = await y;', 'function g() { HERE }', false],
    ['yield x;', 'function g() { HERE }', false],
    ['g(async () => await y);', 'HERE', true],
    ['x += 1;', 'HERE', true],
  ])('%s in %s: %s', (piece, place, expected) => expect(fits(piece, place)).toBe(expected));
});
