/** What a page may ask for, checked before the engine hears of it: every fault of a setting is named by its path. */
import type { Command } from '../engine/control.ts';
import { Reader } from '../engine/reader.ts';
import { readStrategy } from '../engine/strategy-validation.ts';
import { readBudget, readFiles } from '../engine/validation.ts';

export type Checked =
  | { readonly type: 'ok'; readonly command: Command }
  | { readonly type: 'refused'; readonly reason: string; readonly problems: readonly string[] };

export function checkCommand(command: Command): Checked {
  const read = new Reader();
  const checked = readCommand(read, command);
  const { problems } = read;
  if (problems.length === 0) return { type: 'ok', command: checked };
  return { type: 'refused', reason: problems.join('; '), problems };
}

function readCommand(read: Reader, command: Command): Command {
  switch (command.type) {
    case 'budget':
      return { ...command, budget: readBudget(read, command.budget, 'budget') };
    case 'strategy':
      return { ...command, strategy: readStrategy(read, command.strategy, 'strategy') };
    case 'inject':
      return {
        ...command,
        files: readFiles(read, command.files, 'files'),
        note: read.text(command.note, 'note', { longest: 500 }),
      };
    case 'fork':
      return { ...command, seed: read.number(command.seed, 'seed', { least: 0, most: 0x7fff_ffff, whole: true }) };
    // The engine looks these up in its state.
    case 'hint':
    case 'take-back-hint':
    case 'pin':
    case 'ban':
    case 'spawn':
    case 'merge':
    case 'split':
      return command;
    default:
      return command satisfies never;
  }
}
