/** Asking again in the same conversation. */
import { removeControls } from './clean.ts';
import { MESSAGE_TOKENS, tokensAtMost } from './length.ts';
import { removeSecrets } from './secrets.ts';
import { capCharacters } from './shorten.ts';
import type { Message } from '../models/model.ts';
import type { Attempt } from '../operators/operator.ts';

/** Characters a former reply and the words on it may have: a reply of megabytes must not come back to the model. */
export const RETRY_LIMITS = { reply: 24_000, problem: 6_000 } as const;

/**
 * The prompt, and for every attempt the model's reply and why it would not do. With `mostTokens` the oldest attempts are left
 * out until the rest fits; the last one always stays, its reply shortened as far as it takes.
 */
export function retryMessages(
  prompt: readonly Message[],
  attempts: readonly Attempt[],
  mostTokens: number = Infinity,
): Message[] {
  if (attempts.length === 0) return [...prompt];
  const turns = attempts.map((attempt, i) => turn(attempt, RETRY_LIMITS.reply, i === attempts.length - 1));
  const room = mostTokens - length(prompt);
  let first = 0;
  while (first < turns.length - 1 && length(turns.slice(first).flat()) > room) first++;
  let shown = turns.slice(first);
  const last = attempts.at(-1) as Attempt;
  for (let most: number = RETRY_LIMITS.reply; shown.length === 1 && length(shown.flat()) > room && most > 200;) {
    most = Math.floor(most / 2);
    shown = [turn(last, most, true)];
  }
  return joined([...prompt, ...shown.flat()]);
}

function turn({ reply, problem }: Attempt, mostReply: number, last: boolean): Message[] {
  const said = capCharacters(removeControls(reply).trim(), mostReply, 'ends', mostReply);
  const words = `${said === '' ? 'A former attempt' : 'This reply'} can not be used:\n\n${capCharacters(removeSecrets(problem).trim(), RETRY_LIMITS.problem)}`;
  const asked = last ? `${words}\n\nAnswer again, in full and in the same format. Mend what is named here.` : words;
  const answer: Message = { role: 'user', content: asked };
  return said === '' ? [answer] : [{ role: 'assistant', content: said }, answer];
}

/** Roles have to take turns: neighbours of one role become one message. */
function joined(messages: readonly Message[]): Message[] {
  const out: Message[] = [];
  for (const message of messages) {
    const before = out.at(-1);
    if (before?.role === message.role && message.role !== 'system') {
      out[out.length - 1] = { role: message.role, content: `${before.content}\n\n${message.content}` };
    } else out.push(message);
  }
  return out;
}

function length(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + tokensAtMost(content) + MESSAGE_TOKENS, 0);
}
