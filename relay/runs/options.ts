/** The flags of `npm run evolve`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { PARTS, type Part } from '../../web/engine/models/plan.ts';
import type { Share } from './models.ts';

export interface EvolveOptions {
  /** Example or folder; null where a log is gone on with and none is named. */
  readonly experiment: string | null;
  readonly seed: number | null;
  readonly evaluations: number | null;
  readonly seconds: number | null;
  /** Fitness that ends the run where it is reached. */
  readonly target: number | null;
  /** Evaluations without a better program that end it. */
  readonly patience: number | null;
  readonly parallel: number;
  readonly program: string;
  readonly out: string | null;
  readonly resume: string | null;
  /** Models that propose, by name; empty: those the experiment names. */
  readonly models: readonly Share[];
  /** How much of what is tried comes from them; null: as the experiment has it, else half. */
  readonly part: Part | null;
  /** Share of their proposals that may search the web; null: as the experiment has it. */
  readonly search: number | null;
  /** What models may cost in all; null = not limited. */
  readonly spend: { readonly dollars: number | null; readonly tokens: number | null; readonly calls: number | null };
  /** Configuration of models and prices. */
  readonly config: string;
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
  --target N        stop when the best fitness is at least this
  --patience N      stop after so many evaluations without a better program
  --parallel N      evaluations at once (default: the processor's cores); changes the time, not the result
  --program NAME    start from another of the experiment's seed programs
  --out FILE        write the log there as it grows (.jsonl)
  --resume FILE     go on with the run of such a log, and write on there (or to --out)
  --models LIST     ask these models too, as NAME or NAME=SHARE with commas between; keys as for npm run relay (docs/relay.md)
  --dollars N       what models may cost in all; without this, --tokens or --calls none is asked
  --tokens N        tokens they may take in all
  --calls N         calls they may get in all
  --part PART       how much of what is tried is theirs: some, half or only (default: half)
  --search SHARE    let so many of their proposals search the web, 0 to 1, where genesis.config.json has "search": true
  --config FILE     further endpoints, models and prices (default: genesis.config.json)
  --crates          let Rust programs with a Cargo.toml take crates from crates.io; their scripts run in the compiler's jail
  --json            print nothing but one JSON object at the end
  --help            print this

Ctrl-C stops and saves; a second Ctrl-C quits at once.`;

const FLAGS = {
  seed: { type: 'string' },
  evaluations: { type: 'string' },
  seconds: { type: 'string' },
  target: { type: 'string' },
  patience: { type: 'string' },
  parallel: { type: 'string' },
  program: { type: 'string' },
  out: { type: 'string' },
  resume: { type: 'string' },
  models: { type: 'string' },
  dollars: { type: 'string' },
  tokens: { type: 'string' },
  calls: { type: 'string' },
  part: { type: 'string' },
  search: { type: 'string' },
  config: { type: 'string' },
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
    const range = most === Number.MAX_VALUE ? '' : ` from ${least} to ${most}`;
    problems.push(`--${name} must be a ${whole ? 'whole ' : ''}number${range}, not "${given}"`);
    return null;
  };
  if (positionals.length > 1)
    problems.push(`only one example or folder can run at once, not ${positionals.join(', ')}`);
  if (positionals.length === 0 && text('resume') === null && problems.length === 0) {
    problems.push('name an example or a folder, or a log to go on with (--resume)');
  }
  const models = sharesIn(text('models'), problems);
  const spend = {
    dollars: number('dollars', 1e-6, 1e6, false),
    tokens: number('tokens', 1, 1e12, true),
    calls: number('calls', 1, 1e9, true),
  };
  if (models.length > 0 && Object.values(spend).every((cap) => cap === null) && problems.length === 0)
    problems.push('--models needs --dollars, --tokens or --calls: what they may cost in all');
  const part = text('part');
  if (part !== null && !Object.hasOwn(PARTS, part))
    problems.push(`--part must be ${Object.keys(PARTS).join(', ')}, not "${part}"`);
  const options: EvolveOptions = {
    experiment: positionals[0] ?? null,
    seed: number('seed', 0, Number.MAX_SAFE_INTEGER, true),
    evaluations: number('evaluations', 1, 1e12, true),
    seconds: number('seconds', 0.001, 1e9, false),
    target: number('target', -Number.MAX_VALUE, Number.MAX_VALUE, false),
    patience: number('patience', 1, 1e12, true),
    parallel: number('parallel', 1, 256, true) ?? availableParallelism(),
    program: text('program') ?? 'seed',
    out: text('out'),
    resume: text('resume'),
    ...{ models, spend, part: part as Part | null, config: text('config') ?? 'genesis.config.json' },
    crates: values.crates === true,
    search: number('search', 0, 1, false),
    json: values.json === true,
  };
  return problems.length > 0 ? { type: 'failed', problems } : { type: 'ok', options };
}

function sharesIn(list: string | null, problems: string[]): Share[] {
  if (list === null) return [];
  const shares: Share[] = [];
  for (const each of list.split(',')) {
    const [, name = '', given = '1'] = /^\s*([^=]*?)\s*(?:=\s*([^=]*?)\s*)?$/.exec(each) ?? [];
    const share = Number(given);
    if (name === '' || !(share > 0 && share <= 1000))
      problems.push(`--models: "${each}" is no NAME or NAME=SHARE, with a share above 0`);
    else if (shares.some((other) => other.name === name)) problems.push(`--models names ${name} twice`);
    else shares.push({ name, share });
  }
  return shares;
}
