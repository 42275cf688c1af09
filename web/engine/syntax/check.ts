/** The gate every proposal passes before it may cost an evaluation. */
import type { Experiment } from '../experiment.ts';
import { combineHashes, syntaxHash } from '../novelty/syntax-hash.ts';
import { evolvableRanges, evolveBlocks, fixedParts } from '../patches/evolve-blocks.ts';
import type { Files } from '../program.ts';
import { languageTable, tableOf } from './language.ts';
import { parseFile } from './parsed.ts';
import { mentions } from './reserved.ts';
import type { Syntax } from './tree.ts';

/** All that the checks look at in an experiment. */
export type Coded = Pick<Experiment, 'language'>;

export interface CheckInput {
  readonly syntax: Syntax;
  readonly experiment: Coded;
  readonly parent: Files;
  readonly files: Files;
}

export type Check =
  | { readonly type: 'ok'; readonly hash: string }
  /** `reason` names file, line and column where there is a place to name. */
  | { readonly type: 'rejected'; readonly reason: string };

/**
 * Parses, keeps to the evolve blocks, leaves the reserved names alone, and differs from its parent in syntax. `hash` is that of
 * the normalised syntax of all files: 16 hexadecimal digits.
 */
export function checkCandidate({ syntax, experiment, parent, files }: CheckInput): Check {
  const whole = hashProgram(syntax, experiment, files, parent);
  if (whole.type === 'rejected') return whole;
  const fixed = keepsToBlocks(syntax, experiment, parent, files);
  if (fixed !== null) return { type: 'rejected', reason: fixed };
  const before = hashProgram(syntax, experiment, parent);
  if (before.type === 'ok' && before.hash === whole.hash) {
    return { type: 'rejected', reason: 'The program is the same as its parent' };
  }
  return whole;
}

/** The checks that need no parent: parses, reserved names are left alone. `near`: a program it was probably made from. */
export function hashProgram(syntax: Syntax, experiment: Coded, files: Files, near: Files = {}): Check {
  const { reserved } = languageTable(experiment.language);
  const parts: [string, string][] = [];
  for (const path of Object.keys(files)) {
    const text = files[path] as string;
    const table = tableOf(experiment.language, path);
    if (!table) {
      parts.push([path, text]);
      continue;
    }
    const parse = parseFile(syntax, table.id, text, Object.hasOwn(near, path) ? near[path] : undefined);
    if (parse.type === 'failed') {
      const { line, column, what } = parse.fault;
      return { type: 'rejected', reason: `${path}:${line}:${column}: ${what || 'syntax error'}` };
    }
    for (const name of reserved) {
      if (mentions(parse.file, name)) return { type: 'rejected', reason: `${path} uses the reserved name ${name}` };
    }
    parts.push([path, syntaxHash(parse.file)]);
  }
  return { type: 'ok', hash: combineHashes(parts) };
}

function keepsToBlocks(syntax: Syntax, experiment: Coded, parent: Files, files: Files): string | null {
  for (const path of Object.keys(files)) if (!Object.hasOwn(parent, path)) return `${path} is a new file`;
  const allowed = evolvableRanges(syntax, experiment.language, parent);
  if (allowed.type === 'failed') return allowed.reason;
  for (const path of Object.keys(parent)) {
    const before = parent[path] as string;
    const after = Object.hasOwn(files, path) ? files[path] : undefined;
    if (after === undefined) return `${path} is gone`;
    if (after === before) continue;
    const ranges = allowed.ranges[path] ?? [];
    const table = tableOf(experiment.language, path);
    if (!table || ranges.length === 0) return `${path} must not change`;
    const parse = parseFile(syntax, table.id, after);
    if (parse.type === 'failed') return `${path}:${parse.fault.line}:${parse.fault.column}: ${parse.fault.what}`;
    const blocks = evolveBlocks(parse.file);
    if (blocks.type === 'failed') return `${path}:${blocks.error.line}: its evolve block markers do not balance`;
    const old = fixedParts(before, ranges);
    const young = fixedParts(after, blocks.ranges);
    if (old.length !== young.length || old.some((part, i) => part !== young[i])) {
      return `${path} changed outside its evolve blocks`;
    }
  }
  return null;
}
