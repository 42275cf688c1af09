/** Ways to ask for a whole new text of a program. One is drawn per proposal. */

export const REWRITE_VARIANTS = {
  default: 'Rewrite the program so that it scores better than it does now. Change as much as that takes.',
  'different-algorithm':
    'Write a program that solves the task by another algorithm than the current one. Name to yourself the idea that the current program rests on, put it aside, and build on one that none of the programs shown here uses. It may start from a lower level if it can go further.',
  motivated:
    'Read the programs above with their figures and feedback, and say what separates the better from the worse. Then write the program that follows from it: keep what has been shown to help, drop what has not, and take the next step in that direction.',
  structural:
    'Keep the method and rebuild its form: divide the work in other steps, choose other data structures, move decisions to where they cost less, take out what is done twice. The new structure should make a better score possible, or the next change easier.',
  parametric:
    'Keep the method, find the numbers and thresholds that steer it, and treat them as the thing to be designed: derive them from the input where they are constant now, let them change while the program runs, and set each to the best value you can argue for.',
} as const satisfies Readonly<Record<string, string>>;

export type RewriteVariant = keyof typeof REWRITE_VARIANTS;

export const VARIANTS = Object.keys(REWRITE_VARIANTS) as readonly RewriteVariant[];

/** The plain one where there is no such variant. */
export function variantText(variant: string | null): string {
  return variant !== null && Object.hasOwn(REWRITE_VARIANTS, variant)
    ? REWRITE_VARIANTS[variant as RewriteVariant]
    : REWRITE_VARIANTS.default;
}
