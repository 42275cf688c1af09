/** The flags of `npm run evolve -- import` and `-- export`. */
import { parseArgs } from 'node:util';

export const FORMATS = ['shinka', 'openevolve', 'folder'] as const;
export type Format = (typeof FORMATS)[number];

export type ForeignCommand =
  | { readonly type: 'import'; readonly path: string; readonly out: string | null }
  | { readonly type: 'export'; readonly path: string; readonly as: Format; readonly out: string }
  | { readonly type: 'help' }
  | { readonly type: 'failed'; readonly problems: readonly string[] };

export const FOREIGN_USAGE = `Usage: npm run evolve -- import <path> [--out run.jsonl]
       npm run evolve -- export <run.jsonl> --as shinka|openevolve|folder --out <path>

import reads a run of ShinkaEvolve (its programs.sqlite or the folder with it), a run of OpenEvolve (a checkpoint or the folder above),
or a folder with initial.* and evaluate.*, prints what is in it and what can't be taken over, and writes it as a log.
export writes a log as ShinkaEvolve's SQLite file, as a checkpoint folder of OpenEvolve, or as a folder with initial.* and evaluate.*

  --out PATH     where to write; export never writes over what is there
  --as FORMAT    shinka, openevolve or folder
  --help         print this

docs/formats.md says what maps to what, and what is lost.`;

/** `args` begin with the command's name. */
export function parseForeign(args: readonly string[]): ForeignCommand {
  const [command, ...rest] = args;
  let parsed;
  try {
    parsed = parseArgs({
      args: rest,
      options: { out: { type: 'string' }, as: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    return { type: 'failed', problems: [error instanceof Error ? error.message : String(error)] };
  }
  const { values, positionals } = parsed;
  if (values.help) return { type: 'help' };
  const problems: string[] = [];
  const path = positionals[0];
  if (path === undefined) problems.push(`name what to ${command}`);
  if (positionals.length > 1) problems.push(`only one path at once, not ${positionals.join(', ')}`);
  if (command === 'import') {
    if (values.as !== undefined) problems.push('--as has no meaning for import: the files say what they are');
    if (problems.length > 0 || path === undefined) return { type: 'failed', problems };
    return { type: 'import', path, out: values.out ?? null };
  }
  const as = FORMATS.find((format) => format === values.as);
  if (as === undefined)
    problems.push(`--as must be one of ${FORMATS.join(', ')}${values.as === undefined ? '' : `, not "${values.as}"`}`);
  if (values.out === undefined) problems.push('--out must say where to write');
  if (problems.length > 0 || path === undefined || as === undefined || values.out === undefined)
    return { type: 'failed', problems };
  return { type: 'export', path, as, out: values.out };
}
