import { beforeEach, describe, expect, it, vi, afterEach } from 'vitest';
import { emptyState } from '../../../web/engine/state.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import type { ModelReply, ModelRequest, Usage } from '../../../web/engine/models/model.ts';
import { leftWords, linesOf, lostWords, Spending, sumOf } from '../../../web/state/spending.svelte.ts';

const BASE = 'https://relay.example/api/v1';
const request = (model: string): ModelRequest => ({
  ...{ model, purpose: 'propose', tokens: 100, temperature: null, effort: 'none', seed: 1, key: 'k' },
  messages: [{ role: 'user', content: 'Improve this.' }],
});
const usage = (input: number, output: number): Usage => ({ input, output, cached: 0, reasoning: 0 });
const replied = (output: number, finish: 'stop' | 'length' = 'stop'): ModelReply => ({
  ...{ type: 'replied', text: 'x', finish, usage: usage(10, output), dollars: 0.01 },
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('calls under way', () => {
  it('show their text as it comes, and only the end of what is long', () => {
    const spending = new Spending();
    spending.take({ type: 'asked', call: 1, request: request('a'), at: 1_000 });
    spending.take({ type: 'asked', call: 2, request: request('b'), at: 1_001 });
    spending.take({ type: 'text', call: 1, piece: 'Hello ' });
    spending.take({ type: 'text', call: 1, piece: 'world' });
    vi.advanceTimersByTime(1_000);
    expect(spending.underWay.value.map(({ model, text }) => [model, text])).toEqual([
      ['a', 'Hello world'],
      ['b', ''],
    ]);
    spending.take({ type: 'text', call: 1, piece: 'y'.repeat(10_000) });
    vi.advanceTimersByTime(1_000);
    expect(spending.underWay.value[0]?.text.length).toBe(4_000);
    spending.take({ type: 'answered', call: 1, reply: replied(50), took: 500 });
    expect(spending.underWay.value.map(({ call }) => call)).toEqual([2]);
    spending.clear();
    expect(spending.underWay.value).toEqual([]);
    spending.take({ type: 'text', call: 2, piece: 'late' });
    vi.advanceTimersByTime(1_000);
    expect(spending.underWay.value).toEqual([]);
  });

  it('measure speed, and keep what went wrong lately', () => {
    const spending = new Spending();
    const answer = (call: number, reply: ModelReply, took: number): void => {
      spending.take({ type: 'asked', call, request: request('a'), at: 0 });
      spending.take({ type: 'answered', call, reply, took });
    };
    answer(1, replied(50), 500);
    answer(2, replied(50), 1_500);
    expect(spending.speeds).toEqual({ a: 50 });
    answer(3, replied(10, 'length'), 100);
    const failed: ModelReply = { type: 'failed', reason: 'overloaded', retryAfter: 1, usage: usage(0, 0), dollars: 0 };
    for (let call = 4; call < 9; call++) answer(call, { ...failed, reason: `overloaded ${String(call)}` }, 10);
    expect(spending.mishaps).toHaveLength(5);
    expect(spending.mishaps[0]).toMatchObject({ model: 'a', reason: 'overloaded 8' });
  });

  it('tell of a relay that is lost and found again', () => {
    const spending = new Spending();
    spending.take({ type: 'reached', base: BASE });
    expect(lostWords(spending)).toBe('');
    spending.take({ type: 'unreachable', base: BASE, tries: 1 });
    spending.take({ type: 'unreachable', base: BASE, tries: 2 });
    expect(spending.broken).toEqual([{ base: BASE, tries: 2 }]);
    expect(lostWords(spending)).toBe('The relay at relay.example can’t be reached. Trying again.');
    spending.take({ type: 'reached', base: BASE });
    expect(lostWords(spending)).toBe('The relay at relay.example is back.');
    vi.advanceTimersByTime(20_000);
    expect(lostWords(spending)).toBe('');
  });
});

describe('sums', () => {
  it('are of all replies, those of jobs in flight too', () => {
    const state = emptyState();
    const event = { type: 'replied', job: 1, call: 0, request: 'h', purpose: 'propose', timing: { at: 0 } } as const;
    reduce(state, { ...event, model: 'a', reply: replied(20), dollars: 0.01 } as never);
    reduce(state, { ...event, model: 'a', reply: replied(30), dollars: 0.02 } as never);
    reduce(state, { ...event, model: 'b', purpose: 'fix', reply: replied(5), dollars: null } as never);
    const lines = linesOf(state);
    expect(lines.map(({ model, purpose, line }) => [model, purpose, line.calls])).toEqual([
      ['a', 'propose', 2],
      ['b', 'fix', 1],
    ]);
    expect(sumOf(lines)).toEqual({ dollars: 0.03, tokens: 85, calls: 3, unpriced: 1 });
  });

  it('say what is left, alone and together', () => {
    const member = { id: 'c', role: 'member', name: 'Ada', models: null, expires: null } as const;
    const account = (cap: number | null, spent: number) => ({
      caps: { dollars: cap, tokens: null, calls: null },
      spent: { dollars: spent, tokens: 0, calls: 0 },
    });
    expect(leftWords({ member, own: account(0.5, 0.08), shared: account(2, 0.2) })).toBe(
      'You have $0.4200 of $0.50 left. All who joined have $1.80 of $2 left.',
    );
    expect(leftWords({ member, own: account(null, 0.08), shared: null })).toBe('It sets no limit to what you spend.');
  });
});
