import { describe, expect, it } from 'vitest';
import type { Replied, RunEvent } from '../../../web/engine/events.ts';
import { modelsOf } from '../../../web/models/recorded.ts';
import { place, REPLY, route } from './place.ts';

const replied = (request: string, more: Partial<Replied> = {}): Replied => ({
  ...{ type: 'replied', job: 1, call: 0, purpose: 'propose', model: 'it', request, reply: REPLY, dollars: 0.2 },
  timing: { at: 1, took: 5 },
  ...more,
});
const FAILED = { ...REPLY, type: 'failed', reason: 'limits the rate (429)', retryAfter: 7_000 } as const;
const LOG: RunEvent[] = [
  replied('aaaa', { reply: { ...REPLY, dollars: 0.2 } as typeof REPLY }),
  replied('bbbb', { reply: FAILED, call: 1, model: 'other' }),
];

describe('a stored run as a model', () => {
  let reads = 0;
  const at = place(
    [route({ type: 'recorded', runId: 'r' }), route({ type: 'recorded', runId: 'gone' }, { name: 'gone' })],
    {
      readLog: (runId) => {
        reads++;
        return Promise.resolve(runId === 'r' ? { type: 'ok', value: LOG } : { type: 'failed', reason: 'no such run' });
      },
    },
  );

  it('gives the reply to the very same request for nothing, with what it was worth, and reads its log once', async () => {
    expect(await at.ask({ key: 'another/9/3/aaaa' })).toEqual({ ...REPLY, dollars: 0, worth: 0.2 });
    expect(await at.ask({ key: 'another/9/4/aaaa' })).toEqual({ ...REPLY, dollars: 0, worth: 0.2 });
    expect(reads).toBe(1);
  });

  it('gives a failure again, without the wait', async () => {
    expect(await at.ask({ key: 'r/1/1/bbbb' })).toMatchObject({ type: 'failed', retryAfter: 0, dollars: 0 });
  });

  it('says what it does not hold, and why a run can’t be read', async () => {
    expect(await at.ask({ key: 'r/1/1/cccc' })).toMatchObject({
      ...{ type: 'failed', retryAfter: null },
      reason: expect.stringContaining('holds no reply') as string,
    });
    expect(await at.ask({ model: 'gone' })).toMatchObject({
      reason: expect.stringContaining('no such run') as string,
    });
  });

  it('names the models it has replies of', async () => {
    expect(modelsOf(LOG)).toEqual(['it', 'other']);
    const never = new AbortController().signal;
    expect(await at.book.list({ type: 'recorded', runId: 'r' }, never)).toMatchObject({
      ...{ type: 'ok', models: [{ model: 'it' }, { model: 'other' }] },
    });
    expect(await at.book.list({ type: 'recorded', runId: 'gone' }, never)).toMatchObject({ type: 'failed' });
  });
});
