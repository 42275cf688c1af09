/** Checks of the shape of single events from outside. */
import { CHOICES } from './choice.ts';
import type { AddStatus, FinishReason, JobKind, RunEvent } from './events.ts';
import { PURPOSES } from './models/model.ts';
import { MOST_SEARCHES } from './models/search.ts';
import { readSources } from './models/sources.ts';
import { STATUSES } from './program.ts';
import { Reader } from './reader.ts';
import { INSPIRATION_KINDS } from './strategy.ts';
import { readOwn, readStrategy } from './strategy-validation.ts';
import { upgradeEvent } from './upgrade.ts';
import { readBudget, readFiles, validateExperiment } from './validation.ts';

export type CheckedEvent =
  { readonly type: 'ok'; readonly event: RunEvent } | { readonly type: 'failed'; readonly reason: string };

const LONGEST_TEXT = 1_000_000;
const MOST = Number.MAX_SAFE_INTEGER;
const ADD_STATUSES: readonly AddStatus[] = ['rejected', 'improved', 'new'];
const KINDS: readonly JobKind[] = ['program', 'memory', 'prompt'];
const EFFORTS = ['none', 'low', 'medium', 'high'] as const;
const FINISH_REASONS: readonly FinishReason[] = [
  ...([
    'evaluations',
    'time',
    'work',
    'calls',
    'tokens',
    'dollars',
    'target',
    'patience',
    'stopped',
    'seed-failed',
    'nothing-to-do',
  ] as const),
];
const TYPES: readonly RunEvent['type'][] = [
  ...(['run-started', 'issued', 'replied', 'evaluated', 'remembered', 'prompt-written', 'added', 'migrated'] as const),
  ...(['island-restarted', 'island-spawned', 'island-merged', 'island-split', 'forked', 'budget-changed'] as const),
  ...(['strategy-changed', 'injected', 'hinted', 'pinned', 'banned', 'run-finished'] as const),
];

/** Keys that are not known are let pass: a log of a later version of the same format stays readable. */
export function checkEvent(value: unknown): CheckedEvent {
  const read = new Reader();
  const from = read.object(upgradeEvent(value), '');
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
      if (from.v !== 2) read.note('v', 'must be 2, the version of these events');
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
      issued(read, from);
      break;
    case 'replied':
      whole(read, from.job, 'job');
      whole(read, from.call, 'call');
      read.choice(from.purpose, 'purpose', PURPOSES);
      text(read, from.model, 'model', 200);
      text(read, from.request, 'request', 200);
      reply(read, read.object(from.reply, 'reply'));
      if (from.dollars !== null) read.number(from.dollars, 'dollars', { least: 0 });
      for (const key of ['at', 'took'])
        read.number(read.object(from.timing, 'timing')[key], `timing.${key}`, { least: 0 });
      break;
    case 'evaluated':
      evaluated(read, from);
      break;
    case 'remembered':
      sideResult(read, from);
      if (from.memory !== null) memory(read, read.object(from.memory, 'memory'));
      break;
    case 'prompt-written':
      sideResult(read, from);
      text(read, from.id, 'id', 200);
      if (from.parent !== null) text(read, from.parent, 'parent', 200);
      if (from.text !== null) text(read, from.text, 'text');
      text(read, from.name, 'name', 1_000);
      break;
    case 'added':
      whole(read, from.job, 'job');
      whole(read, from.island, 'island');
      read.choice(from.status, 'status', ADD_STATUSES);
      text(read, from.reason, 'reason');
      place(read, from);
      if (from.step !== undefined) {
        const step = read.object(from.step, 'step');
        flag(read, step.accepted, 'step.accepted');
        probability(read, step.probability, 'step.probability');
      }
      flag(read, from.best, 'best');
      whole(read, from.stale, 'stale');
      finite(read, from.reward, 'reward');
      read.list(from.credits, 'credits', (each, at) => {
        const credit = read.object(each, at);
        read.choice(credit.family, `${at}.family`, ['operator', 'strategy']);
        text(read, credit.arm, `${at}.arm`, 1_000);
      });
      break;
    case 'migrated':
      whole(read, from.program, 'program');
      whole(read, from.from, 'from');
      whole(read, from.to, 'to');
      place(read, from);
      break;
    case 'island-restarted':
      whole(read, from.island, 'island');
      whole(read, from.from, 'from');
      text(read, from.reason, 'reason');
      break;
    case 'island-spawned':
      whole(read, from.island, 'island');
      ids(read, from.from, 'from');
      read.choice(from.by, 'by', ['run', 'person']);
      text(read, from.reason, 'reason');
      if (from.own === null) break;
      // What is left out of a setting is filled in, as it is in an experiment.
      return { ...(from as Fields & RunEvent), own: readOwn(read, from.own, 'own') } as RunEvent;
    case 'island-merged':
      whole(read, from.from, 'from');
      idOrNull(read, from.into, 'into');
      ids(read, from.moved, 'moved');
      ids(read, from.evicted, 'evicted');
      read.choice(from.by, 'by', ['run', 'person']);
      text(read, from.reason, 'reason');
      break;
    case 'island-split':
      whole(read, from.island, 'island');
      whole(read, from.into, 'into');
      ids(read, from.moved, 'moved');
      break;
    case 'forked':
      finite(read, from.seed, 'seed');
      break;
    case 'strategy-changed':
      return { ...(from as Fields & RunEvent), strategy: readStrategy(read, from.strategy, 'strategy') } as RunEvent;
    case 'injected':
      whole(read, from.island, 'island');
      whole(read, from.parent, 'parent');
      readFiles(read, from.files, 'files');
      text(read, from.note, 'note');
      break;
    case 'hinted':
      whole(read, from.id, 'id');
      if (from.text !== null) text(read, from.text, 'text', 10_000);
      idOrNull(read, from.island, 'island');
      break;
    case 'pinned':
      whole(read, from.program, 'program');
      flag(read, from.pinned, 'pinned');
      break;
    case 'banned':
      whole(read, from.program, 'program');
      flag(read, from.banned, 'banned');
      break;
    case 'budget-changed':
      return { ...(from as Fields & RunEvent), budget: readBudget(read, from.budget, 'budget') } as RunEvent;
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

function issued(read: Reader, from: Fields): void {
  whole(read, from.job, 'job');
  read.choice(from.kind, 'kind', KINDS);
  whole(read, from.island, 'island');
  text(read, from.operator, 'operator', 200);
  for (const key of ['model', 'prompt']) if (from[key] !== null) text(read, from[key], key, 200);
  if (from.temperature !== null) finite(read, from.temperature, 'temperature');
  read.choice(from.effort, 'effort', EFFORTS);
  if (from.search !== undefined) whole(read, from.search, 'search', MOST_SEARCHES);
  idOrNull(read, from.parent, 'parent');
  ids(read, from.inspirations, 'inspirations');
  read.list(from.kinds, 'kinds', (each, at) => read.choice(each, at, INSPIRATION_KINDS));
  idOrNull(read, from.recommendation, 'recommendation');
  const reserved = read.object(from.reserved, 'reserved');
  whole(read, reserved.evaluations, 'reserved.evaluations');
  spending(read, reserved, 'reserved');
  if (reserved.kept !== undefined) {
    const kept = read.object(reserved.kept, 'reserved.kept');
    for (const key of ['embed', 'score']) whole(read, kept[key], `reserved.kept.${key}`, 1_000);
  }
  read.list(from.choices, 'choices', (each, at) => choice(read, read.object(each, at), at));
}

function choice(read: Reader, from: Fields, path: string): void {
  read.choice(from.choice, `${path}.choice`, CHOICES);
  text(read, from.policy, `${path}.policy`, 1_000);
  text(read, from.context, `${path}.context`, 200);
  whole(read, from.among, `${path}.among`);
  chosen(read, from.chosen, `${path}.chosen`);
  probability(read, from.propensity, `${path}.propensity`);
  const top = read.list(from.top, `${path}.top`, (each, at) => {
    const [what, share] = read.list(each, at, (part) => part);
    chosen(read, what, `${at}[0]`);
    probability(read, share, `${at}[1]`);
  });
  if (top.length > 8) read.note(`${path}.top`, `must hold at most 8 entries, not ${top.length}`);
}

function chosen(read: Reader, value: unknown, path: string): void {
  if (value === null) return;
  if (typeof value === 'number') finite(read, value, path);
  else text(read, value, path, 1_000);
}

function probability(read: Reader, value: unknown, path: string): void {
  read.number(value, path, { least: 0, most: 1.000001 });
}

function spending(read: Reader, from: Fields, path: string): void {
  whole(read, from.calls, `${path}.calls`);
  whole(read, from.tokens, `${path}.tokens`);
  read.number(from.dollars, `${path}.dollars`, { least: 0 });
}

function reply(read: Reader, from: Fields): void {
  const type = read.choice(from.type, 'reply.type', ['replied', 'failed']);
  if (type === 'replied') {
    text(read, from.text, 'reply.text', 20_000_000);
    read.choice(from.finish, 'reply.finish', ['stop', 'length', 'refused', 'filtered']);
  } else {
    text(read, from.reason, 'reply.reason');
    if (from.retryAfter !== null) read.number(from.retryAfter, 'reply.retryAfter', { least: 0 });
  }
  const usage = read.object(from.usage, 'reply.usage');
  for (const key of ['input', 'output', 'cached', 'reasoning']) whole(read, usage[key], `reply.usage.${key}`);
  if (usage.searches !== undefined) whole(read, usage.searches, 'reply.usage.searches');
  if (from.sources !== undefined) sources(read, from.sources);
  if (from.dollars !== null) read.number(from.dollars, 'reply.dollars', { least: 0 });
  if (from.worth !== undefined) read.number(from.worth, 'reply.worth', { least: 0 });
}

/** A log may come from anywhere, and its pages become links. */
function sources(read: Reader, value: unknown): void {
  const given = read.list(value, 'reply.sources', (each, at) =>
    text(read, read.object(each, at).url, `${at}.url`, 1_000),
  );
  if (readSources(value).length !== given.length)
    read.note('reply.sources', 'must be addresses of the web, each once, at most 20');
}

function sideResult(read: Reader, from: Fields): void {
  whole(read, from.job, 'job');
  text(read, from.reason, 'reason');
  spending(read, read.object(from.spent, 'spent'), 'spent');
  timing(read, from.timing);
}

function memory(read: Reader, from: Fields): void {
  read.list(from.summaries, 'memory.summaries', (each, at) => {
    const summary = read.object(each, at);
    whole(read, summary.program, `${at}.program`);
    text(read, summary.text, `${at}.text`);
  });
  text(read, from.scratchpad, 'memory.scratchpad');
  read.list(from.recommendations, 'memory.recommendations', (each, at) => text(read, each, at));
}

function place(read: Reader, from: Fields): void {
  ids(read, from.evicted, 'evicted');
  if (from.cell !== null) text(read, from.cell, 'cell', 1_000);
  if (from.threshold !== null) finite(read, from.threshold, 'threshold');
}

function timing(read: Reader, value: unknown): void {
  const from = read.object(value, 'timing');
  for (const key of ['at', 'wait', 'propose', 'check', 'novelty', 'evaluate']) {
    read.number(from[key], `timing.${key}`, { least: 0 });
  }
}

function evaluated(read: Reader, from: Fields): void {
  whole(read, from.job, 'job');
  read.choice(from.status, 'status', STATUSES);
  text(read, from.reason, 'reason');
  text(read, from.note, 'note');
  whole(read, from.evaluations, 'evaluations');
  spending(read, read.object(from.spent, 'spent'), 'spent');
  if (from.worth !== undefined) read.number(from.worth, 'worth', { least: 0 });
  if (from.hash !== null) text(read, from.hash, 'hash', 200);
  timing(read, from.timing);
  if (from.change !== null) change(read, read.object(from.change, 'change'));
  if (from.evaluation !== null) evaluation(read, read.object(from.evaluation, 'evaluation'));
  if (from.burst !== null) burst(read, read.object(from.burst, 'burst'));
  if (from.trials !== null) trials(read, read.object(from.trials, 'trials'));
  if (from.vector !== null) text(read, from.vector, 'vector', 20_000);
  if (from.nearest !== null) {
    const nearest = read.object(from.nearest, 'nearest');
    whole(read, nearest.program, 'nearest.program');
    read.number(nearest.similarity, 'nearest.similarity', { least: -1.000001, most: 1.000001 });
  }
}

function trials(read: Reader, from: Fields): void {
  text(read, from.stage, 'trials.stage', 200);
  for (const key of ['seeds', 'fitnesses']) {
    read.list(from[key], `trials.${key}`, (each, at) => finite(read, each, at));
  }
  if (from.stopped !== null) text(read, from.stopped, 'trials.stopped');
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
  for (const key of ['metrics', 'hidden', 'features', 'scores']) {
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

function ids(read: Reader, value: unknown, path: string): void {
  read.list(value, path, (each, at) => whole(read, each, at));
}

function flag(read: Reader, value: unknown, path: string): void {
  if (typeof value !== 'boolean') read.note(path, 'must be true or false');
}
