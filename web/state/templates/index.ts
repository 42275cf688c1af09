/** Folders of new experiments, one for each language. Fetched when somebody begins one. */
import type { Language } from '../../engine/experiment.ts';
import { endingOf, languageTitle } from '../languages.ts';
import type { Folder } from '../manifest.ts';
import { EVALUATOR } from './evaluator.ts';
import { PYTHON_WITH_C, SEEDS } from './seeds.ts';

/** A language, or several that work together. */
export type TemplateId = Language | 'python-c';

export const TEMPLATES: readonly { readonly id: TemplateId; readonly title: string }[] = [
  ...(['javascript', 'typescript', 'python', 'c', 'cpp', 'assemblyscript', 'wat', 'rust', 'go', 'zig'] as const).map(
    (id) => ({ id, title: languageTitle(id) }),
  ),
  { id: 'python-c', title: 'Python with a C kernel' },
];

/** Languages that a template is written in. */
export function languagesIn(id: TemplateId): readonly Language[] {
  return id === 'python-c' ? ['python', 'c'] : [id];
}

export function templateFolder(id: TemplateId, name: string, title: string): Folder {
  const language = languagesIn(id)[0] as Language;
  const files: Record<string, string> =
    id === 'python-c'
      ? { 'seed.py': PYTHON_WITH_C.python, 'kernel.c': PYTHON_WITH_C.c }
      : { [`seed.${endingOf(id)}`]: SEEDS[id] };
  const manifest = {
    v: 1,
    name,
    title,
    summary: 'A formula for a curve that runs close by the points of another.',
    language,
    entry: Object.keys(files)[0],
    files: Object.keys(files),
    evaluator: { entry: 'evaluator.js', files: ['evaluator.js'] },
    goal: { metric: 'error', label: 'Error', better: 'lower', unit: '', digits: 3 },
    limits: { milliseconds: 2000, megabytes: 64, outputBytes: 10_000, messages: 2, fuel: fuelOf(language) },
    strategy: { operators: operatorsOf(language) },
    budget: { evaluations: null, milliseconds: null },
  };
  return { ...files, 'evaluator.js': EVALUATOR, 'experiment.json': `${JSON.stringify(manifest, null, 2)}\n` };
}

/** Go starts a runtime of its own before it does anything else. */
function fuelOf(language: Language): number {
  return language === 'go' ? 50_000_000 : 100_000;
}

/** Several variants share a realm only where it is JavaScript's; numbers are lifted out of sources, not out of binaries. */
function operatorsOf(language: Language): Record<string, number> {
  switch (language) {
    case 'javascript':
    case 'typescript':
      return { brood: 0.4, mutate: 0.35, splice: 0.1, merge: 0.05, tune: 0.1 };
    case 'python':
      return { mutate: 0.7, splice: 0.1, merge: 0.1, tune: 0.1 };
    case 'c':
    case 'cpp':
    case 'rust':
    case 'go':
    case 'zig':
    case 'assemblyscript':
    case 'wat':
      return { mutate: 0.8, splice: 0.1, merge: 0.1 };
    default:
      return language satisfies never;
  }
}
