import { describe, expect, it } from 'vitest';
import { parseReply } from '../../../../web/engine/patches/reply.ts';
import { programPrompt } from '../../../../web/engine/prompts/index.ts';
import { PROMPT_KINDS } from '../../../../web/engine/prompts/program-prompt.ts';
import { context, experiment, specimen } from './fixtures.ts';

describe('the format asked for', () => {
  it('is one that the reader of replies takes, as the example stands', () => {
    const files = { 'place.js': 'x', 'part.js': 'y' };
    for (const parts of [{}, { experiment: experiment({ files }), parent: specimen(7, { files }) }]) {
      for (const kind of PROMPT_KINDS) {
        const system = programPrompt(kind, context(parts), null)[0]?.content as string;
        const end = Math.max(system.lastIndexOf('</DIFF>'), system.lastIndexOf('</CODE>')) + 7;
        const parsed = parseReply(system.slice(system.indexOf('<NAME>'), end));
        expect(parsed.type, kind).toBe('ok');
        if (parsed.type !== 'ok') continue;
        expect(parsed.name).toBe('short-kebab-name');
        expect(parsed.description).toContain('What changes and why');
        expect(parsed.body.kind).toBe(kind === 'diff' || kind === 'refine' ? 'diff' : 'code');
      }
    }
  });
});
