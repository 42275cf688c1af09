import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContent, writeContent, type Content } from '../../../web/share/content.ts';
import { readFragment, readInline, shareFragment, writeInline } from '../../../web/share/link.ts';
import { fromBase64url, pack, toBase64url, unpack } from '../../../web/share/pack.ts';
import { idOf, seal, unseal } from '../../../web/share/seal.ts';
import { readShare, writeShare } from '../../../web/share/share.ts';

const content: Content = {
  ...{ kind: 'experiment', title: 'Circles', note: 'Look at line 3' },
  folder: { 'experiment.json': '{}', 'seed.js': 'export const a = 1;\n' },
};
const text = fc.string({ unit: 'grapheme', maxLength: 400 });
const bytesOf = (sealed: { readonly type: string }): { bytes: Uint8Array<ArrayBuffer>; key: string | null } => {
  if (sealed.type !== 'ok') throw new Error('it should have been written');
  return sealed as unknown as { bytes: Uint8Array<ArrayBuffer>; key: string | null };
};
const changed = (bytes: Uint8Array<ArrayBuffer>, at: number, bit = 1): Uint8Array<ArrayBuffer> => {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ bit;
  return copy;
};

describe('packing', () => {
  it('brings every text and every byte back', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        expect(await unpack(await pack(each), 10_000)).toEqual({ type: 'ok', text: each });
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const written = toBase64url(bytes);
        expect(written).toMatch(/^[\w-]*$/);
        expect(fromBase64url(written)).toEqual(bytes);
      }),
    );
    const long = 'é'.repeat(5_000_000);
    expect(await unpack(await pack(long), 10_000_000)).toEqual({ type: 'ok', text: long });
  });

  it('stops at the limit, however much the bytes would become', async () => {
    const bomb = await pack('\0'.repeat(50_000_000));
    expect(bomb.length).toBeLessThan(60_000);
    expect(await unpack(bomb, 4_000_000)).toEqual({ type: 'long' });
    expect(await readInline(toBase64url(bomb))).toMatchObject({
      type: 'failed',
      reason: expect.stringMatching(/4 MB/) as string,
    });
  });

  it('says of cut and of random bytes that they are damaged', async () => {
    const whole = await pack('a text that is long enough to be cut anywhere in it');
    for (let end = 0; end < whole.length; end++) {
      expect((await unpack(whole.slice(0, end), 1000)).type).toBe('damaged');
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(['ok', 'damaged', 'long']).toContain((await unpack(Uint8Array.from(bytes), 1000)).type);
      }),
    );
    for (const bad of ['a', 'ab=', 'a+b/', 'ä', 'ab cd']) expect(fromBase64url(bad)).toBeNull();
  });
});

describe('sealing', () => {
  it('opens with its key and with no other, and never after a change', async () => {
    const plain = new TextEncoder().encode('what nobody else reads');
    const { bytes, key } = await seal(plain);
    expect(await unseal(bytes, key)).toEqual({ type: 'ok', bytes: plain });
    const other = await seal(plain);
    expect(other.key).not.toBe(key);
    expect(other.bytes).not.toEqual(bytes);
    expect(await unseal(bytes, other.key)).toEqual({ type: 'wrong-key' });
    expect(await unseal(bytes, 'short')).toEqual({ type: 'wrong-key' });
    for (let at = 1; at < bytes.length; at++) {
      expect(await unseal(changed(bytes, at, 1 << (at % 8)), key)).toEqual({ type: 'wrong-key' });
    }
    for (let end = 0; end < 29; end++) expect(await unseal(bytes.slice(0, end), key)).toEqual({ type: 'damaged' });
    expect(await unseal(changed(bytes, 0, 2), key)).toEqual({ type: 'newer' });
  });
});

describe('a share', () => {
  it('comes back sealed and readable', async () => {
    for (const sealed of [true, false]) {
      const { bytes, key } = bytesOf(await writeShare(content, sealed));
      expect(key === null).toBe(!sealed);
      expect(await readShare(await idOf(bytes), bytes, key)).toEqual({ type: 'ok', content });
    }
  });

  it('is not looked at where its hash is another', async () => {
    const { bytes, key } = bytesOf(await writeShare(content, false));
    const id = await idOf(bytes);
    expect(await readShare(id, changed(bytes, 0), key)).toMatchObject({
      reason: expect.stringMatching(/something else/) as string,
    });
    const forged = bytesOf(await writeShare({ ...content, title: 'Forged' }, false)).bytes;
    expect(await readShare(id, forged, null)).toMatchObject({
      reason: expect.stringMatching(/something else/) as string,
    });
  });

  it('says what is wrong with key, version and size', async () => {
    const { bytes, key } = bytesOf(await writeShare(content, true));
    const id = await idOf(bytes);
    const wrong = `${key?.startsWith('A') ? 'B' : 'A'}${key?.slice(1)}`;
    expect(await readShare(id, bytes, wrong)).toMatchObject({ reason: expect.stringMatching(/key/) as string });
    expect(await readShare(id, bytes, null)).toMatchObject({
      reason: expect.stringMatching(/sealed share needs the whole link/) as string,
    });
    const newer = changed(bytes, 0, 2);
    expect(await readShare(await idOf(newer), newer, key)).toMatchObject({
      reason: expect.stringMatching(/newer/) as string,
    });
    const huge: Content = { ...{ kind: 'run', title: '', note: '' }, log: 'x'.repeat(33_000_000) };
    expect(await writeShare(huge, true)).toMatchObject({
      type: 'failed',
      reason: expect.stringMatching(/32 MB/) as string,
    });
  });
});

describe('a link', () => {
  it('holds a whole experiment', async () => {
    const link = await writeInline(content);
    const read = readFragment(link);
    expect(read.type).toBe('inline');
    if (read.type === 'inline') expect(await readInline(read.body)).toEqual({ type: 'ok', content });
    // What views keep in the address is not the link's.
    expect(readFragment(`${link}&view=lineage`)).toEqual(read);
  });

  it('is one of four things, whatever stands there', () => {
    const id = 'a'.repeat(43);
    const key = 'b'.repeat(43);
    expect(readFragment(shareFragment(id, key))).toEqual({ type: 'share', id, key });
    expect(readFragment(shareFragment(id, null))).toEqual({ type: 'share', id, key: null });
    for (const none of ['', '#', '#circle-packing', '#y=1.abc', '#xs=1']) expect(readFragment(none).type).toBe('none');
    const bad = [
      '#s=',
      `#s=${id}a`,
      `#s=${id}.`,
      `#s=${id}.short`,
      '#s=../../me',
      '#x=',
      '#x=abc',
      '#x=0.abc',
      '#x=1.',
    ];
    for (const each of [...bad, '#x=1.a b', '#x=1.%41', `#x=1.${'a'.repeat(10_000_000)}`]) {
      const read = readFragment(each);
      expect(read.type, each.slice(0, 40)).toBe('bad');
      if (read.type === 'bad') expect(read.words.length).toBeGreaterThan(40);
    }
    expect(readFragment('#x=2.abcd')).toMatchObject({
      type: 'bad',
      words: expect.stringMatching(/newer version/) as string,
    });
    fc.assert(fc.property(text, (each) => ['none', 'inline', 'share', 'bad'].includes(readFragment(each).type)));
  });

  it('that was cut or changed is refused with words', async () => {
    const body = (await writeInline(content)).slice('#x=1.'.length);
    for (let end = 1; end < body.length; end++) {
      expect((await readInline(body.slice(0, end))).type).toBe('failed');
    }
  });
});

describe('content', () => {
  it('comes back, whatever its words are', () => {
    fc.assert(
      fc.property(text, (log) => {
        const run: Content = { ...{ kind: 'run', title: 'T', note: 'N' }, log };
        expect(readContent(writeContent(run))).toEqual({ type: 'ok', content: run });
      }),
    );
  });

  it('is taken in its own shape only', () => {
    const folder = (path: string, file: unknown = ''): string =>
      `{"v":1,"kind":"experiment","title":"t","note":"","folder":{${JSON.stringify(path)}:${JSON.stringify(file)}}}`;
    expect(readContent(folder('a/b.js')).type).toBe('ok');
    const paths = [
      '__proto__',
      'a/__proto__/b',
      'constructor',
      '../a',
      'a/../b',
      '/etc/passwd',
      'C:\\a',
      '.env',
      'a//b',
      '',
    ];
    for (const path of paths) expect(readContent(folder(path)).type, path).toBe('failed');
    expect(readContent(folder('a.js', 3)).type).toBe('failed');
    expect(({} as Record<string, unknown>)['v']).toBeUndefined();
    const rest = ['', 'null', '[]', '1', '{}', '{"v":1}', '{"v":1,"kind":"run"}', '{"v":1,"kind":"page","log":""}'];
    for (const each of [...rest, '{"__proto__":{"v":1,"kind":"run","log":""}}', '['.repeat(100_000)]) {
      expect(readContent(each).type, each.slice(0, 40)).toBe('failed');
    }
    expect(readContent('{"v":2}')).toMatchObject({ reason: expect.stringMatching(/newer/) as string });
  });

  it('has no words that hide or turn what they say', () => {
    const read = readContent('{"v":1,"kind":"run","title":"a\\u202eb\\u0007","note":"c\\nd","log":""}');
    expect(read).toMatchObject({ content: { title: 'ab', note: 'c\nd' } });
  });
});
