import { describe, expect, it } from 'vitest';
import { NO_USAGE } from '../../../../web/engine/models/model.ts';
import { tokensAtMost } from '../../../../web/engine/models/tokens.ts';
import { readVector } from '../../../../web/engine/novelty/vector-text.ts';
import {
  embeddedBy,
  MOST_EMBED_TOKENS,
  textOf,
  type Embedded,
  type Embedder,
} from '../../../../web/engine/novelty/remote.ts';

const REQUEST = { model: 'small', texts: ['twelve bytes'], key: 'k' };
const never = new AbortController().signal;
const usage = { ...NO_USAGE, input: 3 };

function asked(embed: Embedder['embed'], signal = never) {
  return embeddedBy({ embed }, REQUEST, signal);
}

const gives = (...vectors: unknown[]) =>
  asked(() => Promise.resolve({ type: 'embedded', vectors, usage, dollars: 0.5 } as unknown as Embedded));

describe('embeddedBy', () => {
  it('brings the vector of the service to whole numbers, under its name, with what it cost', async () => {
    const reply = await gives(Float32Array.of(0.5, -0.25, 0));
    expect(reply).toMatchObject({ type: 'replied', finish: 'stop', usage, dollars: 0.5 });
    const text = reply.type === 'replied' ? reply.text : '';
    expect(readVector(text)).toEqual({ by: 'small', vector: Int8Array.of(127, -63, 0) });
  });

  it.each([
    ['nothing', []],
    ['too many', [Float32Array.of(1), Float32Array.of(1)]],
    ['a list', [[1, 2]]],
    ['no list', ['1, 2']],
    ['an empty vector', [new Float32Array(0)]],
    ['NaN', [Float32Array.of(1, NaN)]],
    ['Infinity', [Float32Array.of(1, Infinity)]],
    ['zeros', [new Float32Array(4)]],
    ['a huge vector', [new Float32Array(1e6).fill(1)]],
  ])('%s is a failure, paid for all the same', async (_, vectors) => {
    const reply = await gives(...vectors);
    expect(reply).toMatchObject({ type: 'failed', retryAfter: null, usage, dollars: 0.5 });
    expect(reply.type === 'failed' && reply.reason).toMatch(/^small gave /);
  });

  it('takes vectors of huge and of tiny numbers by their direction', async () => {
    for (const scale of [1e38, 1e-38]) {
      const reply = await gives(Float32Array.of(scale, -scale / 2));
      expect(reply.type === 'replied' && readVector(reply.text)?.vector).toEqual(Int8Array.of(127, -63));
    }
  });

  it('a failure, a throw and a rejection are failures with their reason', async () => {
    const said = { type: 'failed', reason: 'no key', usage, dollars: 0.25 } as const;
    expect(await asked(() => Promise.resolve(said))).toEqual({ ...said, retryAfter: null });
    expect(await asked(() => Promise.reject(new Error('offline')))).toMatchObject({
      type: 'failed',
      reason: 'offline',
    });
    const thrown = await asked(() => {
      throw new Error('x'.repeat(10_000));
    });
    expect(thrown).toMatchObject({ type: 'failed', dollars: 0, usage: NO_USAGE });
    expect(thrown.type === 'failed' && thrown.reason.length).toBeLessThan(1_000);
  });

  it('charges the most it can have been where the service does not say, and no more where it says too much', async () => {
    const vectors = [Float32Array.of(1)];
    const silent = await asked(() => Promise.resolve({ type: 'embedded', vectors, usage: null, dollars: null }));
    expect(silent).toMatchObject({ usage: { ...NO_USAGE, input: 12 }, dollars: null });
    const greedy = { input: 1e9, output: 1e9, cached: 1e9, reasoning: 1e9 };
    const much = await asked(() => Promise.resolve({ type: 'embedded', vectors, usage: greedy, dollars: null }));
    expect(much.usage).toEqual({ ...NO_USAGE, input: 12 });
  });

  it('settles when it is stopped, before or while a service never answers', async () => {
    const controller = new AbortController();
    const pending = asked(() => new Promise(() => {}), controller.signal);
    controller.abort();
    expect(await pending).toMatchObject({ type: 'failed', reason: 'stopped' });
    expect(await asked(() => new Promise(() => {}), controller.signal)).toMatchObject({ reason: 'stopped' });
  });
});

describe('what is sent', () => {
  it('is the files under their names, in order', () => {
    expect(textOf({ 'b.js': 'b;', 'a.js': 'a;' })).toBe('a.js\na;\nb.js\nb;');
    expect(textOf({ 'a.js': 'a;' })).toBe('a;');
  });

  it.each(['x', 'é', '日', '😀', '\ud83d'])('is no longer than a service takes: %j', (sign) => {
    for (const more of ['', 'a', 'ab']) {
      const text = textOf({ 'a.js': more + sign.repeat(1e5) });
      expect(tokensAtMost(text)).toBeLessThanOrEqual(MOST_EMBED_TOKENS);
      expect(text.length).toBeGreaterThan(5_000);
      expect(text.isWellFormed()).toBe(true);
    }
  });
});
