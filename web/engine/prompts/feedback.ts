/** What an evaluator says in words and in artifacts, made safe and short. Both come from hostile code: they are always fenced. */
import { inline } from './clean.ts';
import { removeSecrets } from './secrets.ts';
import { capCharacters } from './shorten.ts';
import { plain } from './signature.ts';
import type { Block } from './signature.ts';
import type { Evaluation, Json } from '../program.ts';

/** Characters. */
export const FEEDBACK_LIMITS = { feedback: 8_000, artifact: 2_000, artifacts: 8, reason: 2_000 } as const;

/** For views only: a model can't read it. */
const PICTURE = 'picture';

/** Text of candidates and evaluators, without secrets and control characters, in at most `most` characters. */
export function safeText(text: string, most: number): string {
  // What is cut off is never looked at, so the cut keeps more than will be shown: a secret on its edge is still seen whole.
  const margin = most + 20_000;
  const bounded = text.length > 2 * margin ? `${text.slice(0, margin)}\n${text.slice(text.length - margin)}` : text;
  return capCharacters(removeSecrets(bounded).trimEnd(), most);
}

export function feedbackBlocks(evaluation: Evaluation, most: number = FEEDBACK_LIMITS.feedback): Block[] {
  const text = safeText(evaluation.feedback, most);
  return text.trim() === '' ? [] : [plain('Feedback of the evaluator:'), { text, fence: 'text', keep: 'ends' }];
}

export function artifactBlocks(evaluation: Evaluation): Block[] {
  const names = Object.keys(evaluation.artifacts).filter((name) => name !== PICTURE);
  const blocks: Block[] = [];
  for (const name of names.slice(0, FEEDBACK_LIMITS.artifacts)) {
    const text = safeText(written(evaluation.artifacts[name] as Json), FEEDBACK_LIMITS.artifact);
    if (text.trim() !== '') {
      blocks.push(plain(`Artifact "${inline(removeSecrets(name), 60)}":`), { text, fence: 'text', keep: 'ends' });
    }
  }
  const more = names.length - FEEDBACK_LIMITS.artifacts;
  if (more > 0) blocks.push(plain(`${more} more ${more === 1 ? 'artifact is' : 'artifacts are'} not shown.`));
  return blocks;
}

function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
