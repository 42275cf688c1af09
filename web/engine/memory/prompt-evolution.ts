/**
 * Task prompts that evolve beside the programs: an archive with its lineage, how a prompt is chosen, credited and evicted. The
 * fitness of a prompt is the mean share of correct programs that its own programs beat.
 */
import { log } from '../arithmetic.ts';

export interface PromptRecord {
  readonly id: string;
  /** null: a person wrote it. */
  readonly parent: string | null;
  readonly name: string;
  readonly text: string;
  /** Correct programs made with it, and the sum of the shares of correct programs that each beat when it was made. */
  readonly programs: number;
  readonly percentiles: number;
  /** Results with it, failures too; where it is not counted, `programs`. */
  readonly results?: number;
}

export interface PromptChoice {
  /** Share of draws that are uniform, 0–1. */
  readonly epsilon: number;
  readonly exploration: number;
}

export const PROMPT_CHOICE: PromptChoice = { epsilon: 0.1, exploration: 1 };

/** Correct programs before a prompt's own mean counts, and results after which it counts in any case. */
export const TRIAL = { programs: 3, results: 9 } as const;

/** 0–1; 0 where it has made no correct program. */
export function promptFitness({ programs, percentiles }: PromptRecord): number {
  return programs > 0 ? percentiles / programs : 0;
}

/** The record after one more result; `percentile` (0–1) is null where the program was not correct. */
export function credited(prompt: PromptRecord, percentile: number | null): PromptRecord {
  const results = (prompt.results ?? prompt.programs) + 1;
  return percentile === null
    ? { ...prompt, results }
    : { ...prompt, results, programs: prompt.programs + 1, percentiles: prompt.percentiles + percentile };
}

/**
 * Probabilities, one a prompt, summing to 1 (empty for no prompts): `epsilon` uniform, the rest on the prompts with the highest
 * fitness + c·√(ln N / n), ties sharing it; N sums the n. A prompt still on trial gets the best fitness + c, so that each is
 * tried; one that never makes a correct program is on trial for a limited number of results only.
 */
export function promptWeights(prompts: readonly PromptRecord[], choice: PromptChoice = PROMPT_CHOICE): number[] {
  if (prompts.length === 0) return [];
  const scores = promptScores(prompts, choice.exploration);
  const top = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const winners = scores.filter((score) => score === top).length;
  return scores.map((score) => {
    return choice.epsilon / prompts.length + (score === top ? (1 - choice.epsilon) / winners : 0);
  });
}

export function promptScores(prompts: readonly PromptRecord[], exploration: number): number[] {
  const best = prompts.reduce((most, prompt) => Math.max(most, promptFitness(prompt)), 0);
  const all = prompts.reduce((sum, prompt) => sum + tried(prompt), 0);
  return prompts.map((prompt) => {
    if (onTrial(prompt)) return best + exploration;
    return promptFitness(prompt) + exploration * Math.sqrt(log(Math.max(1, all)) / tried(prompt));
  });
}

function tried(prompt: PromptRecord): number {
  return Math.max(prompt.results ?? 0, prompt.programs);
}

function onTrial(prompt: PromptRecord): boolean {
  return prompt.programs < TRIAL.programs && tried(prompt) < TRIAL.results;
}

/**
 * Whom a new prompt pushes out of an archive of `size`: the least fit, older first where that ties, one on trial only where all
 * others are too. What a person wrote stays, and so does the newcomer. Null where nobody has to go or nobody may. `prompts` are those
 * alive, oldest first, with the newcomer among them.
 */
export function promptEvicted(prompts: readonly PromptRecord[], newcomer: string, size: number): string | null {
  if (prompts.length <= size) return null;
  const first = prompts[0]?.id;
  let worst: PromptRecord | null = null;
  for (const prompt of prompts) {
    if (prompt.parent === null || prompt.id === first || prompt.id === newcomer) continue;
    if (worst === null || isWorse(prompt, worst)) worst = prompt;
  }
  return worst?.id ?? null;
}

function isWorse(a: PromptRecord, b: PromptRecord): boolean {
  if (onTrial(a) !== onTrial(b)) return onTrial(b);
  return promptFitness(a) < promptFitness(b);
}

/** From the prompt up to the one a person wrote, itself first; stops at an ancestor that is not known any more. */
export function promptLineage(prompts: readonly PromptRecord[], id: string): string[] {
  const byId = new Map(prompts.map((prompt) => [prompt.id, prompt]));
  const line: string[] = [];
  for (let at = byId.get(id); at !== undefined && !line.includes(at.id);) {
    line.push(at.id);
    at = at.parent === null ? undefined : byId.get(at.parent);
  }
  return line;
}
