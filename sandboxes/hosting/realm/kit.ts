/**
 * What a realm program is given. Realm programs and the kit's makers are turned to text (program-text.ts) and run where none of
 * our modules can be loaded, so each must be one self-contained function: no imports but types, no names from outside.
 */
import type { createCopier } from './copier.ts';
import type { createModules } from './modules.ts';
import type { createRandom } from './random.ts';
import type { describeError } from './describe.ts';
import type { Factory } from './factory.ts';
import type { lockDown } from './lock-down.ts';
import type { createNumberComparison } from '../../comparing/compare-numbers.ts';
import type { comparePairs } from '../../timing/pairs.ts';
import type { createStopwatch } from '../../timing/stopwatch.ts';
import type { createTimingStatistics } from '../../timing/verdict.ts';

/** A worker's own scope, or a port that was moved into a vm context. */
export interface Channel {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  start?(): void;
}

export interface Kit {
  /** Makes a module's text into a function of the realm; throws its SyntaxError. */
  readonly compile: (text: string, file: string) => Factory;
  /** Milliseconds on a real clock, never shown to the program. */
  readonly now: () => number;
  readonly createCopier: typeof createCopier;
  readonly createModules: typeof createModules;
  readonly createRandom: typeof createRandom;
  readonly describeError: typeof describeError;
  readonly lockDown: typeof lockDown;
  readonly comparePairs: typeof comparePairs;
  readonly createNumberComparison: typeof createNumberComparison;
  readonly createStopwatch: typeof createStopwatch;
  readonly createTimingStatistics: typeof createTimingStatistics;
}
