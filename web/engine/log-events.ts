/** Checks of the shape of single events from outside. */
import { STATUSES } from './program.ts';
import type { AddStatus, FinishReason, RunEvent } from './events.ts';
import { Reader } from './reader.ts';
import { readBudget, validateExperiment } from './validation.ts';

export type CheckedEvent =
  { readonly type: 'ok'; readonly event: RunEvent } | { readonly type: 'failed'; readonly reason: string };

const LONGEST_TEXT = 1_000_000;
const MOST = Number.MAX_SAFE_INTEGER;
const ADD_STATUSES: readonly AddStatus[] = ['rejected', 'improved', 'new'];
const FINISH_REASONS: readonly FinishReason[] = ['evaluations', 'time', 'stopped', 'seed-failed', 'nothing-to-do'];
const TYPES: readonly RunEvent['type'][] = [
  ...(['run-started', 'issued', 'evaluated', 'added', 'migrated', 'island-restarted'] as const),
  ...(['budget-changed', 'run-finished'] as const),
];

/** Keys that are not known are let pass: a log of a later version of the same format stays readable. */
export function checkEvent(value: unknown): CheckedEvent {
  const read = new Reader();
  const from = read.object(value, '');
  const type = read.choice(from.type, 'type', TYPES);
  if (read.problems.length > 0) return { type: 'failed', reason: wordsOf(read, null) };
  const event = shape(read, type, from);
  return read.problems.length > 0 ? { type: 'failed', reason: wordsOf(read, type) } : { type: 'ok', event };
}

function wordsOf(read: Reader, type: string | null): string {
  const words = read.problems.slice(0, 3).map((problem) => problem.replace(/^the file:/, 'the event'));
  const more = read.problems.length - words.length;
  return `${type === null ? '' : `${type}: `}${words.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

type Fields = Record<string, unknown>;

function shape(read: Reader, kind: RunEvent['type'], from: Fields): RunEvent {
  switch (kind) {
    case 'run-started': {
      if (from.v !== 1) read.note('v', 'must be 1, the only version there is so far');
      finite(read, from.seed, 'seed');
      const words = read.list(from.random, 'random', (each, at) => whole(read, each, at, 0xffff_ffff));
      if (words.length !== 4) read.note('random', 'must hold four numbers');
      const validated = validateExperiment(from.experiment);
      if (validated.type === 'ok')
        return { ...(from as Fields & RunEvent), experiment: validated.experiment } as RunEvent;
      for (const problem of validated.problems) read.problems.push(`experiment.${problem}`);
      break;
    }
    case 'issued':
      whole(read, from.job, 'job');
      whole(read, from.island, 'island');
      text(read, from.operator, 'operator', 200);
      read.number(from.propensity, 'propensity', { least: 0, most: 1.000001 });
      idOrNull(read, from.parent, 'parent');
      read.list(from.inspirations, 'inspirations', (each, at) => whole(read, each, at));
      whole(read, from.reserved, 'reserved');
      break;
    case 'evaluated':
      evaluated(read, from);
      break;
    case 'added':
      whole(read, from.job, 'job');
      whole(read, from.island, 'island');
      read.choice(from.status, 'status', ADD_STATUSES);
      text(read, from.reason, 'reason');
      idOrNull(read, from.evicted, 'evicted');
      flag(read, from.best, 'best');
      finite(read, from.reward, 'reward');
      break;
    case 'migrated':
      whole(read, from.program, 'program');
      whole(read, from.from, 'from');
      whole(read, from.to, 'to');
      idOrNull(read, from.evicted, 'evicted');
      break;
    case 'island-restarted':
      whole(read, from.island, 'island');
      whole(read, from.from, 'from');
      text(read, from.reason, 'reason');
      break;
    case 'budget-changed':
      readBudget(read, from.budget, 'budget');
      break;
    case 'run-finished':
      read.choice(from.reason, 'reason', FINISH_REASONS);
      text(read, from.detail, 'detail');
      read.number(read.object(from.timing, 'timing').at, 'timing.at', { least: 0 });
      break;
    default:
      kind satisfies never;
  }
  return from as unknown as RunEvent;
}

function evaluated(read: Reader, from: Fields): void {
  whole(read, from.job, 'job');
  read.choice(from.status, 'status', STATUSES);
  text(read, from.reason, 'reason');
  text(read, from.note, 'note');
  whole(read, from.evaluations, 'evaluations');
  if (from.hash !== null) text(read, from.hash, 'hash', 200);
  const timing = read.object(from.timing, 'timing');
  for (const key of ['at', 'propose', 'evaluate']) read.number(timing[key], `timing.${key}`, { least: 0 });
  if (from.change !== null) change(read, read.object(from.change, 'change'));
  if (from.evaluation !== null) evaluation(read, read.object(from.evaluation, 'evaluation'));
  if (from.burst !== null) burst(read, read.object(from.burst, 'burst'));
}

function change(read: Reader, from: Fields): void {
  if (read.choice(from.type, 'change.type', ['edits', 'files']) === 'files') {
    read.record(from.files, 'change.files', (each, at) => text(read, each, at));
    return;
  }
  let before = { file: '', end: 0 };
  read.list(from.edits, 'change.edits', (each, at) => {
    const edit = read.object(each, at);
    const file = text(read, edit.file, `${at}.file`, 200);
    const start = whole(read, edit.start, `${at}.start`);
    const end = read.number(edit.end, `${at}.end`, { least: start, most: MOST, whole: true });
    text(read, edit.text, `${at}.text`);
    if (file < before.file || (file === before.file && start < before.end)) {
      read.note(at, 'overlaps the edit before it, or is out of order');
    }
    before = { file, end };
  });
}

function evaluation(read: Reader, from: Fields): void {
  const path = 'evaluation';
  if (from.fitness !== null) finite(read, from.fitness, `${path}.fitness`);
  flag(read, from.correct, `${path}.correct`);
  for (const key of ['metrics', 'hidden', 'features']) {
    read.record(from[key], `${path}.${key}`, (each, at) => finite(read, each, at));
  }
  text(read, from.feedback, `${path}.feedback`);
  read.object(from.artifacts, `${path}.artifacts`);
  read.number(from.fuel, `${path}.fuel`, { least: 0 });
}

function burst(read: Reader, from: Fields): void {
  text(read, from.method, 'burst.method', 200);
  for (const key of ['dimensions', 'tried', 'failed']) whole(read, from[key], `burst.${key}`);
  for (const key of ['start', 'best']) if (from[key] !== null) finite(read, from[key], `burst.${key}`);
  read.list(from.trace, 'burst.trace', (each, at) => {
    if (read.list(each, at, (n, where) => finite(read, n, where)).length !== 2) read.note(at, 'must hold two numbers');
  });
}

function text(read: Reader, value: unknown, path: string, longest = LONGEST_TEXT): string {
  return read.text(value, path, { longest });
}

function finite(read: Reader, value: unknown, path: string): number {
  return read.number(value, path, {});
}

function whole(read: Reader, value: unknown, path: string, most = MOST): number {
  return read.number(value, path, { least: 0, most, whole: true });
}

function idOrNull(read: Reader, value: unknown, path: string): void {
  if (value !== null) whole(read, value, path);
}

function flag(read: Reader, value: unknown, path: string): void {
  if (typeof value !== 'boolean') read.note(path, 'must be true or false');
}
