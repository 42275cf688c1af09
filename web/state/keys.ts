/** Single keys of the page. They are off while someone types or a dialog is open. */
export type KeyCommand = 'toggle' | 'step' | 'stage' | 'best' | 'previous' | 'next' | 'parent' | 'help' | 'seed';

export const KEYS: readonly {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly command: KeyCommand;
  readonly does: string;
}[] = [
  { keys: [' '], shown: 'Space', command: 'toggle', does: 'Play or pause' },
  { keys: ['.'], shown: '.', command: 'step', does: 'One result, then pause' },
  { keys: ['s', 'S'], shown: 'S', command: 'stage', does: 'One stage of the next result' },
  { keys: ['b', 'B'], shown: 'B', command: 'best', does: 'Follow the best program' },
  { keys: ['ArrowLeft'], shown: '←', command: 'previous', does: 'Previous program' },
  { keys: ['ArrowRight'], shown: '→', command: 'next', does: 'Next program' },
  { keys: ['p', 'P'], shown: 'P', command: 'parent', does: 'Parent of the selected program' },
  { keys: ['Home'], shown: 'Home', command: 'seed', does: 'The seed program' },
  { keys: ['?'], shown: '?', command: 'help', does: 'This list' },
];

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** What has the focus: a role or tag name in lower case, and whether text can be typed into it. */
  readonly focus: { readonly tag: string; readonly role: string; readonly editable: boolean };
}

export function commandOf(press: KeyPress): KeyCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.focus.editable) return null;
  const { tag, role } = press.focus;
  // Space presses what is focused; arrows move inside widgets that have their own use for them.
  const pressable = tag === 'button' || tag === 'a' || tag === 'summary' || tag === 'select';
  if (press.key === ' ' && pressable) return null;
  const moves =
    tag === 'select' || role === 'tab' || role === 'radio' || role === 'grid' || role === 'listbox' || tag === 'pre';
  if ((press.key.startsWith('Arrow') || press.key === 'Home') && moves) return null;
  return KEYS.find((entry) => entry.keys.includes(press.key))?.command ?? null;
}
