import { describe, expect, it } from 'vitest';
import { relayOf } from '../../../web/worker/relay.ts';

function answering(...answers: (Response | Error)[]) {
  const asked: string[] = [];
  const ask = ((url: string, options: RequestInit) => {
    asked.push(`${options.method} ${url} ${JSON.stringify(options.headers)}`);
    const answer = answers.shift();
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error('gone'));
  }) as typeof fetch;
  return { ask, asked };
}

describe('relayOf', () => {
  it('asks once for a token, of the page’s own place', async () => {
    const { ask, asked } = answering(Response.json({ v: 1, token: 't' }, { status: 201 }));
    const relay = relayOf('http://127.0.0.1:8420', ask);
    expect(relay?.base).toBe('http://127.0.0.1:8420/api/v1');
    expect(await Promise.all([relay?.token(), relay?.token()])).toEqual(['t', 't']);
    expect(asked).toEqual(['POST http://127.0.0.1:8420/api/v1/session {"x-genesis":"1"}']);
  });

  it('takes the token of who came in by a code, as long as there is one', async () => {
    const { ask, asked } = answering(new Response('', { status: 403 }));
    let joined: string | null = 'joined';
    const relay = relayOf('http://localhost', ask, () => joined);
    expect(await relay?.token()).toBe('joined');
    expect(asked).toEqual([]);
    joined = null;
    expect(await relay?.token()).toBe(null);
  });

  it('goes without where there is none, and asks again later', async () => {
    const { ask } = answering(
      new Error('no'),
      new Response('', { status: 403 }),
      Response.json({ token: 7 }),
      Response.json({ token: 't' }),
    );
    const relay = relayOf('http://localhost', ask);
    for (const expected of [null, null, null, 't']) expect(await relay?.token()).toBe(expected);
    expect(relayOf('null', ask)).toBe(null);
  });
});
