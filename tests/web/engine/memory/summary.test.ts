import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_MEMORY } from '../../../../web/engine/memory/memory.ts';
import { recall } from '../../../../web/engine/memory/recall.ts';
import {
  MEMORY_LIMITS,
  MEMORY_STEPS,
  memoryPrompts,
  readRecommendations,
  readScratchpad,
  readSummaries,
  renewed,
  SCRATCHPAD_SECTIONS,
} from '../../../../web/engine/memory/summary.ts';
import { promptTokensAtMost } from '../../../../web/engine/models/tokens.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { evaluation, experiment, specimen, textOf } from '../prompts/fixtures.ts';
import type { MemoryInput } from '../../../../web/engine/memory/summary.ts';

const input = (parts: Partial<MemoryInput> = {}): MemoryInput => ({
  experiment: experiment(),
  task: 'TASK-TEXT',
  memory: { summaries: [{ program: 2, text: 'OLD-SUMMARY' }], scratchpad: 'OLD-PAD', recommendations: ['OLD-ADVICE'] },
  programs: [
    { program: specimen(12, { note: 'NOTE-12' }), parent: specimen(7), operator: 'diff' },
    {
      program: specimen(13, { status: 'crashed', reason: 'REASON-13', evaluation: null }),
      parent: specimen(12),
      operator: 'rewrite',
    },
  ],
  summaries: [{ program: 12, text: 'NEW-SUMMARY' }],
  best: specimen(99),
  most: 4,
  promptTokens: 40_000,
  ...parts,
});

describe('prompts of the three steps', () => {
  it('shows each step what it needs', () => {
    const [summaries, scratchpad, recommendations] = MEMORY_STEPS.map((step) => textOf(memoryPrompts(step, input())));
    for (const part of [
      'TASK-TEXT',
      'n * 12;',
      'NOTE-12',
      'crashed',
      'REASON-13',
      '5 better than its parent (7)',
      '12, 13',
    ]) {
      expect(summaries).toContain(part);
    }
    for (const part of ['OLD-SUMMARY', 'OLD-PAD', 'NEW-SUMMARY', 'n * 99;', ...SCRATCHPAD_SECTIONS]) {
      expect(scratchpad).toContain(part);
    }
    for (const part of ['OLD-PAD', 'OLD-ADVICE', 'NEW-SUMMARY', 'at most 4 directions']) {
      expect(recommendations).toContain(part);
    }
  });

  it('never shows hidden figures or secrets, and stays within its budget', () => {
    const secret = 'sk-Q7x1Zk93Lm42Pq88Rt55Vw20Yb64';
    const dirty = (id: number) =>
      specimen(id, {
        note: secret,
        files: { 'place.js': 'const a = 1;\n'.repeat(400) },
        evaluation: evaluation({ hidden: { HIDDENKEY: 987654.25 }, feedback: `leak ${secret}\n`.repeat(200) }),
      });
    const reviewed = [1, 2, 3, 4, 5].map((id) => ({ program: dirty(id), parent: dirty(id + 10), operator: 'diff' }));
    for (const step of MEMORY_STEPS) {
      for (const promptTokens of [6_000, 12_000, 40_000]) {
        const messages = memoryPrompts(
          step,
          input({ programs: reviewed, best: dirty(9), promptTokens, summaries: [{ program: 1, text: secret }] }),
        );
        const text = textOf(messages);
        expect(text).not.toContain(secret);
        expect(text).not.toContain('HIDDENKEY');
        expect(text).not.toContain('987654');
        expect(promptTokensAtMost(messages)).toBeLessThanOrEqual(promptTokens);
      }
    }
  });
});

describe('reading replies', () => {
  it('reads summaries in whatever dress, and only of programs asked for', () => {
    const ids = [12, 13, 14];
    const plain = 'Program 12: swaps the loop\nand is faster.\nProgram 13: crashes.';
    const expected = [
      { program: 12, text: 'swaps the loop and is faster.' },
      { program: 13, text: 'crashes.' },
    ];
    for (const reply of [
      `<SUMMARIES>\n${plain}\n</SUMMARIES>`,
      plain,
      `Sure!\n\n<summaries>\n\`\`\`\n${plain}\n\`\`\`\n`,
      '- **Program 12**: swaps the loop\nand is faster.\n- **Program 13:** crashes.',
      '### Program #12\nswaps the loop and is faster.\n### Program #13\ncrashes.',
      '12. swaps the loop and is faster.\n13: crashes.',
      `${plain}\nProgram 77: nobody asked.\nmore of 77`,
    ]) {
      expect(readSummaries(reply, ids), reply).toEqual(expected);
    }
    expect(readSummaries('', ids)).toEqual([]);
    expect(readSummaries('no idea', ids)).toEqual([]);
  });

  it('reads a scratchpad with its sections, bounded', () => {
    const pad = '## What works\n- a\n\n## What does not work\n- b';
    expect(readScratchpad(`<SCRATCHPAD>\n${pad}\n</SCRATCHPAD>\nHope it helps`)).toBe(pad);
    expect(readScratchpad(`<SCRATCHPAD>${pad}`)).toBe(pad);
    expect(readScratchpad('')).toBe('');
    const long = readScratchpad('- a point\n'.repeat(5_000));
    expect(long.length).toBeLessThanOrEqual(MEMORY_LIMITS.scratchpad);
    expect(long).toContain('left out');
  });

  it('reads recommendations, numbered or not, without repetitions and no more than wanted', () => {
    const list =
      'Here they are:\n1. Use rings.\n   They pack well.\n2) Anneal.\n\n3. use rings. They pack well.\n- Last one';
    expect(readRecommendations(`<RECOMMENDATIONS>\n${list}\n</RECOMMENDATIONS>`, 9)).toEqual([
      'Use rings. They pack well.',
      'Anneal.',
      'Last one',
    ]);
    expect(readRecommendations(list, 2)).toHaveLength(2);
    expect(readRecommendations(list, 0)).toEqual([]);
    expect(readRecommendations('**1.** Bold\n**2.** Bolder', 5)).toEqual(['Bold', 'Bolder']);
    expect(readRecommendations('Just one thought.', 5)).toEqual(['Just one thought.']);
    expect(readRecommendations('', 5)).toEqual([]);
  });

  it('takes any reply without harm', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .array(fc.constantFrom('<SUMMARIES>', '</SUMMARIES>', 'Program 1:', '1. ', '```', '\n', 'x', '\u0000'), {
          maxLength: 60,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (reply) => {
        for (const { program, text } of readSummaries(reply, [1, 2])) {
          expect([1, 2]).toContain(program);
          expect(text.length).toBeLessThanOrEqual(MEMORY_LIMITS.summary);
          expect(text).not.toMatch(/[\n\r]/);
        }
        expect(readScratchpad(reply).length).toBeLessThanOrEqual(MEMORY_LIMITS.scratchpad);
        const advice = readRecommendations(reply, 3);
        expect(advice.length).toBeLessThanOrEqual(3);
        for (const text of advice) expect(text.length).toBeLessThanOrEqual(MEMORY_LIMITS.recommendation);
      }),
    );
    const huge = '1. Program 1: x\n'.repeat(700_000);
    expect(readSummaries(huge, [1])).toHaveLength(1);
    expect(readRecommendations(huge, 5).length).toBeLessThanOrEqual(5);
    expect(readScratchpad('y'.repeat(1e7)).length).toBeLessThanOrEqual(MEMORY_LIMITS.scratchpad);
  });
});

describe('memory', () => {
  it('keeps the newest summaries and what a failed step did not give', () => {
    let memory = NO_MEMORY;
    for (let i = 0; i < 100; i++) memory = renewed(memory, [{ program: i, text: `s${i}` }], i === 3 ? 'pad' : '', []);
    expect(memory.summaries).toHaveLength(MEMORY_LIMITS.kept);
    expect(memory.summaries.at(-1)).toEqual({ program: 99, text: 's99' });
    expect(memory.scratchpad).toBe('pad');
    const again = renewed(memory, [{ program: 80, text: 'better' }], 'new', ['a']);
    expect(again.summaries.filter(({ program }) => program === 80)).toEqual([{ program: 80, text: 'better' }]);
    expect(again.scratchpad).toBe('new');
    expect(renewed(again, [], '', []).recommendations).toEqual(['a']);
  });

  it('recalls each recommendation equally often, and says how likely it was', () => {
    const memory = { ...NO_MEMORY, recommendations: ['a', 'b', 'c', 'd'] };
    const root = createRandom(11);
    const counts = [0, 0, 0, 0];
    const draws = 8_000;
    for (let i = 0; i < draws; i++) {
      const recalled = recall(memory, root.split(i));
      expect(recalled?.propensity).toBe(0.25);
      expect(recalled?.text).toBe(memory.recommendations[recalled?.index as number]);
      counts[recalled?.index as number] = (counts[recalled?.index as number] as number) + 1;
    }
    const expected = draws / 4;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 99.9 % quantile with three degrees of freedom.
    expect(chiSquare).toBeLessThan(16.27);
    expect(recall(NO_MEMORY, root)).toBeNull();
  });
});
