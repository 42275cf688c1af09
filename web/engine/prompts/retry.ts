/** Asking again in the same conversation. */
import { removeControls } from './clean.ts';
import { promptTokensAtMost } from '../models/tokens.ts';
import { removeSecrets } from './secrets.ts';
import { capCharacters } from './shorten.ts';
import type { Message } from '../models/model.ts';
import type { Attempt } from '../operators/operator.ts';

/** Characters a former reply and the words on it may have: a reply of megabytes must not come back to the model. */
export const RETRY_LIMITS = { reply: 24_000, problem: 6_000 } as const;

/** Part of a prompt's budget that its first message leaves to the attempts that may follow. */
export const RETRY_SHARE = 0.2;

/**
 * The prompt, and for every attempt the model's reply and why it would not do. Within `mostTokens`: the oldest attempts are left
 * out until the rest fits; of the last the reply is shortened as far as it takes, then the words on it. Where not even a few words fit,
 * the conversation is longer than allowed.
 */
export function retryMessages(
  prompt: readonly Message[],
  attempts: readonly Attempt[],
  mostTokens: number = Infinity,
): Message[] {
  const last = attempts.at(-1);
  if (last === undefined) return [...prompt];
  const { reply, problem } = RETRY_LIMITS;
  const turns = attempts.map((attempt) => turn(attempt, reply, problem, attempt === last));
  for (let first = 0; first < turns.length; first++) {
    const messages = joined([...prompt, ...turns.slice(first).flat()]);
    if (promptTokensAtMost(messages) <= mostTokens) return messages;
  }
  const sizes: [number, number][] = [];
  for (let most: number = reply / 2; most >= 400; most /= 2) sizes.push([Math.floor(most), problem]);
  for (let most: number = problem; most >= 100; most /= 2) sizes.push([0, Math.floor(most)]);
  let messages: Message[] = [];
  for (const [mostReply, mostProblem] of sizes) {
    messages = joined([...prompt, ...turn(last, mostReply, mostProblem, true)]);
    if (promptTokensAtMost(messages) <= mostTokens) break;
  }
  return messages;
}

function turn({ reply, problem }: Attempt, mostReply: number, mostProblem: number, last: boolean): Message[] {
  const said = mostReply === 0 ? '' : capCharacters(removeControls(reply).trim(), mostReply, 'ends', mostReply);
  const why = capCharacters(removeSecrets(problem).trim(), mostProblem, 'ends', mostProblem);
  const words = `${said === '' ? 'A former attempt' : 'This reply'} can not be used:\n\n${why}`;
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
