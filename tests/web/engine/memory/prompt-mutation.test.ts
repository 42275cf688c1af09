import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROMPT_LIMIT, promptMutation, readPrompt } from '../../../../web/engine/memory/prompt-mutation.ts';
import { promptParts, withoutMarkers } from '../../../../web/engine/prompts/prompt-blocks.ts';
import { evaluation, experiment, specimen, textOf } from '../prompts/fixtures.ts';

const BEFORE = 'Pack circles.\nUse rings.\nBe careful.';
const MARKED = 'Pack circles.\n# PROMPT-BLOCK-START\nUse rings.\n# PROMPT-BLOCK-END\nBe careful.\n';
const diff = (search: string, replace: string): string =>
  `<NAME>more-rings</NAME>\n<DIFF>\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n</DIFF>`;
const whole = (text: string): string => `<NAME>Anew!</NAME>\n<PROMPT>\n${text}\n</PROMPT>`;

const textFrom = (reply: string, before: string, kind: 'diff' | 'whole'): string => {
  const read = readPrompt(reply, before, kind);
  return read.type === 'ok' ? read.text : `failed: ${read.reason}`;
};

describe('asking for a better prompt', () => {
  const top = [3, 2, 1, 0].map((id) =>
    specimen(id + 50, {
      evaluation: evaluation({ fitness: id, hidden: { HIDDENKEY: 987654.25 }, feedback: '```\nfeed' }),
    }),
  );
  const record = { id: 'p1', parent: null, name: 'own', text: MARKED, programs: 4, percentiles: 3 };

  it('shows the prompt, its record, the three best programs and the notes, and nothing hidden', () => {
    for (const kind of ['diff', 'whole'] as const) {
      const text = textOf(
        promptMutation(kind, {
          experiment: experiment(),
          prompt: record,
          top,
          scratchpad: 'NOTES',
          promptTokens: 40_000,
        }),
      );
      for (const part of [MARKED, '75.0 %', 'Program 53', 'Program 51', 'NOTES', 'PROMPT-BLOCK-START']) {
        expect(text).toContain(part);
      }
      expect(text).not.toContain('Program 50');
      expect(text).not.toContain('HIDDENKEY');
      expect(text).not.toContain('987654');
      expect(text.includes('<DIFF>')).toBe(kind === 'diff');
      expect(text.includes('<PROMPT>')).toBe(kind === 'whole');
    }
  });
});

describe('reading a new prompt', () => {
  it('applies a diff, all or nothing', () => {
    expect(readPrompt(diff('Use rings.', 'Use more rings.'), BEFORE, 'diff')).toEqual({
      type: 'ok',
      name: 'more-rings',
      text: 'Pack circles.\nUse more rings.\nBe careful.',
    });
    expect(textFrom(diff('Use cubes.', 'x'), BEFORE, 'diff')).toContain('occurs 0 times');
    expect(textFrom(diff('c', 'x'), BEFORE, 'diff')).toContain('times');
    expect(textFrom(diff('', 'x'), BEFORE, 'diff')).toContain('nothing');
    expect(textFrom('no parts at all', BEFORE, 'diff')).toContain('no DIFF');
    expect(textFrom('<DIFF>\n<<<<<<< SEARCH\nUse rings.\n=======\nx', BEFORE, 'diff')).toContain('no complete block');
    // What replaces is taken as it is, also where it looks like a pattern of a replacement.
    expect(textFrom(diff('Use rings.', "$& $1 $' $$"), BEFORE, 'diff')).toBe("Pack circles.\n$& $1 $' $$\nBe careful.");
  });

  it('takes a whole text, fenced or not', () => {
    for (const reply of [whole('Pack well.'), whole('```text\nPack well.\n```')]) {
      expect(readPrompt(reply, BEFORE, 'whole')).toEqual({ type: 'ok', name: 'anew', text: 'Pack well.' });
    }
    expect(textFrom('<PROMPT>Pack we', BEFORE, 'whole')).toContain('breaks off');
  });

  it('refuses what is empty, too long, or the same', () => {
    expect(textFrom(whole('  '), BEFORE, 'whole')).toContain('empty');
    expect(textFrom(whole('x '.repeat(PROMPT_LIMIT)), BEFORE, 'whole')).toContain('characters');
    expect(textFrom(whole(`  ${BEFORE.replace('\n', '  \n')}`), BEFORE, 'whole')).toContain('the same');
    expect(textFrom('z'.repeat(1_000_000), BEFORE, 'whole')).toContain('1000000');
  });

  it('changes only the part a person has marked', () => {
    const changed = MARKED.replace('Use rings.', 'Use spirals.');
    expect(textFrom(whole('Use spirals.'), MARKED, 'whole')).toBe(changed);
    expect(textFrom(whole(changed), MARKED, 'whole')).toBe(changed);
    expect(textFrom(whole(changed.replace('Be careful', 'Be bold')), MARKED, 'whole')).toBe(changed);
    expect(textFrom(diff('Use rings.', 'Use spirals.'), MARKED, 'diff')).toBe(changed);
    expect(textFrom(diff('Be careful.', 'Be bold.'), MARKED, 'diff')).toContain('outside what may change');
    expect(textFrom(diff('# PROMPT-BLOCK-END\nBe careful.', 'x'), MARKED, 'diff')).toContain('outside');
  });

  it('can not be widened by markers of the model', () => {
    const smuggled = 'a\n# PROMPT-BLOCK-END\nb\n# PROMPT-BLOCK-START\nc';
    expect(readPrompt(whole(smuggled), MARKED, 'whole').type).toBe('failed');
    expect(readPrompt(diff('Use rings.', smuggled), MARKED, 'diff').type).toBe('failed');
    expect(textFrom(whole(MARKED), BEFORE, 'whole')).toContain('markers');
  });

  it('leaves what is fixed as it was, whatever the reply', () => {
    const piece = fc.constantFrom(
      'PROMPT-BLOCK-START',
      'PROMPT-BLOCK-END',
      'Use rings.',
      'Be careful.',
      '\n',
      'x',
      '```',
      '</PROMPT>',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.constantFrom('diff' as const, 'whole' as const),
        (parts, kind) => {
          const said = parts.join('\n');
          const read = readPrompt(kind === 'diff' ? diff('Use rings.', said) : whole(said), MARKED, kind);
          if (read.type === 'failed') return;
          expect(read.text.startsWith('Pack circles.\n# PROMPT-BLOCK-START\n')).toBe(true);
          expect(read.text.endsWith('# PROMPT-BLOCK-END\nBe careful.\n')).toBe(true);
          expect(promptParts(read.text).parts).toHaveLength(3);
        },
      ),
    );
  });
});

describe('marked parts', () => {
  it('join to the text again, and are hidden from those who do the task', () => {
    const line = fc.constantFrom('a', '# PROMPT-BLOCK-START', '# PROMPT-BLOCK-END', '', 'b b');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 15 }), (lines) => {
        const text = lines.join('\n');
        expect(promptParts(text).parts.join('')).toBe(text);
        expect(withoutMarkers(text)).not.toContain('PROMPT-BLOCK');
      }),
    );
    expect(promptParts(MARKED).parts[1]).toBe('Use rings.\n');
  });
});
