/** Whole runs that ask models: a script for each purpose, and what holds of every such run. */
import { expect } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { Evaluated, Issued, Replied, RunEvent } from '../../../../web/engine/events.ts';
import type { Budget, Experiment } from '../../../../web/engine/experiment.ts';
import { readLog, writeLog } from '../../../../web/engine/log.ts';
import {
  NO_USAGE,
  type LanguageModel,
  type ModelReply,
  type ModelRequest,
} from '../../../../web/engine/models/model.ts';
import { ASKING_OPERATORS } from '../../../../web/engine/operators/index.ts';
import type { Operator } from '../../../../web/engine/operators/operator.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { scriptedModel, subjectOf } from '../scripted-model.ts';
import {
  clock,
  evaluation,
  experiment,
  finish,
  harness,
  numberIn,
  realSyntax,
  walk,
  type Harness,
  type Score,
  type StrategyPart,
} from '../stand-ins.ts';

export const OPERATORS: readonly Operator[] = [{ ...walk, id: 'mutate' }, ...ASKING_OPERATORS];

/** What a model says to a request; null leaves it to `fresh`, where that knows the program. A function of the request alone. */
export type Says = (request: ModelRequest) => string | null;

/** A number that no other job comes to: runs are short where nothing is made twice. */
function fresh(request: ModelRequest): string | null {
  const line = /^export const a = .*;$/m.exec(shownIn(request))?.[0];
  if (line === undefined || !said(request).includes('<DIFF>')) return null;
  const value = 13 + 10 * jobOf(request) + (request.purpose === 'refine' ? 5 : 0);
  return diffOf(line, `export const a = ${value};`, `to-${value}`);
}

export interface Asked extends LanguageModel {
  readonly requests: ModelRequest[];
}

export function saying(says: Says = () => null): Asked {
  const requests: ModelRequest[] = [];
  const scripted = scriptedModel();
  return {
    requests,
    complete(request, signal): Promise<ModelReply> {
      requests.push(request);
      const text = says(request) ?? fresh(request);
      if (text === null) return scripted.complete(request, signal);
      const usage = { ...NO_USAGE, input: 100, output: 10 };
      return Promise.resolve({ type: 'replied', text, finish: 'stop', usage, dollars: 0.001 });
    },
  };
}

export interface Setup {
  readonly strategy: StrategyPart;
  readonly budget?: Partial<Budget>;
  readonly files?: Experiment['files'];
  readonly seed?: number;
  readonly says?: Says;
  readonly score?: Score;
  readonly operators?: readonly Operator[];
}

/** Every number has a score of its own, those near to four hundred the best ones. */
export const near400: Score = (value) => ({
  type: 'scored',
  evaluation: evaluation(-Math.abs(value - 400), { fuel: Math.abs(value) }),
  milliseconds: 0,
});

export function experimentOf({ strategy, budget, files }: Setup): Experiment {
  const more = { budget: { ...DEFAULT_BUDGET, evaluations: 30, ...budget }, ...(files ? { files } : {}) };
  const models = { ensemble: { m: 1 }, promptTokens: 20_000, replyTokens: 1_000, ...strategy.models };
  return experiment({ operators: { diff: 1 }, lookAhead: 4, ...strategy, models }, more);
}

export interface Played extends Harness {
  readonly models: Asked;
  readonly setup: Setup;
}

export async function open(setup: Setup, log?: readonly RunEvent[]): Promise<Played> {
  const { score = near400, seed = 1, operators = OPERATORS } = setup;
  const models = saying(setup.says);
  const options = { experiment: experimentOf(setup), seed, operators, score, models };
  return { ...(await harness(log ? { ...options, log } : options)), models, setup };
}

export async function played(setup: Setup): Promise<Played> {
  const run = await open(setup);
  await finish(run);
  return run;
}

/** The log survives its text, replays without a model, and any cut leads to it again with no call paid twice. */
export async function holds({ log, setup }: Played, step = 23): Promise<void> {
  const operators = setup.operators ?? OPERATORS;
  const read = readLog(writeLog(log));
  if (!setup.operators) expect(read.type === 'ok' && read.events).toEqual(JSON.parse(JSON.stringify(log)));
  expect(await replay(log, { syntax: await realSyntax(), clock, operators })).toMatchObject({ type: 'same' });
  const whole = await finish(await open(setup, log));
  for (let cut = 2; cut < log.length; cut += step) {
    const before = log.slice(0, cut);
    const again = await open(setup, before);
    expect(await finish(again), `cut at ${cut}`).toEqual(whole);
    expect(again.models.requests.length, `cut at ${cut}`).toBe(replies(log).length - replies(before).length);
  }
}

export function replies(log: readonly RunEvent[]): Replied[] {
  return log.filter((event) => event.type === 'replied');
}

export function results(log: readonly RunEvent[]): Evaluated[] {
  return log.filter((event) => event.type === 'evaluated');
}

export function issues(log: readonly RunEvent[]): Issued[] {
  return log.filter((event) => event.type === 'issued');
}

/** Number of the job that a request is of. */
export function jobOf({ key }: Pick<ModelRequest, 'key'>): number {
  return Number(key.split('/')[1]);
}

export function said({ messages }: Pick<ModelRequest, 'messages'>): string {
  return messages.map(({ content }) => content).join('\n');
}

/** The current program as a request shows it; the first file where it has several. */
export function shownIn(request: Pick<ModelRequest, 'messages'>): string {
  return subjectOf(request)?.files[0]?.text ?? '';
}

/** A reply that puts `text` in the place of `line`. */
export function diffOf(line: string, text: string, name = 'a-change'): string {
  const block = ['<<<<<<< SEARCH', line, '=======', text, '>>>>>>> REPLACE'].join('\n');
  return `<NAME>${name}</NAME>\n<DESCRIPTION>So it may go.</DESCRIPTION>\n<DIFF>\n${block}\n</DIFF>\n`;
}

export { numberIn };
