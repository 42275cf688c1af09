import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../web/engine/defaults.ts';
import { Reader } from '../../web/engine/reader.ts';
import { readStrategy } from '../../web/engine/strategy-validation.ts';
import { root } from './sources.ts';

const page = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');
const engine = page('engine.md');

/** Settings that hold data under names of their own, and have one row. */
const OPEN = new Set([
  ...['operators', 'models.ensemble', 'models.prices', 'archive.criteria', 'inspirations.mix'],
  'vocabulary.functions',
]);

/** Path of each setting with its default as JSON. */
function settingsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || OPEN.has(path)) {
    return [[path, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) => settingsOf(inner, path === '' ? key : `${path}.${key}`));
}

/** Rows `| path | default | …` of the reference. */
function rowsOf(text: string): [string, string][] {
  const section = text.slice(text.indexOf('\n## Settings'), text.indexOf('\nFields of the members'));
  return [...section.matchAll(/^\| `([\w.]+)`(?: ◦)? *\| `([^|]*?)` *\|/gm)].map(([, path, value]) => [
    path as string,
    value as string,
  ]);
}

/** Names that a setting takes, as its reader gives them to who asks for another. */
function namesOf(strategy: object, path: string): string[] {
  const read = new Reader();
  readStrategy(read, strategy, 'strategy');
  const problem = read.problems.find((each) => each.startsWith(`strategy.${path}: must be one of `)) ?? '';
  return [...problem.replace(/^.*?must be one of |, not .*$/g, '').matchAll(/[a-z]+(?:-[a-z]+)*/g)].map(
    ([name]) => name,
  );
}

describe('docs/engine.md', () => {
  it('has each setting with its default, and no other', () => {
    expect(Object.fromEntries(rowsOf(engine))).toEqual(Object.fromEntries(settingsOf(DEFAULT_STRATEGY)));
  });

  it.each([
    ['archive.type', { archive: { type: '?' } }],
    ['selection.type', { selection: { type: '?' } }],
    ['bandit.type', { bandit: { type: '?' } }],
    ['evaluation.stop.type', { evaluation: { stop: { type: '?' } } }],
    ['islands.topology', { islands: { topology: '?' } }],
    ['islands.sampler', { islands: { sampler: '?' } }],
    ['islands.onStagnation', { islands: { onStagnation: '?' } }],
    ['novelty.vectors', { novelty: { vectors: '?' } }],
  ])('names all that %s can be', (path, strategy) => {
    const names = namesOf(strategy, path);
    expect(names.length).toBeGreaterThan(2);
    const row = engine.split('\n').find((line) => line.startsWith(`| \`${path}\``)) ?? '';
    expect(names.filter((name) => !row.includes(`\`${name}\``) && !row.includes(`"${name}"`))).toEqual([]);
  });
});

describe('files that are named', () => {
  /** Some stand for a file of any experiment, or for one that is built. */
  const OTHERS = new Set(['experiment.json', 'seed.js', 'evaluator.js', 'sandbox.html']);
  const PLACES = ['', 'web/engine/', 'tests/web/engine/', 'docs/'];
  it.each(['engine.md', 'features.md', 'architecture.md'])('are there: %s', (name) => {
    const named = [...page(name).matchAll(/`([\w@.-]+(?:\/[\w@.-]+)*\.(?:ts|mjs|svelte|html|md|json|js))`/g)];
    expect(named.length).toBeGreaterThan(5);
    const missing = named
      .map(([, path]) => path as string)
      .filter((path) => !OTHERS.has(path))
      .filter((path) => !PLACES.some((place) => existsSync(join(root, place, path))));
    expect([...new Set(missing)]).toEqual([]);
  });
});
