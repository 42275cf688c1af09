/** Prompts for the operators that ask a model. */
import { inputsOf, programSignature } from './program-prompt.ts';
import { RETRY_SHARE } from './retry.ts';
import { render } from './signature.ts';
import type { Message } from '../models/model.ts';
import type { OperatorContext } from '../operators/operator.ts';
import type { PromptKind } from './program-prompt.ts';
import type { Rendered } from './signature.ts';

export type { PromptKind } from './program-prompt.ts';
export { retryMessages } from './retry.ts';
export { VARIANTS } from './variants.ts';

/**
 * System and user message that ask for one program, in at most `context.model.promptTokens` (estimated from above), some of them
 * left for retries. `variant`
 * names the instruction of a rewrite; other kinds have none. Throws where the context has no model.
 */
export function programPrompt(kind: PromptKind, context: OperatorContext, variant: string | null): Message[] {
  return [...renderProgram(kind, context, variant).messages];
}

export type PromptFit =
  | { readonly type: 'fits'; readonly tokens: number }
  | { readonly type: 'too-long'; readonly needed: number; readonly most: number; readonly reason: string };

/** Whether task, rules and the current program, none of which is ever cut, fit into the prompt. */
export function promptFits(kind: PromptKind, context: OperatorContext, variant: string | null): PromptFit {
  const { fits, tokens, required } = renderProgram(kind, context, variant);
  if (fits) return { type: 'fits', tokens };
  const most = context.model?.promptTokens ?? 0;
  return {
    type: 'too-long',
    needed: required,
    most,
    reason: `task, rules and program ${context.parent.id} need up to ${required} tokens, and a prompt may have ${most}`,
  };
}

/** With what was shortened, for people. */
export function renderProgram(kind: PromptKind, context: OperatorContext, variant: string | null): Rendered {
  const inputs = inputsOf(context, variant);
  const most = inputs.model.promptTokens;
  return render(programSignature(kind, context.experiment), inputs, most, Math.floor(RETRY_SHARE * most));
}
