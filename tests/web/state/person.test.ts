import { describe, expect, it } from 'vitest';
import { parseReply } from '../../../web/engine/patches/reply.ts';
import { applyWhole } from '../../../web/engine/patches/whole.ts';
import { editableOf, type Editable } from '../../../web/engine/patches/editable.ts';
import type { Files } from '../../../web/engine/program.ts';
import type { PersonCall } from '../../../web/models/person.ts';
import { jobOf, PersonDesk, programOf, replyOf } from '../../../web/state/person.svelte.ts';
import { RunView } from '../../../web/state/run-view.svelte.ts';
import { requestFor } from '../models/page/request.ts';

/** All of every file may change. */
function applied(before: Files, after: Files): Files {
  const reply = replyOf(before, after, 'why <not>');
  const parsed = parseReply(reply ?? '');
  if (parsed.type !== 'ok') throw new Error(parsed.problem);
  expect(parsed.name).toBe('by-hand');
  const editable = editableOf(
    before,
    () => true,
    (_, text) => ({ type: 'ok', marked: false, ranges: [{ start: 0, end: text.length }] }),
  ) as Editable;
  const patched = applyWhole(parsed.body.text, before, editable);
  if (patched.type !== 'ok') throw new Error(patched.problem);
  return patched.files;
}

describe('a reply made of a program changed by hand', () => {
  it('gives that program', () => {
    const before = { 'seed.js': 'export const f = 1;\n' };
    expect(applied(before, { 'seed.js': 'export const f = 2;\n' })).toEqual({ 'seed.js': 'export const f = 2;\n' });
  });

  it('names the files that changed where there are several, and fences what has fences', () => {
    const before = { 'a.js': 'export const a = 1;\n', 'b.js': 'export const b = 1;\n' };
    const text = 'export const b = "```";\n';
    expect(replyOf(before, { ...before, 'b.js': text }, '')).not.toContain('FILE: a.js');
    expect(applied(before, { ...before, 'b.js': text })['b.js']).toBe(text);
  });

  it('is none where nothing changed', () => {
    expect(replyOf({ 'a.js': 'x' }, { 'a.js': 'x' }, 'words')).toBe(null);
  });
});

describe('the desk', () => {
  it('shows the first call, knows its job, and says nothing of programs that are not there', async () => {
    const desk = new PersonDesk();
    const reply = desk.model.complete(requestFor('x'), new AbortController().signal, () => {});
    const call = desk.call as PersonCall;
    expect(jobOf(call)).toBe(7);
    expect(programOf(call, new RunView(null))).toBe(null);
    desk.send(call, 'text');
    expect(await reply).toMatchObject({ text: 'text' });
    expect(desk.call).toBe(null);
    expect(desk.outcome(new RunView(null))).toBe('');
  });
});
