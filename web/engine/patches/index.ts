/** A model's reply applied to a program. */
import { deepest, MOST_DEPTH } from './depth.ts';
import { parseReply } from './reply.ts';
import { applySearchReplace } from './search-replace.ts';
import { applyWhole } from './whole.ts';
import type { Files } from '../program.ts';
import type { Editable } from './editable.ts';
import type { Patched } from './patched.ts';

export type AppliedReply =
  | (Patched & { readonly type: 'ok'; readonly name: string; readonly description: string })
  | { readonly type: 'failed'; readonly problem: string };

/** `cut`: the reply was ended by its length. A diff is taken where whole texts were asked for, and the other way round. */
export function applyReply(reply: string, cut: boolean, files: Files, editable: Editable): AppliedReply {
  const parsed = parseReply(reply, cut);
  if (parsed.type === 'failed') return parsed;
  const { kind, text } = parsed.body;
  const patched = kind === 'diff' ? applySearchReplace(text, files, editable) : applyWhole(text, files, editable);
  if (patched.type === 'ok') {
    const deep = patched.edits.find(({ file }) => deepest(patched.files[file] as string) > MOST_DEPTH);
    if (deep) return { type: 'failed', problem: `${deep.file} would nest more than ${MOST_DEPTH} brackets.` };
  }
  return patched.type === 'failed' ? patched : { ...patched, name: parsed.name, description: parsed.description };
}
