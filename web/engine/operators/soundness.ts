/** What compilers refuse though it parses: names without a use, where the language takes that for an error. */
import type { Experiment } from '../experiment.ts';
import type { Files } from '../program.ts';
import { tableOf } from '../syntax/language.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { scopesOf } from '../syntax/scope.ts';
import type { Binding } from '../syntax/scoping.ts';
import type { Syntax } from '../syntax/tree.ts';
import { isAssigned } from './reach.ts';

/** Whether every changed file uses what it declares; true for languages that don't mind. */
export function isSound(syntax: Syntax, experiment: Experiment, before: Files, after: Files): boolean {
  for (const path of Object.keys(after)) {
    const table = tableOf(experiment.language, path);
    if (!table?.unused || before[path] === after[path]) continue;
    const parse = parseFile(syntax, table.id, after[path] as string);
    if (parse.type === 'failed') return false;
    if (!usesAll(parse.file)) return false;
  }
  return true;
}

function usesAll(file: ParsedFile): boolean {
  const { bindings } = scopesOf(file);
  if (bindings.some((binding) => binding.scope !== file.root && !isUsed(binding, file))) return false;
  return file.table.id !== 'go' || usesImports(file);
}

function isUsed(binding: Binding, { table, root }: ParsedFile): boolean {
  if (binding.kind === 'function' || binding.kind === 'class') return true;
  const written = binding.uses.filter((use) => use.parent?.kind === 'assignment_expression' && use.index === 0);
  if (table.id === 'go') return binding.kind === 'parameter' || binding.uses.length > written.length;
  if (binding.uses.length === 0) return false;
  // A variable of Zig has to vary, be it through a pointer or one of its members.
  const varies = binding.uses.some(
    (use) =>
      isAssigned(use) || /^(member_expression|subscript_expression|unary_expression)$/.test(use.parent?.kind ?? ''),
  );
  return binding.kind !== 'let' || varies || binding.scope === root;
}

function usesImports({ root, text, table }: ParsedFile): boolean {
  const imports = root.children.filter(({ kind }) => table.kinds.import.has(kind));
  const code = imports.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
  const called = new Set([...code.matchAll(/\b(\w+)\s*\./g)].map(([, name]) => name));
  return imports.every(({ start, end }) =>
    [...text.slice(start, end).matchAll(/"(?:[^"]*\/)?([^"/]+)"/g)].every(([, name]) => called.has(name)),
  );
}
