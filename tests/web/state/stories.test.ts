import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import { Stories } from '../../../web/state/stories.ts';
import { finish, harness } from '../engine/stand-ins.ts';

async function longLog(): Promise<RunEvent[]> {
  const run = await harness();
  await finish(run);
  return run.log;
}

function told(log: readonly RunEvent[], most: number): Stories {
  const stories = new Stories(most);
  for (const event of log) stories.add(event);
  return stories;
}

describe('stories', () => {
  it('hold issue, result and place of each program', async () => {
    const log = await longLog();
    const stories = told(log, 5_000);
    const added = log.filter((event) => event.type === 'added');
    expect(added.length).toBeGreaterThan(20);
    for (const event of added) {
      const story = stories.of(event.job);
      expect(story?.issued).toEqual(log.find((each) => each.type === 'issued' && each.job === event.job));
      expect(story?.added).toEqual(event);
      expect(story?.result?.timing.at).toBeGreaterThanOrEqual(0);
    }
    const evictions = added.filter((event) => event.evicted.length > 0);
    expect(evictions.length).toBeGreaterThan(0);
    const last = new Map(
      evictions.flatMap(({ evicted, island, job }) => evicted.map((id) => [id, { island, by: job }])),
    );
    for (const [id, left] of last) expect(stories.of(id)?.left).toEqual(left);
    expect(stories.of(9_999)).toBeNull();
  });

  it('are bounded, and read again from the stretches of the log that they name', async () => {
    const log = await longLog();
    const whole = told(log, 5_000);
    const few = told(log, 10);
    const ids = log.flatMap((event) => (event.type === 'added' ? [event.job] : []));
    expect(ids.filter((id) => few.of(id) !== null).length).toBeLessThanOrEqual(10);
    for (const id of ids) {
      if (few.of(id) !== null) continue;
      const events = few.stretchesOf(id).flatMap(({ from, to }) => log.slice(from, to));
      expect(events.length).toBeLessThan(log.length / 2);
      expect(few.recall(id, events)).toEqual(whole.of(id));
      expect(few.of(id)).toEqual(whole.of(id));
    }
    expect(ids.filter((id) => few.of(id) !== null).length).toBeLessThanOrEqual(10);
    expect(few.stretchesOf(9_999)).toEqual([]);
    expect(few.recall(9_999, [])).toBeNull();
  });

  it('hold the pages that searches led to, each once and not without end, also where they are read again', async () => {
    const log = await longLog();
    const at = log.findIndex((event) => event.type === 'issued' && event.job === 3);
    const sources = Array.from({ length: 15 }, (_, i) => ({ url: `https://example.org/${i}`, title: `page ${i}` }));
    const replied = (call: number, from: number): RunEvent => ({
      ...{ type: 'replied', job: 3, call, purpose: 'propose', model: 'm', request: 'r', dollars: 0 },
      reply: {
        ...{ type: 'replied', text: 'a', finish: 'stop', dollars: 0, sources: sources.slice(from, from + 12) },
        usage: { input: 1, output: 1, cached: 0, reasoning: 0, searches: 1 },
      },
      timing: { at: 0, took: 0 },
    });
    const searched = [...log.slice(0, at + 1), replied(0, 0), replied(1, 3), ...log.slice(at + 1)];
    const whole = told(searched, 5_000);
    expect(whole.of(3)?.pages).toEqual(sources);
    expect(whole.of(4)?.pages).toEqual([]);
    const few = told(searched, 1);
    const events = few.stretchesOf(3).flatMap(({ from, to }) => searched.slice(from, to));
    expect(few.recall(3, events)?.pages).toEqual(sources);
  });
});
