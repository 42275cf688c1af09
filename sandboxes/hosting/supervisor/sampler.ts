import type { Limits, Runnable } from '../../contract.ts';
import type { PairCall, TimeAnswer } from '../protocol.ts';
import type { RealmPool } from './realm-pool.ts';
import type { StartWatch, Watch } from './watch.ts';

export interface Sample {
  readonly program: Runnable;
  readonly limits: Limits;
  readonly call: PairCall;
  /** Nobody waits for it any more. */
  readonly over: () => boolean;
  readonly done: (answer: TimeAnswer) => void;
}

/** Takes samples of time one after the other, each in a realm that is thrown away. Self-contained: it is turned to text. */
export function createSampler(pool: RealmPool, watch: StartWatch): (sample: Sample) => void {
  'use strict';
  const waiting: Sample[] = [];
  let sampling = false;

  function next(): void {
    if (sampling) return;
    const sample = waiting.shift();
    if (sample === undefined) return;
    if (sample.over()) return next();
    sampling = true;
    const { program, limits, call, done } = sample;
    const realm = pool.take(program, limits);
    let watcher: Watch | null = null;
    const finish = (answer: TimeAnswer): void => {
      watcher?.stop();
      pool.retire(realm);
      pool.refill();
      sampling = false;
      done(answer);
      next();
    };
    const failed = (status: 'timeout' | 'out-of-memory' | 'killed', reason: string): void =>
      finish({ status, timed: null, reason });
    realm.onReport = (report) => {
      if (report.type === 'timed') finish(report.answer);
    };
    pool.whenReady(
      realm,
      () => {
        realm.handle.post({ type: 'time', call });
        // It is called many times over.
        const most = 2 * limits.milliseconds + 5000;
        watcher = watch(most, () => failed('timeout', `could not be timed within ${most} ms`));
      },
      (reason, memory) => failed(memory ? 'out-of-memory' : 'killed', reason),
    );
  }

  return (sample) => {
    waiting.push(sample);
    next();
  };
}
