import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Masking, masked, secretsOf, withoutSecrets } from '../../../web/models/secrets.ts';
import { REPLY } from './place.ts';

const KEY = 'sk-planted-0123456789';

describe('secrets', () => {
  it('are keys and tokens, and nothing so short that any text holds it', () => {
    const endpoint = { type: 'endpoint', kind: 'openai', base: null } as const;
    expect(secretsOf({ ...endpoint, key: KEY })).toEqual([KEY]);
    expect(secretsOf({ ...endpoint, key: 'ollama' })).toEqual([]);
    expect(secretsOf({ ...endpoint, key: null })).toEqual([]);
    expect(secretsOf({ type: 'relay', base: 'http://a.test', token: KEY })).toEqual([KEY]);
    expect(secretsOf({ type: 'page', model: 'you' })).toEqual([]);
  });

  it('are taken out of texts and reasons', () => {
    expect(withoutSecrets(`a ${KEY} b ${KEY}`, [KEY])).toBe('a ••• b •••');
    expect(masked({ ...REPLY, text: `x${KEY}` } as typeof REPLY, [KEY])).toMatchObject({ text: 'x•••' });
  });

  it('are taken out of a text in pieces, however it is cut, and nothing else is', () => {
    const part = fc.oneof(fc.constant(KEY), fc.constant(KEY.slice(0, 9)), fc.constant('sk-'), fc.string());
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat({ max: 7 })), (parts, cuts) => {
        const text = parts.join('');
        const masking = new Masking([KEY]);
        let [said, at, i] = ['', 0, 0];
        while (at < text.length) {
          const size = 1 + (cuts[i++ % Math.max(1, cuts.length)] ?? 3);
          said += masking.take(text.slice(at, at + size));
          expect(said).not.toContain(KEY);
          at += size;
        }
        said += masking.rest();
        expect(said).toBe(withoutSecrets(text, [KEY]));
      }),
    );
  });
});
