/** A decision with its probability, as the log keeps it: what was chosen among what, by which policy, in which situation. */
export interface Choice {
  readonly choice: ChoiceName;
  /** Rule and settings in a few words, e.g. `tournament(4)`. */
  readonly policy: string;
  /** Hash of all that the probabilities were computed from. */
  readonly context: string;
  /** How many there were to choose from. */
  readonly among: number;
  readonly chosen: string | number | null;
  /** Probability of what was chosen, 0–1. For a list drawn without replacement, that of the first. */
  readonly propensity: number;
  /** The likeliest, at most eight: [what, probability]. */
  readonly top: readonly (readonly [string | number, number])[];
}

export const CHOICES = [
  'island',
  'strategy',
  'parent',
  'inspirations',
  'operator',
  'temperature',
  'effort',
  'recommendation',
  'search',
] as const;
export type ChoiceName = (typeof CHOICES)[number];
