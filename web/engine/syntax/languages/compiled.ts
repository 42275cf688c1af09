import type { LanguageTable } from '../table.ts';
import { NONE } from './sets.ts';

/** What holds of languages that are compiled: types say what is a number, and the sandbox counts and lifts nothing in the source. */
export const COMPILED = {
  numericCalls: [],
  numericMembers: NONE,
  constantPrefix: '',
  armed: false,
  parameters: null,
  reserved: [],
  brood: false,
  without: NONE,
} satisfies Partial<LanguageTable>;
