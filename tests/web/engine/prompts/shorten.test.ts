import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { share } from '../../../../web/engine/prompts/budget.ts';
import { fence } from '../../../../web/engine/prompts/fence.ts';
import { tokensAtMost } from '../../../../web/engine/models/tokens.ts';
import { capCharacters, shortenLines } from '../../../../web/engine/prompts/shorten.ts';

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `line number ${i}`).join('\n');
const size = (text: string): number => text.length;

describe('shortening', () => {
  it('keeps whole lines from the end that was asked for, and counts what is missing', () => {
    const text = lines(100);
    const head = (shortenLines(text, 200, 'head', size) as string).split('\n');
    expect(head[0]).toBe('line number 0');
    expect(head.at(-1)).toMatch(/^\[… \d+ lines \(\d+ characters\) left out …\]$/);
    const tail = (shortenLines(text, 200, 'tail', size) as string).split('\n');
    expect(tail.at(-1)).toBe('line number 99');
    const ends = (shortenLines(text, 200, 'ends', size) as string).split('\n');
    expect(ends[0]).toBe('line number 0');
    expect(ends.at(-1)).toBe('line number 99');
    for (const kept of [head, tail, ends]) {
      const whole = kept.filter((line) => !line.startsWith('[…'));
      expect(whole.every((line) => text.split('\n').includes(line))).toBe(true);
      expect(kept.join('\n')).toContain(`${100 - whole.length} lines`);
    }
  });

  it('never goes beyond its room, and leaves short texts alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 30 }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 600 }),
        fc.constantFrom('head' as const, 'tail' as const, 'ends' as const),
        (parts, most, keep) => {
          const text = parts.join('\n');
          const short = shortenLines(text, most, keep, size);
          if (short !== null && short !== text) expect(short.length).toBeLessThanOrEqual(most);
          if (text.length + 1 <= most) expect(short).toBe(text);
          const tokens = shortenLines(text, most, keep, tokensAtMost);
          if (tokens !== null && tokens !== text) expect(tokensAtMost(tokens)).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  it('cuts lines that are too long by themselves', () => {
    const capped = capCharacters(`short\n${'x'.repeat(1e6)}\nend`, 5000);
    expect(capped.length).toBeLessThan(2100);
    expect(capped).toContain('short\n');
    expect(capped.endsWith('\nend')).toBe(true);
  });
});

describe('budgets', () => {
  it('serves by priority, up to the share in the first round', () => {
    expect(
      share(100, [
        { need: 90, priority: 2, share: 0.5 },
        { need: 80, priority: 1, share: 0.6 },
        { need: 10, priority: 3, share: 0.1 },
      ]),
    ).toEqual([40, 60, 0]);
    expect(
      share(100, [
        { need: 90, priority: 2, share: 0.3 },
        { need: 80, priority: 1, share: 0.4 },
        { need: 10, priority: 3, share: 0.1 },
      ]),
    ).toEqual([30, 60, 10]);
  });

  it('grants all that is needed where there is room, and never more than the budget', () => {
    const demand = fc.record({
      need: fc.integer({ min: 0, max: 1000 }),
      priority: fc.integer({ min: 0, max: 5 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.array(demand, { maxLength: 8 }), (budget, demands) => {
        const grants = share(budget, demands);
        const wanted = demands.reduce((sum, { need }) => sum + need, 0);
        expect(grants.reduce((sum, grant) => sum + grant, 0)).toBe(Math.min(budget, wanted));
        grants.forEach((grant, i) => expect(grant).toBeLessThanOrEqual(demands[i]?.need as number));
      }),
    );
  });

  it('estimates tokens so that parts are never below the whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(tokensAtMost(a + b)).toBeLessThanOrEqual(tokensAtMost(a) + tokensAtMost(b));
      }),
    );
  });
});

describe('fences', () => {
  it('can not be closed by what they hold', () => {
    const unit = fc.constantFrom('`', '``', '```', '\n', '```\n', 'a', '~', ' ');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        const [open, ...rest] = fence(text, 'js').split('\n');
        const marks = (open as string).slice(0, -2);
        expect(marks).toMatch(/^`{3,}$/);
        expect(rest.pop()).toBe(marks);
        expect(rest.some((line) => line.includes(marks))).toBe(false);
      }),
    );
  });
});
