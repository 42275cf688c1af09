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
});
