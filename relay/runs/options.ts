/** The flags of `npm run evolve`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface EvolveOptions {
  /** Example or folder; null where a log is gone on with and none is named. */
  readonly experiment: string | null;
  readonly seed: number | null;
  readonly evaluations: number | null;
  readonly seconds: number | null;
  readonly parallel: number;
  readonly program: string;
  readonly out: string | null;
  readonly resume: string | null;
  /** Rust programs may take crates from crates.io. */
  readonly crates: boolean;
  readonly json: boolean;
}

export type ParsedOptions =
  | { readonly type: 'ok'; readonly options: EvolveOptions }
  | { readonly type: 'help' }
  | { readonly type: 'failed'; readonly problems: readonly string[] };

/** Budget where neither flags nor experiment set one. */
export const DEFAULT_EVALUATIONS = 2_000;

export const USAGE = `Usage: npm run evolve -- <example or folder> [flags]
       npm run evolve -- --resume run.jsonl [flags]
       npm run evolve -- import|export --help

  --seed N          seed of the random numbers (default 1); the same seed gives the same run
  --evaluations N   stop after so many evaluations in all (default: the experiment's own budget, else ${DEFAULT_EVALUATIONS})
  --seconds N       stop after so much run time in all
  --parallel N      evaluations at once (default: the processor's cores); changes the time, not the result
  --program NAME    start from another of the experiment's seed programs
  --out FILE        write the log there as it grows (.jsonl)
  --resume FILE     go on with the run of such a log, and write on there (or to --out)
  --crates          let Rust programs with a Cargo.toml take crates from crates.io; their scripts run in the compiler's jail
  --json            print nothing but one JSON object at the end
  --help            print this

Ctrl-C stops and saves; a second Ctrl-C quits at once.`;

const FLAGS = {
  seed: { type: 'string' },
  evaluations: { type: 'string' },
  seconds: { type: 'string' },
  parallel: { type: 'string' },
  program: { type: 'string' },
  out: { type: 'string' },
  resume: { type: 'string' },
  crates: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseOptions(args: readonly string[]): ParsedOptions {
  const problems: string[] = [];
  // `strict: false` lets a wrong flag be named beside the right ones; values are checked below.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: FLAGS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  if (values.help === true) return { type: 'help' };
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(FLAGS, token.name) ? FLAGS[token.name as keyof typeof FLAGS] : null;
    if (!flag) {
      problems.push(
        `${token.rawName} is not a flag here; there are ${Object.keys(FLAGS)
          .map((n) => `--${n}`)
          .join(', ')}`,
      );
    } else if (flag.type === 'string' && (token.value === undefined || token.value.startsWith('--'))) {
      problems.push(`${token.rawName} needs a value`);
    } else if (flag.type === 'boolean' && token.value !== undefined) {
      problems.push(`${token.rawName} takes no value`);
    }
  }
  const text = (name: keyof typeof FLAGS): string | null => {
    const value = values[name];
    return typeof value === 'string' && !value.startsWith('--') ? value : null;
  };
  const number = (name: keyof typeof FLAGS, least: number, most: number, whole: boolean): number | null => {
    const given = text(name);
    if (given === null) return null;
    const value = given.trim() === '' ? NaN : Number(given.replaceAll('_', ''));
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    problems.push(`--${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${given}"`);
    return null;
  };
  if (positionals.length > 1)
    problems.push(`only one example or folder can run at once, not ${positionals.join(', ')}`);
  if (positionals.length === 0 && text('resume') === null && problems.length === 0) {
    problems.push('name an example or a folder, or a log to go on with (--resume)');
  }
  const options: EvolveOptions = {
    experiment: positionals[0] ?? null,
    seed: number('seed', 0, Number.MAX_SAFE_INTEGER, true),
    evaluations: number('evaluations', 1, 1e12, true),
    seconds: number('seconds', 0.001, 1e9, false),
    parallel: number('parallel', 1, 256, true) ?? availableParallelism(),
    program: text('program') ?? 'seed',
    out: text('out'),
    resume: text('resume'),
    crates: values.crates === true,
    json: values.json === true,
  };
  return problems.length > 0 ? { type: 'failed', problems } : { type: 'ok', options };
}
