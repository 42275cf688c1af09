/** Task folders of other engines: a first program and its evaluator, told by their names. */
import type { Files } from '../engine/program.ts';
import { languageOfPath, Problems, slug, standstill, type ForeignRead } from './foreign.ts';

export interface Task {
  readonly entry: string;
  readonly language: string;
  readonly files: Files;
  readonly evaluator: { readonly files: Files; readonly entry: string } | null;
}

const FIRST = /^(initial|initial_program|init_program)\.[a-z0-9]+$/i;
const EVALUATOR = /^(evaluate|evaluator)\.[a-z0-9]+$/i;

/** Files at the folder's top; null where there is no first program. */
export function readTask(folder: Files, problems: Problems): Task | null {
  const names = Object.keys(folder).sort();
  const entry = names.find((name) => FIRST.test(name));
  if (entry === undefined) return null;
  const others = names.filter((name) => FIRST.test(name) && name !== entry);
  if (others.length > 0)
    problems.add(`there is more than one first program; ${entry} was taken, not ${others.join(', ')}`);
  const evaluator = names.find((name) => EVALUATOR.test(name));
  return {
    entry,
    language: languageOfPath(entry) ?? '',
    files: { [entry]: folder[entry] as string },
    evaluator:
      evaluator === undefined ? null : { files: { [evaluator]: folder[evaluator] as string }, entry: evaluator },
  };
}

/** `initial.* + evaluate.*` (ShinkaEvolve, Genesis) or `initial_program.* + evaluator.*` (OpenEvolve), with no run. */
export function readFolder(folder: Files, name = ''): ForeignRead {
  const problems = new Problems();
  const task = readTask(folder, problems);
  if (task === null)
    return { type: 'failed', problems: ['there is no initial.* and no initial_program.* in the folder'] };
  if (task.evaluator === null)
    problems.add('there is no evaluate.* and no evaluator.* beside it, so nothing can be scored');
  else if (languageOfPath(task.evaluator.entry) === 'python') {
    problems.add(
      `${task.evaluator.entry} is Python: it can't score here yet, and needs the job form or a Python sandbox`,
    );
  }
  const stop = standstill(task.language);
  if (stop !== null) problems.add(stop);
  return {
    type: 'ok',
    run: {
      source: 'folder',
      version: null,
      experiment: { ...task, name: slug(name || 'task'), summary: '' },
      programs: [],
      archive: [],
      best: null,
      ending: '',
      problems: problems.list,
    },
  };
}
