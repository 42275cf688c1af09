/** What a run learns: memory of programs, and prompts that evolve. */
export * from './memory.ts';
export * from './percentiles.ts';
export * from './prompt-evolution.ts';
export * from './prompt-mutation.ts';
export * from './recall.ts';
export * from './summary.ts';
