import { brood } from './brood.ts';
import { cross } from './cross.ts';
import { diff } from './diff.ts';
import { fix } from './fix.ts';
import { merge } from './merge.ts';
import { mutate } from './mutate.ts';
import type { Operator } from './operator.ts';
import { recreate } from './recreate.ts';
import { refine } from './refine.ts';
import { rewrite } from './rewrite.ts';
import { splice } from './splice.ts';
import { tune } from './tune.ts';

/** Those that need no model. */
export const FREE_OPERATORS: readonly Operator[] = [brood, mutate, recreate, splice, merge, tune];

/** Those that ask one. */
export const ASKING_OPERATORS: readonly Operator[] = [diff, rewrite, cross, fix, refine];

export const OPERATORS: readonly Operator[] = [...FREE_OPERATORS, ...ASKING_OPERATORS];
