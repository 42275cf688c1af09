/** What all operators that ask a model have in common: ask, read the reply, apply it. */
import { applyReply } from '../../patches/index.ts';
import { blockFinder, editableOf } from '../../patches/editable.ts';
import { programPrompt, retryMessages } from '../../prompts/index.ts';
import { tableOf } from '../../syntax/language.ts';
import type { ModelReply, Purpose } from '../../models/model.ts';
import type { PromptKind } from '../../prompts/index.ts';
import type { OperatorContext, Proposal } from '../operator.ts';

/** Characters of a reply that are kept with the attempt: enough for a conversation to go on. */
const MOST_KEPT = 100_000;
const MOST_NOTE = 240;

export interface Question {
  readonly kind: PromptKind;
  readonly variant: string | null;
  readonly purpose: Purpose;
}

/** Goes on with the conversation of the former attempts. */
export async function askForChange(context: OperatorContext, { kind, variant, purpose }: Question): Promise<Proposal> {
  const { model, experiment, syntax, parent } = context;
  if (!model) return { type: 'none', reason: 'no model is at hand', final: true };
  const editable = editableOf(
    parent.files,
    (path) => tableOf(experiment.language, path) !== null,
    blockFinder(syntax, experiment.language),
  );
  if (editable.type === 'failed') return { type: 'none', reason: editable.reason, final: true };
  if (Object.values(editable.ranges).every((ranges) => ranges.length === 0)) {
    return { type: 'none', reason: 'no part of the program may change', final: true };
  }
  const prompt = programPrompt(kind, context, variant);
  const answered = await model.ask(retryMessages(prompt, context.attempts, model.promptTokens), purpose);
  const unusable = whyNot(answered);
  if (answered.type === 'failed') {
    const final = answered.retryAfter === null || model.callsLeft() === 0;
    return { type: 'none', reason: unusable ?? answered.reason, ...(final ? { final } : {}) };
  }
  const reply = kept(answered.text);
  if (unusable !== null) return { type: 'none', reason: unusable, reply };
  const applied = applyReply(answered.text, answered.finish === 'length', parent.files, editable);
  if (applied.type === 'failed') return { type: 'none', reason: applied.problem, reply };
  const note = noteOf(kind, variant, applied.name, applied.description, applied.notes);
  return { type: 'edits', edits: applied.edits, note, reply };
}

function whyNot(reply: ModelReply): string | null {
  if (reply.type === 'failed') return `the model could not be asked: ${reply.reason}`;
  switch (reply.finish) {
    case 'refused':
      return 'The model refused to answer. What is asked for is a change to a program that is scored by an evaluator, nothing else.';
    case 'filtered':
      return "The provider's filter held the reply back. Answer again in other words.";
    case 'stop':
    case 'length':
      return null;
    default:
      return reply.finish satisfies never;
  }
}

function kept(text: string): string {
  if (text.length <= MOST_KEPT) return text;
  return `${text.slice(0, MOST_KEPT / 2)}\n[…]\n${text.slice(-MOST_KEPT / 2)}`.toWellFormed();
}

function noteOf(
  kind: PromptKind,
  variant: string | null,
  name: string,
  description: string,
  notes: readonly string[],
): string {
  const head = variant === null || variant === 'default' ? kind : `${kind} (${variant})`;
  const said = [name, description].filter((part) => part !== '').join(': ');
  const short = said.length > MOST_NOTE ? `${said.slice(0, MOST_NOTE - 1).toWellFormed()}…` : said;
  const aside = notes.length === 0 ? '' : ` [${notes.slice(0, 3).join('; ')}]`;
  return `${head}${short === '' ? '' : ` · ${short}`}${aside}`;
}
