import { describe, expect, it } from 'vitest';
import { PageCalls } from '../../../web/worker/page-calls.ts';
import type { ToPage } from '../../../web/worker/protocol.ts';
import { REPLY, REQUEST } from '../models/place.ts';

function calls() {
  const posted: ToPage[] = [];
  return { posted, calls: new PageCalls((message) => posted.push(message)) };
}
const never = new AbortController().signal;

describe('calls to the page', () => {
  it('are posted with a number of their own, and answered by it', async () => {
    const { posted, calls: at } = calls();
    const said: string[] = [];
    const first = at.ask('you', REQUEST, never, (piece) => said.push(`1 ${piece}`));
    const second = at.ask('you', REQUEST, never, (piece) => said.push(`2 ${piece}`));
    expect(posted).toEqual([1, 2].map((call) => ({ type: 'model-asked', call, model: 'you', request: REQUEST })));
    at.said(2, 'b');
    at.said(1, 'a');
    at.said(1, 17);
    at.replied(2, REPLY);
    at.said(2, 'late');
    at.replied(1, 'anything');
    expect(await Promise.all([first, second])).toEqual(['anything', REPLY]);
    expect(said).toEqual(['2 b', '1 a']);
  });

  it('that nobody waits for any more are given up once, and what comes then goes nowhere', async () => {
    const { posted, calls: at } = calls();
    const stop = new AbortController();
    const reply = at.ask('you', REQUEST, stop.signal, () => {});
    stop.abort();
    expect(await reply).toBe(undefined);
    at.replied(1, REPLY);
    at.replied(99, REPLY);
    at.said(99, 'x');
    expect(posted.map(({ type }) => type)).toEqual(['model-asked', 'model-given-up']);
    expect(await at.ask('you', REQUEST, stop.signal, () => {})).toBe(undefined);
    expect(posted).toHaveLength(2);
  });

  it('that are answered are not given up when the run stops later', async () => {
    const { posted, calls: at } = calls();
    const stop = new AbortController();
    const reply = at.ask('you', REQUEST, stop.signal, () => {});
    at.replied(1, REPLY);
    await reply;
    stop.abort();
    expect(posted).toHaveLength(1);
  });
});
