import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { removeSecrets } from '../../../web/engine/prompts/secrets.ts';
import { maskContent, maskText } from '../../../web/share/mask.ts';

const KEY = 'sk-proj-Zk3mQ9xT1vB7nR5cW8yL2pD4';

describe('covering secrets', () => {
  it('keeps the length, the lines and all else of a text', () => {
    const text = `const a = 1;\nconst key = '${KEY}';\nfetch('https://me:${KEY}@host/');\n`;
    const masked = maskText(text);
    expect(masked).toHaveLength(text.length);
    expect(masked).not.toContain(KEY.slice(8));
    expect(masked.split('\n')).toHaveLength(4);
    expect(masked.startsWith("const a = 1;\nconst key = '*")).toBe(true);
    expect(masked).toContain('@host/');
    const block = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\nrest`;
    expect(maskText(block).split('\n')).toHaveLength(4);
    expect(maskText(block)).not.toContain('MIIE');
    // A control character inside: what can't be placed is covered whole.
    expect(maskText(`\u0007a ${KEY} b`)).not.toContain(KEY.slice(8));
  });

  it('shows of a text with a key no more than the remover does, wherever it stands', () => {
    const part = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(part, part, (before, after) => {
        const text = `${before} ${KEY} ${after}`;
        const masked = maskText(text);
        expect(masked).toHaveLength(text.length);
        if (!removeSecrets(text).includes(KEY)) expect(masked).not.toContain(KEY);
      }),
    );
  });

  it('names the places, and leaves hashes and vectors of a log', () => {
    const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
    const lines = [{ format: 'genesis-run', v: 2 }, { type: 'run-started' }, { hash, note: `with ${KEY}` }];
    const log = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    const run = maskContent({ kind: 'run', title: 'T', note: '', log });
    expect(run.places).toEqual(['event 1 of the run']);
    const shared = run.content.kind === 'run' ? run.content.log : '';
    expect(shared).toContain(hash);
    expect(shared).not.toContain(KEY);
    const folder = { 'a.js': `// one\n// ${KEY}\n`, 'b.js': 'let b;' };
    const experiment = maskContent({ kind: 'experiment', title: 'T', note: `my ${KEY}`, folder });
    expect(experiment.places).toEqual(['the note', 'a.js, line 2']);
    expect(JSON.stringify(experiment.content)).not.toContain(KEY);
    const name = maskContent({ kind: 'experiment', title: 'T', note: '', folder: { [`${KEY}.js`]: 'let b;' } });
    expect(name.places).toEqual([expect.stringMatching(/^the name of \*+/)]);
    expect(JSON.stringify(name.content)).not.toContain(KEY);
    const vector = `small:${Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 7919) % 256)).toString('base64')}`;
    const embed = (reply: object) =>
      `{"format":"genesis-run","v":2}\n${JSON.stringify({ type: 'replied', purpose: 'embed', key: KEY, reply })}\n`;
    const sent = maskContent({ kind: 'run', title: 'T', note: '', log: embed({ type: 'replied', text: vector }) });
    expect(JSON.stringify(sent.content)).toContain(vector);
    expect(JSON.stringify(sent.content)).not.toContain(KEY);
    const silent = embed({ type: 'failed', reason: `bad key ${KEY}`, text: `it is ${KEY}` });
    expect(JSON.stringify(maskContent({ kind: 'run', title: 'T', note: '', log: silent }))).not.toContain(KEY);
    const field = `{"format":"genesis-run","v":2}\n{"artifacts":{"${KEY}":1}}\n`;
    expect(JSON.stringify(maskContent({ kind: 'run', title: 'T', note: '', log: field }))).not.toContain(KEY);
    expect(maskContent({ kind: 'experiment', title: 'T', note: '', folder: { 'b.js': 'let b;' } }).places).toEqual([]);
  });
});
