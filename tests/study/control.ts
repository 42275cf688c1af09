/** Runs the control study's trials, several at once, and prints what they come to. Started by `scripts/study.mjs`. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exampleNames, findExperiment } from '../../relay/runs/experiment-folder.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import { armed } from './arms.ts';
import { compare, summarise } from './comparison.ts';
import { CONTROL_USAGE, parseControl, type ControlOptions } from './control-options.ts';
import { runControl, settingsHash, type ControlResult, type ControlTrial } from './control-run.ts';
import { comparisonTable, summaryTable } from './control-table.ts';
import { openResults, trialKey, type ResultsFile } from './results-file.ts';

const MISUSED = 2;
/** Paths are relative to where the person typed the command. */
const base = process.env['INIT_CWD'] ?? process.cwd();

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseControl(args, await exampleNames());
  if (parsed.type === 'help') {
    console.log(CONTROL_USAGE);
    return 0;
  }
  if (parsed.type === 'failed') return misuse(parsed.problems);
  const { options } = parsed;
  const experiments = new Map<string, Experiment>();
  for (const name of options.examples) {
    const found = await findExperiment(name, base, 'seed');
    if (found.type === 'failed') return misuse(found.problems);
    experiments.set(name, found.experiment);
  }
  let file: ResultsFile | null = null;
  if (options.out !== null) {
    const path = resolve(base, options.out);
    if (!existsSync(dirname(path))) return misuse([`--out: there is no folder ${dirname(path)}`]);
    file = openResults(path);
    if (file.broken > 0) console.error(`${file.broken} lines of ${options.out} can't be read and are left out`);
  }
  const { results, failures } = await runAll(options, experiments, file);
  report(options, experiments, results);
  return failures > 0 ? 1 : 0;
}

interface Planned {
  readonly trial: ControlTrial;
  readonly experiment: Experiment;
}

/** Seeds outermost, so that a study that is cut short has whole pairs. */
function plan({ seeds, arms, evaluations }: ControlOptions, experiments: ReadonlyMap<string, Experiment>): Planned[] {
  return seeds.flatMap((seed) =>
    [...experiments].flatMap(([example, shipped]) =>
      arms.map((arm) => {
        const experiment = armed(shipped, arm, evaluations);
        return { trial: { example, arm, seed, evaluations, settings: settingsHash(experiment) }, experiment };
      }),
    ),
  );
}

async function runAll(
  options: ControlOptions,
  experiments: ReadonlyMap<string, Experiment>,
  file: ResultsFile | null,
): Promise<{ readonly results: readonly ControlResult[]; readonly failures: number }> {
  const planned = plan(options, experiments);
  const known = new Map((file?.found ?? []).map((result) => [trialKey(result), result]));
  const results = new Map<string, ControlResult>();
  const left: Planned[] = [];
  for (const each of planned) {
    const result = known.get(trialKey(each.trial));
    if (result) results.set(trialKey(each.trial), result);
    else left.push(each);
  }
  console.error(`${left.length} runs of ${options.evaluations} evaluations, ${results.size} there already`);
  let failures = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { trial, experiment } = next;
      const name = `${trial.example}, ${trial.arm}, seed ${trial.seed}`;
      try {
        const result = await runControl(trial, experiment);
        results.set(trialKey(trial), result);
        file?.add(result);
        const timeouts = result.timeouts > 0 ? `, ${result.timeouts} TIMED OUT: may not repeat exactly` : '';
        const seconds = Math.round(result.milliseconds / 1000);
        console.error(`${++done}: ${name}: ${result.value ?? '–'} (${result.unseen ?? '–'}), ${seconds} s${timeouts}`);
      } catch (error) {
        failures++;
        console.error(`${++done}: ${name}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
  // In the order planned, whichever came first: the same study prints the same.
  return { results: planned.flatMap(({ trial }) => results.get(trialKey(trial)) ?? []), failures };
}

function report(
  options: ControlOptions,
  experiments: ReadonlyMap<string, Experiment>,
  results: readonly ControlResult[],
): void {
  const goals = new Map([...experiments].map(([name, { goal }]) => [name, goal] as const));
  const summaries = summarise(results, goals, options.arms);
  const comparisons = compare(results, goals, options.arms);
  if (options.json) {
    for (const result of results) console.log(JSON.stringify({ type: 'run', ...result }));
    for (const summary of summaries) console.log(JSON.stringify({ type: 'summary', ...summary }));
    for (const comparison of comparisons) console.log(JSON.stringify({ type: 'comparison', ...comparison }));
    return;
  }
  console.log(`${summaryTable(summaries, goals)}\n\n${comparisonTable(comparisons, goals)}`);
}

function misuse(problems: readonly string[]): number {
  console.error(`${problems.join('\n')}\n\n${CONTROL_USAGE}`);
  return MISUSED;
}

process.exitCode = await main(process.argv.slice(2));
