import { cmaEs } from './cma-es.ts';
import { onePlusOne } from './one-plus-one.ts';
import type { CreateOptimiser } from './optimiser.ts';
import { pattern } from './pattern.ts';

export const OPTIMISERS: readonly CreateOptimiser[] = [cmaEs, onePlusOne, pattern];
