import { describe, expect, it } from 'vitest';
import { commandOf } from '../../../web/state/keys.ts';
import { statusText } from '../../../web/state/status-text.ts';
import { goal } from './goals.ts';

const facts = { activity: 'running', goal, best: 2.6012, evaluations: 1240, finished: null, message: '' } as const;

describe('run status in words', () => {
  it('names state, best and evaluations', () => {
    expect(statusText(facts)).toBe('Running. Best sum of radii 2.601 after 1,240 evaluations.');
    expect(statusText({ ...facts, activity: 'paused', best: null, evaluations: 1 })).toBe(
      'Paused. No correct program yet after 1 evaluation.',
    );
    expect(statusText({ ...facts, activity: 'finished', finished: 'evaluations' })).toMatch(/^Finished: the budget/);
    expect(statusText({ ...facts, activity: 'finished', finished: 'target' })).toMatch(
      /^Finished: the target is reach/,
    );
    expect(statusText({ ...facts, activity: 'finished', finished: 'patience' })).toMatch(/^Finished: nothing better/);
    expect(statusText({ ...facts, activity: 'failed', message: 'No memory.' })).toMatch(
      /^Stopped by an error: No memory\. /,
    );
  });
});

describe('keys', () => {
  const press = {
    key: ' ',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    focus: { tag: 'body', role: '', editable: false },
  };

  it('are off while typing, with modifiers, and where a widget has its own use for them', () => {
    expect(commandOf(press)).toBe('toggle');
    expect(commandOf({ ...press, focus: { tag: 'input', role: '', editable: true } })).toBeNull();
    expect(commandOf({ ...press, key: 'b', metaKey: true })).toBeNull();
    expect(commandOf({ ...press, focus: { tag: 'button', role: '', editable: false } })).toBeNull();
    expect(
      commandOf({ ...press, key: 'ArrowLeft', focus: { tag: 'button', role: 'tab', editable: false } }),
    ).toBeNull();
    expect(commandOf({ ...press, key: 'ArrowLeft' })).toBe('previous');
  });
});
