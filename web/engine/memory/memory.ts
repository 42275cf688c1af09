import type { ProgramId } from '../program.ts';

/** What the run has learned, as models are told it. */
export interface Memory {
  /** The latest programs that were looked back on, oldest first. */
  readonly summaries: readonly { readonly program: ProgramId; readonly text: string }[];
  readonly scratchpad: string;
  /** One of them is drawn per proposal. */
  readonly recommendations: readonly string[];
}

export const NO_MEMORY: Memory = { summaries: [], scratchpad: '', recommendations: [] };
