/** What the log keeps of a burst. */
export interface SearchSummary {
  readonly method: string;
  readonly dimensions: number;
  readonly tried: number;
  readonly failed: number;
  readonly start: number | null;
  readonly best: number | null;
  /** Best so far after each scored variant that improved: [index within the burst, fitness]. */
  readonly trace: readonly (readonly [number, number])[];
}
