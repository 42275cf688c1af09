/**
 * Realm programs and the supervisor as text, for places that can't load our modules: an opaque-origin frame, a jailed process. Each
 * part is one self-contained function, so its text means the same after any bundler and minifier.
 */
import { createNumberComparison } from '../comparing/compare-numbers.ts';
import { comparePairs } from '../timing/pairs.ts';
import { createStopwatch } from '../timing/stopwatch.ts';
import { createTimingStatistics } from '../timing/verdict.ts';
import { candidateRealm } from './realm/candidate.ts';
import { createCopier } from './realm/copier.ts';
import { describeError } from './realm/describe.ts';
import { evaluatorRealm } from './realm/evaluator.ts';
import { lockDown } from './realm/lock-down.ts';
import { createModules } from './realm/modules.ts';
import { createRandom } from './realm/random.ts';
import { createRealmPool } from './supervisor/realm-pool.ts';
import { createSampler } from './supervisor/sampler.ts';
import { supervise } from './supervisor/supervise.ts';
import { createWatch } from './supervisor/watch.ts';
import type { Role } from './protocol.ts';

/** An expression: a function of `(control, compile, now)` that starts the realm. */
export function realmText(role: Role): string {
  const program = role === 'candidate' ? candidateRealm : evaluatorRealm;
  return `(function (control, compile, now) { 'use strict';
(${program.toString()})(control, { compile, now,
createCopier: (${createCopier.toString()}),
createModules: (${createModules.toString()}),
createRandom: (${createRandom.toString()}),
describeError: (${describeError.toString()}),
lockDown: (${lockDown.toString()}),
comparePairs: (${comparePairs.toString()}),
createNumberComparison: (${createNumberComparison.toString()}),
createStopwatch: (${createStopwatch.toString()}),
createTimingStatistics: (${createTimingStatistics.toString()}) }); })`;
}

/** An expression: a function of the surroundings that starts the supervisor. */
export function supervisorText(): string {
  return `(function (at) { 'use strict';
return (${supervise.toString()})(at, {
createRealmPool: (${createRealmPool.toString()}),
createSampler: (${createSampler.toString()}),
createWatch: (${createWatch.toString()}) }); })`;
}

/** Every self-contained function by name, for the check that none of them uses a name from outside. */
export const parts = {
  candidateRealm,
  evaluatorRealm,
  createCopier,
  createModules,
  createRandom,
  describeError,
  lockDown,
  comparePairs,
  createNumberComparison,
  createStopwatch,
  createTimingStatistics,
  supervise,
  createRealmPool,
  createSampler,
  createWatch,
};
