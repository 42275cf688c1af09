/** The family of bench groups: each knows the names of its figures and measures those that are asked for. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

export interface Group {
  /** What it can measure, with what was aimed at. */
  readonly figures: readonly { readonly name: string; readonly aim: string }[];
  /** Whether it drives the built page or another thing that needs a Chromium. */
  readonly needsBrowser: boolean;
  /** Gives each wanted figure once; may measure several in one go. */
  measure(wanted: ReadonlySet<string>): AsyncIterable<Figure>;
}

/** Three significant digits, or whole from a hundred on. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? NaN;
}
