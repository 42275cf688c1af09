/**
 * The common half of a candidate's realm whose candidates are no scripts of the browser's own engine: takes commands, answers calls one after the
 * other. Bundled with a member's guest into one text; the guest is the only thing that the candidate can have any influence on.
 */
import type { Limits, Runnable } from '../../contract.ts';
import { createStopwatch } from '../../timing/stopwatch.ts';
import type {
  Equipment,
  Fresh,
  PairAnswer,
  PairCall,
  PairStatus,
  RealmCommand,
  RealmReport,
  TimeAnswer,
} from '../protocol.ts';
import type { Channel } from './kit.ts';

export type Step =
  | { readonly status: 'ok'; readonly value: unknown; readonly fuel: number }
  | { readonly status: Exclude<PairStatus, 'ok'>; readonly reason: string; readonly fuel: number };

/** What a member brings. Nothing of it throws. */
export interface Guest {
  /** Once, before anything else. */
  equip(equipment: Equipment): void | Promise<void>;
  /** null, or why the program does not build. */
  load(program: Runnable, limits: Limits): string | null | Promise<string | null>;
  /** Module state anew. */
  fresh(fresh: Fresh): Step | Promise<Step>;
  call(name: string, args: readonly unknown[]): Step | Promise<Step>;
}

const UNEQUIPPED: Fresh = { parameters: [], seed: 0, entry: null };

export function serve(control: Channel, guest: Guest, now: () => number): void {
  const report = control.postMessage.bind(control) as (message: RealmReport) => void;
  /** Each command waits for the one before it. */
  let before: Promise<void> = Promise.resolve();
  let fault: string | null = 'no program was loaded';
  let begun = false;

  async function answerTo({ id, name, calls, fresh }: PairCall): Promise<PairAnswer> {
    const values: unknown[] = [];
    let fuel = 0;
    const failed = (status: PairStatus, reason: string): PairAnswer => ({ id, status, values: [], reason, fuel });
    if (fault !== null) return failed('build', fault);
    if (fresh !== null || !begun) {
      const step = await guest.fresh(fresh ?? UNEQUIPPED);
      fuel += step.fuel;
      begun = step.status === 'ok';
      if (step.status !== 'ok') {
        return failed(step.status, step.status === 'build' ? step.reason : `while it was loaded: ${step.reason}`);
      }
    }
    for (const args of calls) {
      const step = await guest.call(name, args);
      fuel += step.fuel;
      if (step.status !== 'ok') return failed(step.status, step.reason);
      values.push(step.value);
    }
    return { id, status: 'ok', values, reason: '', fuel };
  }

  async function time({ name, calls, fresh }: PairCall): Promise<TimeAnswer> {
    if (fault !== null) return { status: 'build', timed: null, reason: fault };
    const watch = createStopwatch(now);
    begun = true;
    for (let passes = watch.next(); passes > 0; passes = watch.next()) {
      if (watch.fresh()) {
        const step = await guest.fresh(fresh ?? UNEQUIPPED);
        if (step.status !== 'ok') return { status: step.status, timed: null, reason: step.reason };
      }
      watch.start();
      for (let pass = 0; pass < passes; pass++) {
        for (const args of calls) {
          const given = guest.call(name, args);
          // Only those that have to wait are waited for: turns of the queue would be in the time.
          const step = given instanceof Promise ? await given : given;
          if (step.status !== 'ok') return { status: step.status, timed: null, reason: step.reason };
        }
      }
      watch.stop();
    }
    return { status: 'ok', timed: watch.result(), reason: '' };
  }

  function next(work: () => void | Promise<void>): void {
    before = before.then(work).catch((error: unknown) => {
      fault = `the realm failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
    });
  }

  function enqueue(call: PairCall, answer: (answer: PairAnswer) => void): void {
    next(async () => {
      let given: PairAnswer;
      try {
        given = await answerTo(call);
      } catch (error) {
        begun = false;
        const reason = `the realm failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
        given = { id: call.id, status: 'failed', values: [], reason, fuel: 0 };
      }
      answer(given);
    });
  }

  control.onmessage = ({ data }) => {
    const command = data as RealmCommand;
    switch (command.type) {
      case 'equip':
        // Ready only now, so that starting what programs run in is counted against none of them.
        next(async () => {
          await guest.equip(command.equipment);
          report({ type: 'ready' });
        });
        return;
      case 'load':
        next(async () => {
          begun = false;
          fault = await guest.load(command.program, command.limits);
          report({ type: 'loaded', reason: fault });
        });
        return;
      case 'pair': {
        const port = command.port as unknown as Channel;
        const answer = port.postMessage.bind(port) as (answer: PairAnswer) => void;
        port.onmessage = (event) => enqueue(event.data as PairCall, answer);
        port.start?.();
        return;
      }
      case 'call':
        enqueue(command.call, (answer) => report({ type: 'called', answer }));
        return;
      case 'time':
        next(async () => {
          let answer: TimeAnswer;
          try {
            answer = await time(command.call);
          } catch (error) {
            const said = error instanceof Error ? error.message : String(error);
            answer = { status: 'failed', timed: null, reason: `the realm failed: ${said}`.slice(0, 500) };
          }
          report({ type: 'timed', answer });
        });
        return;
      case 'sampled':
      case 'evaluate':
      case 'abort':
      case 'where':
        return;
      default:
        command satisfies never;
    }
  };
  control.start?.();
}
