import { describe, expect, it } from 'vitest';
import { promptTokensAtMost as tokens } from '../../../../web/engine/models/tokens.ts';
import { programPrompt, retryMessages } from '../../../../web/engine/prompts/index.ts';
import { RETRY_LIMITS } from '../../../../web/engine/prompts/retry.ts';
import { context, textOf } from './fixtures.ts';

const prompt = programPrompt('diff', context(), null);

describe('asking again', () => {
  it('is the same conversation, with each reply and what was wrong with it', () => {
    const messages = retryMessages(prompt, [
      { reply: 'first reply', problem: 'the text to search for is not there' },
      { reply: 'second reply', problem: 'it does not parse' },
    ]);
    expect(messages.slice(0, 2)).toEqual(prompt);
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'user']);
    expect(messages[2]?.content).toBe('first reply');
    expect(messages[3]?.content).toContain('not there');
    expect(messages[5]?.content).toContain('does not parse');
    expect(messages[5]?.content).toContain('Answer again');
    expect(messages[3]?.content).not.toContain('Answer again');
  });

  it('takes turns, also where nothing was replied', () => {
    const messages = retryMessages(prompt, [
      { reply: '', problem: 'no change' },
      { reply: 'x', problem: 'bad' },
      { reply: ' ', problem: 'worse' },
    ]);
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    for (const problem of ['no change', 'bad', 'worse']) expect(textOf(messages)).toContain(problem);
  });

  it('leaves the prompt alone where nothing was tried', () => {
    expect(retryMessages(prompt, [])).toEqual(prompt);
  });

  it('never sends megabytes back', () => {
    const messages = retryMessages(prompt, [{ reply: 'y'.repeat(1e7), problem: 'line\n'.repeat(1e6) }]);
    expect(messages[2]?.content.length).toBeLessThanOrEqual(RETRY_LIMITS.reply);
    expect(messages[3]?.content.length).toBeLessThanOrEqual(RETRY_LIMITS.problem + 200);
  });

  it('gives up the oldest attempts first to stay within a budget', () => {
    const attempts = [0, 1, 2, 3].map((i) => ({ reply: `reply ${i}\n`.repeat(300), problem: `problem ${i}` }));
    const all = tokens(retryMessages(prompt, attempts));
    const some = retryMessages(prompt, attempts, all - 1);
    expect(tokens(some)).toBeLessThan(all);
    expect(textOf(some)).not.toContain('problem 0');
    expect(textOf(some)).toContain('problem 1');
    const one = retryMessages(prompt, attempts, tokens(prompt) + 1200);
    expect(tokens(one)).toBeLessThanOrEqual(tokens(prompt) + 1200);
    expect(textOf(one)).toContain('problem 3');
    expect(textOf(one)).toContain('left out');
  });
});
