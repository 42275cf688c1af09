/** The flags of `npm run study -- control`. */
import { parseArgs } from 'node:util';
import { ARMS, BASE, CONTROLS } from './arms.ts';

export interface ControlOptions {
  readonly examples: readonly string[];
  readonly arms: readonly string[];
  readonly seeds: readonly number[];
  readonly evaluations: number;
  /** Runs at once. */
  readonly parallel: number;
  readonly out: string | null;
  readonly json: boolean;
}

export type ParsedControl =
  | { readonly type: 'ok'; readonly options: ControlOptions }
  | { readonly type: 'help' }
  | { readonly type: 'failed'; readonly problems: readonly string[] };

/** Where operators that need no model have most room; the two geometric examples live by `tune` alone. */
export const FOUR = ['bin-packing', 'tsp', 'cap-set', 'symbolic-regression'] as const;
const MOST_SEEDS = 1_000;

export const CONTROL_USAGE = `npm run study -- control [--examples a,b | all] [--arms x,y] [--seeds 1-5] [--evaluations 2000] [--parallel 2] [--out FILE] [--json]

  The search an example ships with against others under the same number of evaluations and with the same operators, seed by seed.

  --examples     names with commas, or all (default: ${FOUR.join(',')})
  --arms         what to compare with ${BASE} (default: ${CONTROLS.slice(1).join(',')}); there are
                 ${Object.keys(ARMS).join(', ')}
  --seeds        whole numbers and ranges, e.g. 1,2,7-9 (default: 1-5)
  --evaluations  of each run (default 2000)
  --parallel     runs at once (default 1); changes the time, not the result
  --out FILE     write each finished run there as a line of JSON, and leave out the runs that are there already
  --json         lines of JSON instead of tables`;

const FLAGS = {
  examples: { type: 'string' },
  arms: { type: 'string' },
  seeds: { type: 'string' },
  evaluations: { type: 'string' },
  parallel: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `known` are the names of all examples. */
export function parseControl(args: readonly string[], known: readonly string[]): ParsedControl {
  let values: ReturnType<typeof read>;
  try {
    values = read(args);
  } catch (error) {
    return { type: 'failed', problems: [error instanceof Error ? error.message : String(error)] };
  }
  if (values.help) return { type: 'help' };
  const problems: string[] = [];
  const names = (flag: string, text: string | undefined, all: readonly string[], kind: string): string[] | null => {
    if (text === undefined) return null;
    const list = [...new Set(text.split(','))];
    for (const name of list) {
      if (!all.includes(name)) problems.push(`--${flag}: there is no ${kind} '${name}'; there are ${all.join(', ')}`);
    }
    return list;
  };
  const whole = (flag: string, text: string | undefined, least: number, most: number, fallback: number): number => {
    if (text === undefined) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    problems.push(`--${flag} wants a whole number from ${least} to ${most}, not '${text}'`);
    return fallback;
  };
  const examples = values.examples === 'all' ? known : names('examples', values.examples, known, 'example');
  const arms = names('arms', values.arms, Object.keys(ARMS), 'arm') ?? CONTROLS;
  const seeds = seedsOf(values.seeds ?? '1-5');
  if (typeof seeds === 'string') problems.push(seeds);
  if (values.out === '') problems.push('--out wants the name of a file');
  const options: ControlOptions = {
    examples: examples ?? FOUR,
    arms: [BASE, ...arms.filter((arm) => arm !== BASE)],
    seeds: typeof seeds === 'string' ? [] : seeds,
    evaluations: whole('evaluations', values.evaluations, 1, 10_000_000, 2_000),
    parallel: whole('parallel', values.parallel, 1, 256, 1),
    out: values.out ?? null,
    json: values.json ?? false,
  };
  return problems.length > 0 ? { type: 'failed', problems } : { type: 'ok', options };
}

function read(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, allowPositionals: false }).values;
}

/** Without repetition, in the order given; a text that says what is wrong. */
export function seedsOf(text: string): number[] | string {
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
    if (!match) return `--seeds wants whole numbers and ranges with commas between them, e.g. 1,2,7-9, not '${part}'`;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (last < first) return `--seeds: the range ${part} goes downwards`;
    if (last - first >= MOST_SEEDS) return `--seeds: the range ${part} holds more than ${MOST_SEEDS} seeds`;
    for (let seed = first; seed <= last; seed++) seeds.add(seed);
  }
  return [...seeds];
}
