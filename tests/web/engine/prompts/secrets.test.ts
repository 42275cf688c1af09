import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inline, removeControls } from '../../../../web/engine/prompts/clean.ts';
import { safeText } from '../../../../web/engine/prompts/feedback.ts';
import { REMOVED, removeSecrets } from '../../../../web/engine/prompts/secrets.ts';
import { createRandom } from '../../../../web/engine/rng.ts';

// Put together here, so that no scanner takes this file for a leak.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const random = createRandom('secrets');
const drawn = (length: number, alphabet = ALPHABET): string =>
  Array.from({ length }, () => random.pick([...alphabet])).join('');

describe('secrets', () => {
  const shapes = {
    'a provider key': `sk-${drawn(40)}`,
    'a key with a part': `sk-ant-api03-${drawn(40)}`,
    'a token of a forge': `ghp_${drawn(36)}`,
    'a cloud key': `AKIA${drawn(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    'a chat token': `xoxb-${drawn(12, '0123456789')}-${drawn(24)}`,
    'a web token': `eyJ${drawn(20)}.eyJ${drawn(40)}.${drawn(43)}`,
    'a random word': drawn(40),
    'a hexadecimal word': drawn(48, '0123456789abcdef'),
  };
  for (const [name, secret] of Object.entries(shapes)) {
    it(`removes ${name} wherever it stands`, () => {
      for (const text of [
        secret,
        `key ${secret} end`,
        `{"key":"${secret}"}`,
        `KEY=${secret}`,
        `x/${secret}\n`,
        `(${secret}),`,
      ]) {
        expect(removeSecrets(text)).not.toContain(secret);
        expect(removeSecrets(text)).toContain(REMOVED);
      }
    });
  }

  it('removes what follows Bearer and Basic, and what is given to names of secrets', () => {
    for (const text of [
      'Authorization: Bearer abcdef123456',
      'authorization: basic dXNlcjpodW50ZXIy',
      'password = "hunter2!"',
      "api_key: 'abc123def'",
      'OPENAI_API_KEY=abc123def',
      '{"access_token": "abc123def"}',
      'DB_PASSWORD=correct_horse1',
      'accessToken: abc123def',
    ]) {
      const value = /(abcdef123456|dXNlcjpodW50ZXIy|hunter2|abc123def|correct_horse1)/.exec(text)?.[0] as string;
      expect(removeSecrets(text), text).not.toContain(value);
    }
  });

  it('removes names and passwords from addresses, and leaves the rest of them', () => {
    expect(removeSecrets('see https://me:pa55@host.example/path?q=1#a now')).toBe(
      `see https://${REMOVED}@host.example/path?q=1#a now`,
    );
    expect(removeSecrets('postgres://u:p@w@db:5432/x')).toBe(`postgres://${REMOVED}@db:5432/x`);
    expect(removeSecrets('https://host.example/a@b')).toBe('https://host.example/a@b');
  });

  it('removes private key blocks, whole or cut off', () => {
    const begin = '-----BEGIN RSA PRIVATE KEY-----';
    const end = '-----END RSA PRIVATE KEY-----';
    expect(removeSecrets(`a\n${begin}\nMIIabc\ndef\n${end}\nb`)).toBe(`a\n${REMOVED}\nb`);
    expect(removeSecrets(`a\n${begin}\nMIIabc\ndef`)).toBe(`a\n${REMOVED}`);
    const certificate = '-----BEGIN CERTIFICATE-----\nshort\n-----END CERTIFICATE-----';
    expect(removeSecrets(certificate)).toBe(certificate);
  });

  it('leaves code, figures, paths and prose alone', () => {
    for (const text of [
      'radius 0.123456789012345678901234567890 at [1.5,2.25e-10,-3]',
      'TypeError: Cannot read properties of undefined (reading "someVeryLongCamelCasePropertyNameOfAProgram")',
      'at computeInitialPlacementOfAllCircles (web/engine/operators/optimisers/cma-es.ts:120:14)',
      'max_tokens: 4096, tokenizer: bpe, token count 12',
      'const secretSanta = pickRandomName(names); // password required',
      'MAXIMUM_NUMBER_OF_ITERATIONS_REACHED_WITHOUT_CONVERGENCE',
      '123456789012345678901234567890123456789012345678901234567890',
      '------------------------------------------------------------',
      '<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE',
    ]) {
      expect(removeSecrets(text)).toBe(text);
    }
  });

  it('finds random tokens nearly always, and words of code never', () => {
    let found = 0;
    for (let i = 0; i < 1000; i++) if (removeSecrets(drawn(40)) === REMOVED) found++;
    expect(found).toBeGreaterThan(985);
  });

  it('takes time linear in the text', () => {
    // Each of these makes a scan that goes back and forth take minutes.
    const big = 400_000;
    for (const piece of [
      '-----BEGIN ',
      '://',
      'a',
      'sk-',
      '=',
      '\u001b]',
      'Bearer ',
      'password=',
      '://a:',
      '"\'',
      'eyJ',
    ]) {
      const text = piece.repeat(big / piece.length);
      expect(removeSecrets(text).length).toBeLessThanOrEqual(text.length + big);
    }
  }, 20_000);

  it('sees a secret that a cut would halve', () => {
    const secret = drawn(40);
    for (let before = 60; before < 140; before++) {
      const text = safeText(`${'words here '.repeat(20).slice(0, before)} ${secret} ${'and more\n'.repeat(40)}`, 100);
      for (let at = 0; at + 12 <= secret.length; at++) expect(text).not.toContain(secret.slice(at, at + 12));
    }
  });
});

describe('controls', () => {
  it('removes escapes, hidden marks and tag characters, and keeps the text', () => {
    expect(removeControls('a\u001b[31mred\u001b[0m\r\nb\u0000\u200b\u202ec\u{e0041}\u{e0042}\ufeff')).toBe('ared\nbc');
    expect(removeControls('tab\there, grüße, 数, 🙂')).toBe('tab\there, grüße, 数, 🙂');
    expect(removeControls('a\ud800b')).toBe('a?b');
  });

  it('leaves no control character in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const clean = removeControls(text);

        expect(clean).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]|[\u{e0000}-\u{e0fff}]/u,
        );
        expect(clean.isWellFormed()).toBe(true);
        expect(removeSecrets(text)).not.toContain('\r');
      }),
    );
  });

  it('makes one line', () => {
    expect(inline(' a\n\n# b\t c ')).toBe('a # b c');
    expect(inline('x'.repeat(1000), 10)).toBe(`${'x'.repeat(9)}…`);
  });
});
