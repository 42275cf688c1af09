/**
 * What evolution without a language model reaches: each example, several seeds, in the built page and in a terminal; the best strict
 * fitness after so many seconds of run time, read from the run's own log.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../web/engine/events.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import { readLog } from '../../web/engine/log.ts';
import { served, type Served } from '../bench/served.ts';

export type Where = 'page' | 'terminal';

export interface Trial {
  readonly example: string;
  readonly seed: number;
  readonly where: Where;
}

export interface Reached {
  /** Run time in seconds. */
  readonly seconds: number;
  /** In the goal's metric; null where no program was correct by then. */
  readonly value: number | null;
  /** The held-out figure of that program; null where the example has none. */
  readonly unseen: number | null;
  readonly evaluations: number;
}

export interface Outcome {
  readonly trial: Trial;
  readonly experiment: Experiment;
  readonly reached: readonly Reached[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Beyond the last mark, so that what was found just before it is in the log. */
const MARGIN_MS = 1_500;
const LONGEST_END_MS = 30_000;

export async function runTrial(trial: Trial, seconds: readonly number[]): Promise<Outcome> {
  const milliseconds = 1000 * Math.max(...seconds) + MARGIN_MS;
  const text = trial.where === 'page' ? await inPage(trial, milliseconds) : await inTerminal(trial, milliseconds);
  const log = readLog(text);
  if (log.type === 'failed') throw new Error(`the log of the run can't be read: line ${log.line}: ${log.reason}`);
  const first = log.events[0];
  if (first?.type !== 'run-started') throw new Error('the log is empty');
  if (first.seed !== trial.seed) throw new Error(`the run has seed ${first.seed}, not ${trial.seed}`);
  return { trial, experiment: first.experiment, reached: seconds.map((mark) => reachedBy(log.events, mark)) };
}

/** Best of the run after so many seconds: the last program called best that was consumed by then. */
export function reachedBy(events: readonly RunEvent[], seconds: number): Reached {
  const consumed = new Map<number, Extract<RunEvent, { type: 'evaluated' }>>();
  const first = events[0];
  const goal = first?.type === 'run-started' ? first.experiment.goal : null;
  let best: number | null = null;
  let evaluations = 0;
  for (const event of events) {
    if (event.type === 'evaluated') {
      if (event.timing.at > seconds * 1000) break;
      consumed.set(event.job, event);
      evaluations += event.evaluations;
    }
    if (event.type === 'added' && event.best) best = event.job;
  }
  const evaluation = best === null ? null : consumed.get(best)?.evaluation;
  return {
    seconds,
    value: goal === null ? null : (evaluation?.metrics[goal.metric] ?? null),
    unseen: goal === null || goal.unseen === null ? null : (evaluation?.hidden[goal.unseen] ?? null),
    evaluations,
  };
}

async function inPage(trial: Trial, milliseconds: number): Promise<string> {
  return served(join(root, 'dist'), async ({ browser, url }: Served) => {
    const context = await browser.newContext({ acceptDownloads: true });
    const tab = await context.newPage();
    await tab.goto(`${url}#${encodeURIComponent(trial.example)}`);
    const pause = tab.getByRole('button', { name: 'Pause' });
    await pause.waitFor({ timeout: 30_000 });
    const seed = tab.getByLabel('Seed', { exact: true });
    if ((await seed.inputValue()) !== String(trial.seed)) {
      await seed.fill(String(trial.seed));
      await seed.press('Enter');
      await seed.blur();
    }
    await tab.waitForTimeout(milliseconds);
    await pause.click();
    await tab.getByRole('tab', { name: 'Runs' }).click();
    const button = tab.getByRole('button', { name: new RegExp(`^Export .*, seed ${trial.seed}$`) }).first();
    await button.waitFor({ timeout: LONGEST_END_MS });
    const [download] = await Promise.all([tab.waitForEvent('download', { timeout: LONGEST_END_MS }), button.click()]);
    return readFile(await download.path(), 'utf8');
  });
}

async function inTerminal(trial: Trial, milliseconds: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'genesis-study-'));
  const file = join(folder, 'run.jsonl');
  try {
    const seconds = Math.ceil(milliseconds / 1000);
    const flags = ['--seed', String(trial.seed), '--evaluations', '1000000000', '--seconds', String(seconds)];
    const child = spawn(process.execPath, ['relay/runs/evolve.ts', trial.example, ...flags, '--out', file], {
      cwd: root,
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    const kill = setTimeout(() => child.kill('SIGKILL'), milliseconds + MARGIN_MS + LONGEST_END_MS);
    await ended;
    clearTimeout(kill);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
