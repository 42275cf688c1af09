import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../web/engine/defaults.ts';

const page = readFileSync(new URL('../../docs/engine.md', import.meta.url), 'utf8');

/** Settings that hold settings. */
const NESTED = ['islands', 'models', 'prompts', 'memory', 'novelty', 'evaluation'] as const;

it('docs/engine.md names every setting of a strategy', () => {
  const names = Object.keys(DEFAULT_STRATEGY).filter((name) => !(NESTED as readonly string[]).includes(name));
  for (const name of names) expect(page, name).toContain(`\`${name}\``);
  for (const group of NESTED) {
    for (const name of Object.keys(DEFAULT_STRATEGY[group])) {
      const told = page.includes(`\`${group}.${name}\``) || page.includes(`\`.${name}\``);
      expect(told, `${group}.${name}`).toBe(true);
    }
  }
});
