/**
 * Parts of a task prompt that may evolve: what lies between a line that says PROMPT-BLOCK-START and the next that says
 * PROMPT-BLOCK-END. Without a pair of markers the whole text may change.
 */

export const PROMPT_START = 'PROMPT-BLOCK-START';
export const PROMPT_END = 'PROMPT-BLOCK-END';

export interface PromptParts {
  readonly marked: boolean;
  /** Texts by turns: fixed, editable, fixed, editable, …, fixed. Joined they are the prompt. Markers are in fixed parts. */
  readonly parts: readonly string[];
}

export function promptParts(text: string): PromptParts {
  const parts: string[] = [];
  let fixedFrom = 0;
  let openAt: number | null = null;
  let offset = 0;
  for (const line of text.split('\n')) {
    const next = Math.min(text.length, offset + line.length + 1);
    if (openAt === null && line.includes(PROMPT_START)) openAt = next;
    else if (openAt !== null && line.includes(PROMPT_END)) {
      parts.push(text.slice(fixedFrom, openAt), text.slice(openAt, offset));
      fixedFrom = offset;
      openAt = null;
    }
    offset = next;
  }
  if (parts.length === 0) return { marked: false, parts: ['', text, ''] };
  parts.push(text.slice(fixedFrom));
  return { marked: true, parts };
}

/** The prompt as a model reads it: without the marker lines. */
export function withoutMarkers(text: string): string {
  if (!text.includes(PROMPT_START) && !text.includes(PROMPT_END)) return text;
  return text
    .split('\n')
    .filter((line) => !line.includes(PROMPT_START) && !line.includes(PROMPT_END))
    .join('\n');
}
