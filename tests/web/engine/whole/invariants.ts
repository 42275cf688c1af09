/** What holds of every log, whatever the settings. Throws by itself where it looks at every event: `expect` costs more than what it looks at. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { RunEvent } from '../../../../web/engine/events.ts';
import { readLog, writeLog } from '../../../../web/engine/log.ts';
import type { ProgramId } from '../../../../web/engine/program.ts';
import { reduce } from '../../../../web/engine/reduce.ts';
import { emptyState, fitnessOf, type RunState } from '../../../../web/engine/state.ts';

/** Folds the log event by event, checks each step, and gives the state it comes to. */
export function checkLog(log: readonly RunEvent[]): RunState {
  const state = emptyState();
  const landed = new Set<number>();
  const caps = { evaluations: Infinity, calls: Infinity, tokens: Infinity, dollars: Infinity };
  const keys = ['evaluations', 'calls', 'tokens', 'dollars'] as const;
  const used = (key: (typeof keys)[number]): number =>
    key === 'evaluations' ? state.evaluations + state.reserved : state.spent[key] + state.held[key];
  for (const [at, event] of log.entries()) {
    const where = `event ${at}, ${event.type}`;
    const pinnedBefore = state.pinned.size > 0 ? pinnedPlaces(state) : null;
    const over = state.finished !== null;
    reduce(state, event);
    if (event.type === 'run-started' || event.type === 'budget-changed') {
      // What was spent or set aside before the cap was lowered can not be taken back.
      for (const key of keys) caps[key] = Math.max(event.type === 'run-started' ? 0 : used(key), capOf(state, key));
    }
    for (const key of keys) {
      if (used(key) > caps[key] + 1e-9) throw new Error(`${where}: ${used(key)} ${key}, over the cap of ${caps[key]}`);
    }
    if (event.type === 'evaluated' || event.type === 'remembered' || event.type === 'prompt-written') {
      if (landed.has(event.job)) throw new Error(`${where}: job ${event.job} landed twice`);
      landed.add(event.job);
    }
    if (event.type === 'issued') {
      if (over) throw new Error(`${where}: a job was issued after the end`);
      checkIssued(event, state, where);
    }
    if (event.type === 'run-finished' && over) throw new Error(`${where}: a run ended twice`);
    checkPlaces(state, event, where);
    if (pinnedBefore && event.type !== 'banned' && event.type !== 'pinned')
      checkPinned(pinnedBefore, state, event, where);
  }
  if (state.inFlight.size === 0) {
    expect(state.reserved).toBe(0);
    expect(state.held).toEqual({ calls: 0, tokens: 0, dollars: 0 });
  }
  return state;
}

function capOf(state: RunState, key: 'evaluations' | 'calls' | 'tokens' | 'dollars'): number {
  return state.experiment?.budget[key] ?? Infinity;
}

function checkIssued(event: Extract<RunEvent, { type: 'issued' }>, state: RunState, where: string): void {
  const { kind, job, operator, parent, inspirations, choices } = event;
  if (kind !== 'program' || job === 0 || operator === 'inject') return;
  for (const id of [...(parent === null ? [] : [parent]), ...inspirations]) {
    if (state.banned.has(id)) throw new Error(`${where}: job ${job} was shown ${id}, which is banned`);
  }
  const arms = choices.filter(({ choice }) => choice === 'operator');
  if (arms.length !== (operator === 'none' ? 0 : 1)) throw new Error(`${where}: ${arms.length} choices of an operator`);
  if (arms[0] && String(arms[0].chosen).split('·')[0] !== operator) {
    throw new Error(`${where}: ${arms[0].chosen} was chosen and ${operator} issued`);
  }
  for (const { propensity, top, among, chosen } of choices) {
    if (!(propensity > 0 && propensity <= 1)) throw new Error(`${where}: a probability of ${propensity}`);
    if (!(among >= 1 && top.length <= Math.min(8, among))) throw new Error(`${where}: ${top.length} of ${among} told`);
    const sum = top.reduce((all, [, p]) => all + p, 0);
    if (!(sum <= 1 + 1e-9)) throw new Error(`${where}: probabilities of ${sum} in all`);
    const said = top.find(([what]) => what === chosen);
    if (said) {
      if (!(Math.abs(said[1] - propensity) < 5e-13)) throw new Error(`${where}: ${said[1]} is not ${propensity}`);
    } else if (top.length === among) throw new Error(`${where}: ${chosen} is not among what there was`);
  }
}

function checkPlaces(state: RunState, event: RunEvent, where: string): void {
  for (const [i, { archive, alive, failures }] of state.islands.entries()) {
    for (let k = 0; k < archive.length; k++) {
      const id = archive[k] as ProgramId;
      const fitness = fitnessOf(state, id);
      if (fitness === -Infinity) throw new Error(`${where}: island ${i} holds ${id}, which is not correct`);
      if (k > 0 && fitnessOf(state, archive[k - 1] as ProgramId) < fitness) throw new Error(`${where}: not best first`);
      if (archive.indexOf(id) !== k) throw new Error(`${where}: island ${i} holds ${id} twice`);
      if (state.banned.has(id)) throw new Error(`${where}: island ${i} holds ${id}, which is banned`);
    }
    for (const id of failures) if (state.banned.has(id)) throw new Error(`${where}: ${id} is banned and may be mended`);
    if (!alive && archive.length > 0) throw new Error(`${where}: island ${i} has ended and holds programs`);
    if (alive && archive.length === 0 && state.best !== null && event.type !== 'evaluated') {
      throw new Error(`${where}: island ${i} has nothing to go on from`);
    }
  }
  if (state.best !== null && state.banned.has(state.best)) throw new Error(`${where}: the best is banned`);
}

/** Island → pinned programs in its archive. */
function pinnedPlaces(state: RunState): Map<number, ProgramId[]> {
  const places = new Map<number, ProgramId[]>();
  state.islands.forEach(({ archive }, i) => {
    const here = archive.filter((id) => state.pinned.has(id));
    if (here.length > 0) places.set(i, here);
  });
  return places;
}

function checkPinned(before: Map<number, ProgramId[]>, state: RunState, event: RunEvent, where: string): void {
  for (const [island, ids] of before) {
    for (const id of ids) {
      const moved =
        (event.type === 'island-merged' && event.from === island && event.into !== null ? event.into : null) ??
        (event.type === 'island-split' && event.island === island && event.moved.includes(id) ? event.into : null) ??
        island;
      if (!state.islands[moved]?.archive.includes(id)) {
        throw new Error(`${where}: ${id} is pinned and left island ${island}`);
      }
    }
  }
}

/** A log survives its text: every event is taken by the reader, and comes out as it went in. */
export function checkText(log: readonly RunEvent[]): void {
  const read = readLog(writeLog(log));
  if (read.type === 'failed') throw new Error(`line ${read.line}: ${read.reason}`);
  const plain = JSON.parse(JSON.stringify(log)) as unknown;
  if (!isDeepStrictEqual(read.events, plain)) expect(read.events).toEqual(plain);
}

/** What the run lives in is what its log comes to. */
export function checkState(live: RunState, log: readonly RunEvent[]): void {
  const folded = emptyState();
  for (const event of log) reduce(folded, event);
  if (!isDeepStrictEqual(live, folded)) expect(live).toEqual(folded);
}

/** Jobs that were asked for, and calls that were paid, each once. */
export function paidCalls(log: readonly RunEvent[]): string[] {
  return log.flatMap((event) => (event.type === 'replied' ? [`${event.job}/${event.call}`] : []));
}
