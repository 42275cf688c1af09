/** Runs the study's trials one after the other and prints them. Started by `scripts/study.mjs`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runTrial, type Outcome, type Trial, type Where } from './offline.ts';
import { markdown } from './table.ts';

const { values } = parseArgs({
  options: {
    examples: { type: 'string' },
    seeds: { type: 'string' },
    seconds: { type: 'string' },
    where: { type: 'string' },
    json: { type: 'boolean' },
  },
});

const folder = fileURLToPath(new URL('../../examples', import.meta.url));
const there = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'experiment.json')));
const examples = values.examples?.split(',') ?? there;
const seeds = (values.seeds ?? '1,2,3').split(',').map(Number);
const seconds = (values.seconds ?? '1,10,60,300').split(',').map(Number);
const where = (values.where ?? 'page,terminal').split(',') as Where[];

const trials: Trial[] = examples.flatMap((example) =>
  where.flatMap((place) => seeds.map((seed) => ({ example, seed, where: place }))),
);
console.error(`${trials.length} runs of ${Math.max(...seconds)} s each, one after the other`);

const outcomes: Outcome[] = [];
for (const trial of trials) {
  try {
    const outcome = await runTrial(trial, seconds);
    outcomes.push(outcome);
    if (values.json) for (const mark of outcome.reached) console.log(JSON.stringify({ ...trial, ...mark }));
    else console.error(`${trial.example}, seed ${trial.seed}, ${trial.where}: ${outcome.reached.at(-1)?.value ?? '–'}`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`${trial.example}, seed ${trial.seed}, ${trial.where}: ${String(error)}`);
  }
}
if (!values.json) console.log(markdown(outcomes, seconds));
