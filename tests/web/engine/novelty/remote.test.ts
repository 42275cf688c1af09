import { describe, expect, it } from 'vitest';
import { embedBy, LOCAL, textOf, type Embedded, type Embedder } from '../../../../web/engine/novelty/remote.ts';

const LOCAL_VECTOR = Int8Array.of(1, 2, 127);
const files = { 'b.js': 'b;', 'a.js': 'a;' };

function asked(answer: () => Promise<Embedded>, signal = new AbortController().signal) {
  const embedder: Embedder = { id: 'service/model', embed: answer };
  return embedBy(embedder, files, () => LOCAL_VECTOR, signal);
}

const gives = (...vectors: (Embedded & { type: 'embedded' })['vectors']) =>
  asked(() => Promise.resolve({ type: 'embedded', vectors }));

describe('embedBy', () => {
  it('brings the vector of the service to whole numbers', async () => {
    expect(await gives(Float32Array.of(0.5, -0.25, 0))).toEqual({
      source: 'service/model',
      vector: Int8Array.of(127, -63, 0),
      fault: null,
    });
  });

  it('sends the files under their names, in order', async () => {
    let sent: readonly string[] = [];
    const embedder: Embedder = {
      id: 'x',
      embed: (texts) => {
        sent = texts;
        return Promise.resolve({ type: 'embedded', vectors: [Float32Array.of(1)] });
      },
    };
    await embedBy(embedder, files, () => LOCAL_VECTOR, new AbortController().signal);
    expect(sent).toEqual(['a.js\na;\nb.js\nb;']);
    expect(textOf({ 'a.js': 'a;' })).toBe('a;');
    expect(textOf({ 'a.js': 'x'.repeat(1e6) }).length).toBeLessThan(50_000);
  });

  it.each([
    ['failure', () => asked(() => Promise.resolve({ type: 'failed', reason: 'no key' })), /no key/],
    ['failure of the one text', () => gives({ type: 'failed', reason: 'too long' }), /too long/],
    ['rejection', () => asked(() => Promise.reject(new Error('offline'))), /offline/],
    [
      'throw',
      () =>
        asked(() => {
          throw new Error('bug');
        }),
      /bug/,
    ],
    ['nothing', () => gives(), /0 vectors/],
    ['too many', () => gives(Float32Array.of(1), Float32Array.of(1)), /2 vectors/],
    ['an empty vector', () => gives(new Float32Array(0)), /finite/],
    ['NaN', () => gives(Float32Array.of(1, NaN)), /finite/],
    ['zeros', () => gives(new Float32Array(4)), /direction/],
    ['a huge vector', () => gives(new Float32Array(1e6).fill(1)), /finite/],
  ])('falls back on %s, and says why', async (_, ask, fault) => {
    const result = await ask();
    expect(result).toMatchObject({ source: LOCAL, vector: LOCAL_VECTOR });
    expect(result.fault).toMatch(fault);
  });

  it('settles when it is stopped, before or while a service never answers', async () => {
    const controller = new AbortController();
    const pending = asked(() => new Promise(() => {}), controller.signal);
    controller.abort();
    expect(await pending).toMatchObject({ source: LOCAL, fault: 'stopped' });
    expect(await asked(() => new Promise(() => {}), controller.signal)).toMatchObject({ fault: 'stopped' });
  });

  it('is local without a service', async () => {
    const result = await embedBy(null, files, () => LOCAL_VECTOR, new AbortController().signal);
    expect(result).toEqual({ source: LOCAL, vector: LOCAL_VECTOR, fault: null });
  });
});
