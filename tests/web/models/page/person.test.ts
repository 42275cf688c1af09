import { describe, expect, it } from 'vitest';
import { createPerson, type PersonCall } from '../../../../web/models/person.ts';
import type { PageModel } from '../../../../web/models/page-model.ts';
import { requestFor } from './request.ts';

function desk(): { readonly model: PageModel; readonly waiting: () => readonly PersonCall[] } {
  let waiting: readonly PersonCall[] = [];
  return { model: createPerson((calls) => (waiting = calls)), waiting: () => waiting };
}

const never = new AbortController().signal;
const silent = (): void => {};

describe('a person as a model', () => {
  it('answers calls one after another with what was typed, at no cost', async () => {
    const { model, waiting } = desk();
    expect(await model.availability()).toMatchObject({ type: 'ready' });
    const replies = [
      model.complete(requestFor('first'), never, silent),
      model.complete(requestFor('second'), never, silent),
    ];
    expect(waiting().map(({ request }) => request.messages[0]?.content)).toEqual(['first', 'second']);
    waiting()[0]?.send('one');
    waiting()[0]?.send('two');
    expect(waiting()).toEqual([]);
    const texts = (await Promise.all(replies)).map((reply) => (reply.type === 'replied' ? reply.text : reply.reason));
    expect(texts).toEqual(['one', 'two']);
    expect(await replies[0]).toMatchObject({ finish: 'stop', dollars: 0 });
  });

  it('may skip a call, and is asked again later', async () => {
    const { model, waiting } = desk();
    const reply = model.complete(requestFor('x'), never, silent);
    waiting()[0]?.skip();
    expect(await reply).toMatchObject({ type: 'failed', reason: 'the person skipped this one', retryAfter: 1_000 });
  });

  it('is not held up by calls that nobody wants any more', async () => {
    const { model, waiting } = desk();
    const stop = new AbortController();
    const gone = model.complete(requestFor('gone'), stop.signal, silent);
    const stays = model.complete(requestFor('stays'), never, silent);
    stop.abort();
    expect(await gone).toMatchObject({ type: 'failed' });
    expect(waiting()).toHaveLength(1);
    waiting()[0]?.send('here');
    expect(await stays).toMatchObject({ text: 'here' });
    expect(await model.complete(requestFor('late'), stop.signal, silent)).toMatchObject({ type: 'failed' });
    expect(waiting()).toEqual([]);
  });
});
