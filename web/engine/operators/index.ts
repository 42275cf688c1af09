import type { Operator } from './operator.ts';
import { tune } from './tune.ts';

/** The operators that need no model. */
export const OPERATORS: readonly Operator[] = [tune];
