/** A person as a model: reads the prompt, types the reply. Calls wait in line; the first is shown. */
import { NO_USAGE, type ModelReply, type ModelRequest } from '../engine/models/model.ts';
import type { PageModel } from './page-model.ts';

export interface PersonCall {
  readonly id: number;
  readonly request: ModelRequest;
  /** Gives the reply; the call is over. */
  send(text: string): void;
  /** Declines: the run goes on without. */
  skip(): void;
}

/** Milliseconds after which who has skipped may be asked again. */
const AGAIN = 1_000;
/** Milliseconds in which nobody has begun with the next call. */
const AT_ONCE = 500;

/** `changed` is told the calls that wait, oldest first, each time they change. */
export function createPerson(changed: (waiting: readonly PersonCall[]) => void): PageModel {
  let waiting: readonly PersonCall[] = [];
  let count = 0;
  let answered = -Infinity;
  const set = (next: readonly PersonCall[]): void => changed((waiting = next));
  return {
    id: 'you',
    title: 'You: read the prompt, type the reply',
    availability: () => Promise.resolve({ type: 'ready', words: 'As fast as you type' }),
    load: () => Promise.resolve(),
    complete(request, signal) {
      return new Promise((resolve) => {
        const id = count++;
        const end = (reply: ModelReply): void => {
          signal.removeEventListener('abort', giveUp);
          set(waiting.filter((call) => call.id !== id));
          resolve(reply);
        };
        const giveUp = (): void => end(declined('the call was given up', null));
        if (signal.aborted) return resolve(declined('the call was given up', null));
        signal.addEventListener('abort', giveUp);
        const call: PersonCall = {
          id,
          request,
          send: (text) => {
            answered = performance.now();
            end({ type: 'replied', text, finish: 'stop', usage: NO_USAGE, dollars: 0 });
          },
          skip: () => end(declined('the person skipped this one', AGAIN)),
        };
        // Another try at what was just answered comes at once, or next where somebody may have begun with another call.
        const again = request.messages.some(({ role }) => role === 'assistant');
        const place = !again
          ? waiting.length
          : performance.now() - answered < AT_ONCE
            ? 0
            : Math.min(1, waiting.length);
        set(waiting.toSpliced(place, 0, call));
      });
    },
  };
}

function declined(reason: string, retryAfter: number | null): ModelReply {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
