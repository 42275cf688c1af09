/** What every history does, whatever it is kept in. */
import { describe, expect, it } from 'vitest';
import type { Issued, RunEvent } from '../../../web/engine/events.ts';
import type { History, HistoryResult, RunMeta, RunSummary } from '../../../web/history/history.ts';
import { EMPTY_SUMMARY } from '../../../web/history/history.ts';

export interface HistorySubject {
  /** A history with nothing in it. `now` counts up by one a call. */
  open(now: () => number): Promise<History>;
}

export function issuedEvents(from: number, count: number): RunEvent[] {
  return Array.from({ length: count }, (_, i): Issued => {
    const job = from + i;
    return {
      type: 'issued',
      job,
      kind: 'program',
      island: 0,
      operator: job === 0 ? 'seed' : 'mutate “ü”\n',
      ...{ model: null, prompt: null, temperature: null, effort: 'none', recommendation: null },
      parent: job === 0 ? null : 0,
      inspirations: [],
      kinds: [],
      reserved: { evaluations: 1, calls: 0, tokens: 0, dollars: 0.1 + 0.2 },
      choices: [],
    };
  });
}

export function meta(runId: string, seed = 1): RunMeta {
  return { runId, name: 'line', title: 'A line', seed, goal: { label: 'Length', unit: 'm', digits: 3 } };
}

export function summary(evaluations: number): RunSummary {
  return { ...EMPTY_SUMMARY, evaluations, programs: evaluations, fitness: evaluations / 8, value: evaluations / 8 };
}

export function value<T>(result: HistoryResult<T>): T {
  if (result.type === 'failed') throw new Error(`${result.code}: ${result.reason}`);
  return result.value;
}

export function code(result: HistoryResult<unknown>): string {
  return result.type === 'ok' ? 'ok' : result.code;
}

export function historyContract(name: string, subject: HistorySubject): void {
  describe(`${name} keeps the contract of a history`, () => {
    const withHistory = async (use: (history: History) => Promise<void>): Promise<void> => {
      let time = 1_000;
      const history = await subject.open(() => time++);
      try {
        await use(history);
      } finally {
        history.close();
      }
    };

    it('is empty at first', () =>
      withHistory(async (history) => {
        expect(value(await history.runs())).toEqual([]);
        expect(value(await history.lastRun())).toBeNull();
        expect(code(await history.events('none'))).toBe('not-found');
        expect(code(await history.exportJsonl('none'))).toBe('not-found');
        expect(code(await history.remove('none'))).toBe('not-found');
        expect(code(await history.claim('none'))).toBe('not-found');
      }));

    it('gives back what was appended, whole and from any event on', () =>
      withHistory(async (history) => {
        const log = issuedEvents(0, 25);
        value(await history.create(meta('a')));
        value(await history.append('a', 0, log.slice(0, 10), summary(10)));
        value(await history.append('a', 10, log.slice(10, 11), summary(11)));
        const record = value(await history.append('a', 11, log.slice(11), summary(25)));
        expect(record).toMatchObject({ ...meta('a'), ...summary(25), v: 1, events: 25 });
        expect(value(await history.events('a'))).toEqual(log);
        for (const from of [0, 1, 9, 10, 11, 12, 24, 25, 99]) {
          expect(value(await history.events('a', from)), `from ${from}`).toEqual(log.slice(from));
          for (const to of [0, 1, 10, 11, 12, 24, 25, 99]) {
            const part = value(await history.events('a', from, to));
            expect(part, `from ${from} to ${to}`).toEqual(log.slice(from, Math.max(from, to)));
          }
        }
      }));

    it('lists runs by their last write', () =>
      withHistory(async (history) => {
        for (const [i, id] of ['a', 'b', 'c'].entries()) value(await history.create(meta(id, i)));
        value(await history.append('a', 0, issuedEvents(0, 1), summary(1)));
        expect(value(await history.runs()).map((run) => run.runId)).toEqual(['a', 'c', 'b']);
        expect(value(await history.lastRun())?.runId).toBe('a');
      }));

    it('takes no run twice', () =>
      withHistory(async (history) => {
        value(await history.create(meta('a')));
        value(await history.append('a', 0, issuedEvents(0, 3), summary(3)));
        expect(code(await history.create(meta('a', 5)))).toBe('exists');
        expect(value(await history.events('a'))).toHaveLength(3);
        value(await history.append('a', 3, issuedEvents(3, 1), summary(4)));
      }));

    it('lets the same chunk pass again and keeps it once', () =>
      withHistory(async (history) => {
        value(await history.create(meta('a')));
        value(await history.append('a', 0, issuedEvents(0, 3), summary(3)));
        value(await history.append('a', 3, issuedEvents(3, 2), summary(5)));
        const again = value(await history.append('a', 0, issuedEvents(0, 3), summary(3)));
        expect(again).toMatchObject({ events: 5, evaluations: 5 });
        expect(value(await history.events('a'))).toEqual(issuedEvents(0, 5));
      }));

    it('refuses a gap and a second version of what is there', () =>
      withHistory(async (history) => {
        value(await history.create(meta('a')));
        value(await history.append('a', 0, issuedEvents(0, 3), summary(3)));
        expect(code(await history.append('a', 4, issuedEvents(4, 1), summary(5)))).toBe('gap');
        expect(code(await history.append('a', 0, issuedEvents(0, 2), summary(2)))).toBe('conflict');
        expect(code(await history.append('a', 2, issuedEvents(2, 1), summary(3)))).toBe('conflict');
        expect(value(await history.events('a'))).toEqual(issuedEvents(0, 3));
        expect(value(await history.runs())[0]).toMatchObject({ events: 3, evaluations: 3 });
      }));

    it('updates the summary with an empty chunk', () =>
      withHistory(async (history) => {
        value(await history.create(meta('a')));
        value(await history.append('a', 0, issuedEvents(0, 3), summary(3)));
        value(await history.append('a', 3, [], { ...summary(3), finished: 'evaluations' }));
        expect(value(await history.lastRun())).toMatchObject({ events: 3, finished: 'evaluations' });
        value(await history.append('a', 3, issuedEvents(3, 1), summary(4)));
        expect(value(await history.events('a'))).toHaveLength(4);
      }));

    it('appends for the holder of the claim only', () =>
      withHistory(async (history) => {
        value(await history.create(meta('a')));
        history.release('a');
        expect(code(await history.append('a', 0, issuedEvents(0, 1), summary(1)))).toBe('not-claimed');
        expect(value(await history.claim('a')).events).toBe(0);
        value(await history.claim('a'));
        value(await history.append('a', 0, issuedEvents(0, 1), summary(1)));
      }));

    it('removes one run and leaves the others', () =>
      withHistory(async (history) => {
        for (const id of ['a', 'b', 'aa']) {
          value(await history.create(meta(id)));
          value(await history.append(id, 0, issuedEvents(0, 2), summary(2)));
        }
        value(await history.remove('a'));
        expect(code(await history.events('a'))).toBe('not-found');
        expect(code(await history.append('a', 2, issuedEvents(2, 1), summary(3)))).not.toBe('ok');
        expect(value(await history.events('aa'))).toHaveLength(2);
        expect(value(await history.events('b'))).toHaveLength(2);
        value(await history.create(meta('a')));
        expect(value(await history.events('a'))).toEqual([]);
      }));

    it('exports the log as lines behind its format', () =>
      withHistory(async (history) => {
        value(await history.create(meta('a')));
        const log = issuedEvents(0, 7);
        value(await history.append('a', 0, log.slice(0, 4), summary(4)));
        value(await history.append('a', 4, log.slice(4), summary(7)));
        const blob = value(await history.exportJsonl('a'));
        const lines = (await blob.text()).trimEnd().split('\n');
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ format: 'genesis-run', v: 2 }, ...log]);
      }));

    it('keeps a thousand small chunks in order', () =>
      withHistory(async (history) => {
        value(await history.create(meta('a')));
        const log = issuedEvents(0, 1_200);
        for (let i = 0; i < log.length; i++) value(await history.append('a', i, log.slice(i, i + 1), summary(i + 1)));
        expect(value(await history.events('a'))).toEqual(log);
        expect(value(await history.events('a', 1_100))).toEqual(log.slice(1_100));
        expect((await value(await history.exportJsonl('a')).text()).trimEnd().split('\n')).toHaveLength(1_201);
      }));
  });
}
