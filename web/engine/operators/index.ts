import type { Operator } from './operator.ts';

/** The operators that need no model. */
export const OPERATORS: readonly Operator[] = [];
