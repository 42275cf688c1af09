/** How the end of a log is told apart: what came from outside, what follows from it, and replies, which come when they come. */
import type { RunEvent } from './events.ts';

/** Where the last group of a log begins: what is behind it follows from it and from the state. */
export function lastGroup(log: readonly RunEvent[]): number {
  let start = log.length - 1;
  while (start > 0 && !fromOutside(log[start] as RunEvent)) start--;
  return start;
}

/** Whether nothing before it makes it necessary: results, what a person does, and the end, behind which nothing follows. */
export function fromOutside(event: RunEvent): boolean {
  switch (event.type) {
    case 'run-started':
    case 'evaluated':
    case 'remembered':
    case 'prompt-written':
    case 'forked':
    case 'budget-changed':
    case 'strategy-changed':
    case 'injected':
    case 'hinted':
    case 'pinned':
    case 'banned':
    case 'island-split':
    case 'run-finished':
      return true;
    case 'island-spawned':
    case 'island-merged':
      return event.by === 'person';
    case 'issued':
    case 'replied':
    case 'added':
    case 'migrated':
    case 'island-restarted':
      return false;
    default:
      return event satisfies never;
  }
}

/** Replies stand where they arrived; no decision depends on the place. */
export function isLate(event: RunEvent): boolean {
  return event.type === 'replied';
}
