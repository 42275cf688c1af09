import { brood } from './brood.ts';
import { merge } from './merge.ts';
import { mutate } from './mutate.ts';
import type { Operator } from './operator.ts';
import { splice } from './splice.ts';
import { tune } from './tune.ts';

/** The operators that need no model. */
export const OPERATORS: readonly Operator[] = [brood, mutate, splice, merge, tune];
