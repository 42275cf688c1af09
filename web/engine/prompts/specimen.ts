/** Programs as a prompt shows them: a heading, what is known of them, and their files. */
import { inline } from './clean.ts';
import { artifactBlocks, FEEDBACK_LIMITS, feedbackBlocks, safeText } from './feedback.ts';
import { fenceOf } from './languages.ts';
import { describeMetrics } from './metrics.ts';
import { describeScores } from './scores.ts';
import { removeSecrets } from './secrets.ts';
import { plain } from './signature.ts';
import type { Experiment } from '../experiment.ts';
import type { Specimen } from '../operators/operator.ts';
import type { Files } from '../program.ts';
import type { InspirationKind } from '../strategy.ts';
import type { Reference } from './metrics.ts';
import type { Block, Piece } from './signature.ts';

/** Long lists that are for compilers and can't be changed. */
const UNREAD = /(^|\/)Cargo\.lock$/;

/** The entry first, then the others in the order they are written down. */
export function orderedPaths(experiment: Experiment, files: Files): string[] {
  const paths = Object.keys(files).filter((path) => !UNREAD.test(path));
  return [...paths.filter((path) => path === experiment.entry), ...paths.filter((path) => path !== experiment.entry)];
}

/** Each file in a fence; with its path before it where there are several. */
export function fileBlocks(experiment: Experiment, files: Files, keep: Block['keep']): Block[] {
  const paths = orderedPaths(experiment, files);
  return paths.flatMap((path) => {
    const text: Block = { text: files[path] as string, fence: fenceOf(path, experiment.language), keep };
    return paths.length > 1 ? [plain(`FILE: ${path}`), text] : [text];
  });
}

/** Programs others are compared with, those with a score. A program is not compared with itself. */
export function references(
  own: Specimen,
  others: readonly { readonly name: string; readonly specimen: Specimen | null }[],
): Reference[] {
  const seen = new Set([own.id]);
  const found: Reference[] = [];
  for (const { name, specimen } of others) {
    if (specimen === null || specimen.evaluation === null || seen.has(specimen.id)) continue;
    seen.add(specimen.id);
    found.push({ name, evaluation: specimen.evaluation });
  }
  return found;
}

/** What became of a program: its figures, or why it has none. */
export function standing(experiment: Experiment, specimen: Specimen, compared: readonly Reference[]): Block[] {
  const blocks: Block[] = [];
  if (specimen.status !== 'correct') {
    blocks.push(plain(`It failed: ${specimen.status}.`));
    const reason = safeText(specimen.reason, FEEDBACK_LIMITS.reason);
    if (reason.trim() !== '') blocks.push(plain('Reason:'), { text: reason, fence: 'text', keep: 'ends' });
  }
  if (specimen.evaluation === null) return blocks;
  blocks.push(plain(describeMetrics(specimen.evaluation, experiment.goal, compared)));
  const scores = describeScores(specimen.evaluation, compared[0] ?? null);
  if (scores !== null) blocks.push(plain(scores));
  return blocks;
}

/** An inspiration or an ancestor: it may be shortened. `rank` as in Piece. */
export function specimenPiece(
  experiment: Experiment,
  specimen: Specimen,
  heading: string,
  compared: readonly Reference[],
  rank: number,
): Piece {
  const note = inline(removeSecrets(specimen.note), 400);
  return {
    rank,
    blocks: [
      plain(`## ${heading}`),
      ...(note === '' ? [] : [plain(`Idea behind it: ${note}`)]),
      ...standing(experiment, specimen, compared),
      ...(specimen.evaluation === null ? [] : feedbackBlocks(specimen.evaluation, INSPIRATION_FEEDBACK)),
      ...fileBlocks(experiment, specimen.files, 'head'),
    ],
  };
}

const INSPIRATION_FEEDBACK = 600;

export function kindWords(kind: InspirationKind | undefined): string {
  switch (kind) {
    case 'best':
      return 'one of the best';
    case 'near':
      return 'close to the current program, yet different';
    case 'far':
      return 'built in a very different way';
    case 'complementary':
      return 'strong where the current program is weak';
    case 'foreign':
      return 'from another island';
    case 'random':
    case undefined:
      return 'drawn at random';
    default:
      return kind satisfies never;
  }
}

/** All that an evaluator said in words, for the program that is to be changed. */
export function saidBlocks(specimen: Specimen): Block[] {
  if (specimen.evaluation === null) return [];
  return [...feedbackBlocks(specimen.evaluation), ...artifactBlocks(specimen.evaluation)];
}
