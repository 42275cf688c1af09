/** A checkpoint of OpenEvolve (Apache-2.0; checked against 0.4.0): metadata.json and programs/*.json. */
import type { Files, Json, ProgramStatus } from '../engine/program.ts';
import { readTask } from './folder.ts';
import {
  extensionOf,
  languageOfPath,
  LONGEST_CODE,
  MOST_PROGRAMS,
  parentsFirst,
  Problems,
  standstill,
  type ForeignProgram,
  type ForeignRead,
} from './foreign.ts';
import { field, isFields, numberOf, readJson, sortMetrics, textOf, textsOf, type Fields } from './json.ts';
import { islandOf } from './shinka.ts';

/** Feature dimensions that OpenEvolve leaves out when it averages metrics to a fitness, by its default settings. */
const FEATURES = ['complexity', 'diversity'];

/** `folder` is a checkpoint, or the folder above it: then the checkpoint with the highest number counts. */
export function readOpenevolve(folder: Files, name = ''): ForeignRead {
  const problems = new Problems();
  const root = checkpointOf(folder);
  if (root === null) return { type: 'failed', problems: ['there is no checkpoint: no programs/*.json in the folder'] };
  const metadata = parsed(folder, `${root}metadata.json`, problems);
  const islands = new Map<string, number>();
  const lists = field(metadata, 'islands');
  for (const [island, ids] of (Array.isArray(lists) ? lists : []).entries()) {
    for (const id of textsOf(ids)) islands.set(id, islandOf(island));
  }
  const found: ForeignProgram[] = [];
  const ids = new Set<string>();
  let language = '';
  const start = `${root}programs/`;
  for (const path of Object.keys(folder).sort()) {
    if (!path.startsWith(start) || !path.endsWith('.json')) continue;
    if (found.length >= MOST_PROGRAMS) {
      problems.add(`there are more than ${MOST_PROGRAMS} programs; the rest was not read`);
      break;
    }
    const from = parsed(folder, path, problems);
    const program = programOf(from, path.slice(root.length), islands, problems);
    if (program === null) continue;
    if (ids.has(program.id)) {
      problems.add(`${path.slice(root.length)}, id: ${program.id} is there twice; the first one counts`);
      continue;
    }
    ids.add(program.id);
    found.push(program);
    if (language === '') language = textOf(from, 'language').toLowerCase();
  }
  if (found.length === 0) return { type: 'failed', problems: ['the checkpoint holds no program', ...problems.list] };
  const order = (p: ForeignProgram): number =>
    typeof p.details['iteration'] === 'number' ? p.details['iteration'] : 0;
  found.sort((a, b) => order(a) - order(b) || (a.time ?? 0) - (b.time ?? 0) || (a.id < b.id ? -1 : 1));
  const byId = new Map(found.map((program) => [program.id, program]));
  const copies = found.map((program) => {
    const original = program.copyOf === null ? undefined : byId.get(program.copyOf);
    return {
      ...program,
      copyOf: original && original.files?.['code'] === program.files?.['code'] ? original.id : null,
    };
  });
  const top = Object.fromEntries(
    Object.entries(folder).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]),
  );
  const task = readTask(top, problems);
  const bestFile = Object.keys(folder).find((path) => path.startsWith(`${root}best_program.`));
  language = task?.language || (language !== 'unknown' ? language : '') || languageOfPath(bestFile ?? '') || 'python';
  const entry = task?.entry ?? `initial_program.${extensionOf(language)}`;
  const ordered = parentsFirst(copies, problems).map((p) => ({ ...p, files: { [entry]: p.files?.['code'] ?? '' } }));
  const archive = textsOf(field(metadata, 'archive')).filter((id) => ids.has(id));
  const best = textOf(metadata, 'best_program_id');
  const failed = byId.get(best);
  if (failed && failed.status !== 'correct') {
    problems.add(
      `OpenEvolve holds ${best} for the best program, though it ${failed.status === 'timed-out' ? 'timed out' : 'failed'}: a failure counts as fitness 0 there`,
    );
  }
  if (found.every((program) => program.metrics['combined_score'] === undefined)) {
    problems.add('no program has a combined_score, so fitness is the mean of the metrics, as OpenEvolve has it');
  }
  problems.add('OpenEvolve keeps neither inspirations nor costs nor failed replies, so they are not there');
  const stop = standstill(language);
  if (stop !== null) problems.add(stop);
  const last = numberOf(metadata, 'last_iteration');
  return {
    type: 'ok',
    run: {
      source: 'openevolve',
      version: null,
      experiment: {
        name: name || 'openevolve-run',
        language,
        entry,
        files: task?.files ?? ordered[0]?.files ?? {},
        evaluator: task?.evaluator ?? null,
        summary: '',
      },
      programs: ordered,
      archive,
      best: ids.has(best) ? best : null,
      ending: last === null ? '' : `checkpoint after iteration ${last}`,
      problems: problems.list,
    },
  };
}

/** What is before `metadata.json` and `programs/` in the paths; null where there is neither. */
function checkpointOf(folder: Files): string | null {
  const roots = new Set<string>();
  for (const path of Object.keys(folder)) {
    const match = /^(.*\/)?programs\/[^/]+\.json$/.exec(path);
    if (match) roots.add(match[1] ?? '');
  }
  const number = (root: string): number => Number(/checkpoint_(\d+)\/$/.exec(root)?.[1] ?? -1);
  return [...roots].sort((a, b) => number(b) - number(a) || (a < b ? -1 : 1))[0] ?? null;
}

function parsed(folder: Files, path: string, problems: Problems): Fields {
  if (!Object.hasOwn(folder, path)) {
    problems.add(`there is no ${path}`);
    return {};
  }
  const found = readJson(folder[path] as string);
  if (found.type === 'failed') problems.add(`${path} ${found.reason}`);
  else if (!isFields(found.value)) problems.add(`${path} must hold an object`);
  else {
    if (found.nonFinite > 0) problems.add(`${path} holds ${found.nonFinite} numbers that are not finite; left out`);
    return found.value;
  }
  return {};
}

function programOf(
  from: Fields,
  path: string,
  islands: ReadonlyMap<string, number>,
  problems: Problems,
): ForeignProgram | null {
  const id = field(from, 'id');
  const code = field(from, 'code');
  if (Object.keys(from).length === 0) return null;
  if (typeof id !== 'string' || id === '' || id.length > 200) {
    problems.add(`${path}, id: must be a text of at most 200 characters; the program was left out`);
    return null;
  }
  if (typeof code !== 'string' || code.length > LONGEST_CODE) {
    problems.add(`${path}, code: must be a text of at most ${LONGEST_CODE} characters; the program was left out`);
    return null;
  }
  const given = field(from, 'metrics');
  if (!isFields(given)) problems.add(`${path}, metrics: must be an object; it was left out`);
  const raw = isFields(given) ? given : {};
  const { numbers, rest } = sortMetrics(raw);
  const data = field(from, 'metadata');
  const metadata = isFields(data) ? data : {};
  const ownData = field(metadata, 'genesis');
  const own = isFields(ownData) ? ownData : {};
  const [status, reason] = outcomeOf(raw, own);
  const fitness = status === 'correct' ? fitnessOf(numbers) : null;
  const hidden = field(own, 'hidden');
  const embedding = field(from, 'embedding');
  const artifacts = field(from, 'artifacts_json');
  const island = numberOf(metadata, 'island');
  const parent = textOf(from, 'parent_id') || null;
  return {
    id,
    parent,
    copyOf: field(metadata, 'migrant') === true ? parent : null,
    inspirations: textsOf(field(own, 'inspirations')),
    island: islands.get(id) ?? islandOf(island),
    generation: Math.max(0, Math.floor(numberOf(from, 'generation') ?? 0)),
    files: { code },
    status: status === 'correct' && fitness === null ? 'incorrect' : status,
    reason: status === 'correct' && fitness === null ? 'it has no score' : reason,
    fitness,
    metrics: status === 'correct' ? numbers : withoutFlags(numbers),
    hidden: isFields(hidden) ? sortMetrics(hidden).numbers : {},
    feedback: typeof artifacts === 'string' ? feedbackOf(artifacts, path, problems) : '',
    operator: textOf(own, 'operator') || (parent === null ? 'seed' : 'imported'),
    note: (textOf(metadata, 'changes') || textOf(from, 'changes_description')).slice(0, 2_000),
    model: textOf(own, 'model') || null,
    dollars: Math.max(0, numberOf(own, 'dollars') ?? 0),
    time: numberOf(from, 'timestamp'),
    seconds: Math.max(0, numberOf(own, 'seconds') ?? 0),
    embedding:
      Array.isArray(embedding) && embedding.every((x) => typeof x === 'number') ? (embedding as number[]) : null,
    details: { ...rest, ...iteration(from) },
  };
}

function iteration(from: Fields): Record<string, Json> {
  const found = numberOf(from, 'iteration_found');
  return found === null ? {} : { iteration: found };
}

/** What an evaluator's or the engine's marks for a failure say; the numbers that come with them are no scores. */
function outcomeOf(metrics: Fields, own: Fields): readonly [ProgramStatus, string] {
  const said = textOf(own, 'status');
  const named = (['incorrect', 'crashed', 'timed-out', 'out-of-memory', 'build-failed', 'rejected'] as const).find(
    (s) => s === said,
  );
  if (named !== undefined) return [named, textOf(own, 'reason')];
  if (field(metrics, 'timeout') === true || field(metrics, 'timeout') === 1)
    return ['timed-out', 'the evaluation timed out'];
  const error = field(metrics, 'error');
  if (typeof error === 'string' && error !== '') return ['crashed', error.slice(0, 2_000)];
  const failedStage = Object.keys(metrics).find((key) => /^stage\d+_passed$/.test(key) && metrics[key] === 0);
  // A metric that is called "error" may be a real one; the engine's own mark is 0 and has no score beside it.
  if (error === 0 && field(metrics, 'combined_score') === undefined && Object.keys(metrics).every(isFlag)) {
    return ['crashed', 'the evaluation failed'];
  }
  if (failedStage !== undefined) return ['crashed', `${failedStage.replace('_passed', '')} of the evaluation failed`];
  return ['correct', ''];
}

function isFlag(key: string): boolean {
  return key === 'error' || key === 'timeout' || /^stage\d+_passed$/.test(key);
}

function withoutFlags(numbers: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([key]) => !isFlag(key)));
}

function fitnessOf(numbers: Readonly<Record<string, number>>): number | null {
  const score = numbers['combined_score'];
  if (score !== undefined) return score;
  const all = Object.entries(numbers);
  const plain = all.filter(([key]) => !FEATURES.includes(key));
  const used = plain.length > 0 ? plain : all;
  if (used.length === 0) return null;
  const mean = used.reduce((sum, [, value]) => sum + value, 0) / used.length;
  return Number.isFinite(mean) ? mean : null;
}

function feedbackOf(text: string, path: string, problems: Problems): string {
  const found = readJson(text);
  if (found.type === 'failed' || !isFields(found.value)) {
    problems.add(
      `${path}, artifacts_json: ${found.type === 'failed' ? found.reason : 'must hold an object'}; it was left out`,
    );
    return '';
  }
  const lines = Object.entries(found.value).map(([key, value]) =>
    typeof value === 'string' ? `${key}: ${value}` : `${key}: ${JSON.stringify(value)}`,
  );
  return lines.join('\n').slice(0, 100_000);
}
