/**
 * A run of ShinkaEvolve (Sakana AI, Apache-2.0; checked against 0.0.7): its `programs.sqlite`, and the task folder around it if given.
 */
import type { Files, Json, ProgramStatus } from '../engine/program.ts';
import { readTask } from './folder.ts';
import {
  extensionOf,
  LONGEST_CODE,
  MOST_PROGRAMS,
  parentsFirst,
  Problems,
  standstill,
  type ForeignProgram,
  type ForeignRead,
} from './foreign.ts';
import { field, isFields, numberOf, readJson, sortMetrics, textOf, textsOf, type Fields } from './json.ts';
import { columnsOf, openSqlite, rowsOf, wordsOf, type Database, type SqlValue } from './sqlite.ts';

const NEEDED = ['id', 'code'] as const;
const COLUMNS = [
  ...['id', 'code', 'language', 'parent_id', 'archive_inspiration_ids', 'top_k_inspiration_ids', 'generation'],
  ...['timestamp', 'combined_score', 'public_metrics', 'private_metrics', 'text_feedback', 'embedding', 'correct'],
  ...['metadata', 'island_idx'],
] as const;
const OPERATORS: Readonly<Record<string, string>> = { init: 'seed', full: 'rewrite', cross: 'crossover' };

/** `task` is the folder with `initial.*` and `evaluate.*`; empty where there is none. `wasm`: see sqlite.ts. */
export async function readShinka(bytes: Uint8Array, task: Files = {}, name = '', wasm?: string): Promise<ForeignRead> {
  const opened = await openSqlite(bytes, wasm);
  if (opened.type === 'failed') return { type: 'failed', problems: [opened.problem] };
  const { database } = opened;
  try {
    return read(database, task, name);
  } catch (error) {
    return { type: 'failed', problems: [`the SQLite file is damaged: ${wordsOf(error)}`] };
  } finally {
    database.close();
  }
}

function read(database: Database, task: Files, name: string): ForeignRead {
  const problems = new Problems();
  const columns = columnsOf(database, 'programs');
  if (columns === null)
    return { type: 'failed', problems: ['there is no table "programs": not a run of ShinkaEvolve'] };
  if (!Array.isArray(columns)) return { type: 'failed', problems: [columns.problem] };
  const missing = NEEDED.filter((column) => !columns.includes(column));
  if (missing.length > 0) return { type: 'failed', problems: [`programs has no column ${missing.join(', ')}`] };
  const absent = COLUMNS.filter((column) => !columns.includes(column));
  if (absent.length > 0) problems.add(`programs has no column ${absent.join(', ')}; defaults stand in`);

  const programs: ForeignProgram[] = [];
  const ids = new Set<string>();
  let language = '';
  let row = 0;
  const wanted = COLUMNS.filter((column) => columns.includes(column)).map((column) => `"${column}"`);
  for (const values of rowsOf(database, `SELECT ${wanted.join(', ')} FROM programs NOT INDEXED`)) {
    row++;
    if (row > MOST_PROGRAMS) {
      problems.add(`programs has more than ${MOST_PROGRAMS} rows; the rest was not read`);
      break;
    }
    const program = programOf(values, row, problems);
    if (program === null) continue;
    if (ids.has(program.id)) {
      problems.add(`programs row ${row}, id: ${program.id} is there twice; the first one counts`);
      continue;
    }
    ids.add(program.id);
    programs.push(program);
    if (language === '' && typeof values.language === 'string') language = values.language.toLowerCase();
  }
  if (programs.length === 0) return { type: 'failed', problems: ['programs holds no program', ...problems.list] };
  programs.push(...failedAttempts(database, programs, problems));
  programs.sort((a, b) => a.generation - b.generation || (a.time ?? 0) - (b.time ?? 0) || (a.id < b.id ? -1 : 1));

  const archive: string[] = [];
  for (const { program_id: id } of plain(database, 'archive', ['program_id'], problems)) {
    if (typeof id === 'string' && ids.has(id)) archive.push(id);
    else problems.add(`archive names ${String(id)}, which is not among the programs`);
  }
  const stored = new Map<string, SqlValue>();
  for (const { key, value } of plain(database, 'metadata_store', ['key', 'value'], problems)) {
    if (typeof key === 'string') stored.set(key, value ?? null);
  }
  const best = stored.get('best_program_id');
  const given = readTask(task, problems);
  const path = given?.entry ?? `initial.${extensionOf(language || 'python')}`;
  const named = programs.map((program) => ({ ...program, files: program.files && renamed(program.files, path) }));
  const ordered = parentsFirst(named, problems);
  const first = ordered.find((program) => program.files !== null);
  const stop = standstill(language);
  if (stop !== null) problems.add(stop);
  return {
    type: 'ok',
    run: {
      source: 'shinka',
      version: null,
      experiment: {
        name: name || 'shinka-run',
        language: language || 'python',
        entry: path,
        files: given?.files ?? first?.files ?? {},
        evaluator: given?.evaluator ?? null,
        summary: '',
      },
      programs: ordered,
      archive,
      best: typeof best === 'string' && ids.has(best) ? best : null,
      ending: endingOf(database, problems),
      problems: problems.list,
    },
  };
}

/** The file is named once the task is known. */
function renamed(files: Files, path: string): Files {
  return { [path]: files['code'] ?? '' };
}

function programOf(values: Record<string, SqlValue>, row: number, problems: Problems): ForeignProgram | null {
  const at = (column: string): string => `programs row ${row}, ${column}`;
  const { id, code } = values;
  if (typeof id !== 'string' || id === '' || id.length > 200) {
    problems.add(`${at('id')}: must be a text of at most 200 characters; the row was left out`);
    return null;
  }
  if (typeof code !== 'string' || code.length > LONGEST_CODE) {
    problems.add(`${at('code')}: must be a text of at most ${LONGEST_CODE} characters; the row was left out`);
    return null;
  }
  const json = (column: string): Json | null => {
    const text = values[column];
    if (text === null || text === undefined || text === '') return null;
    const found = typeof text === 'string' ? readJson(text) : null;
    if (found === null || found.type === 'failed') {
      problems.add(`${at(column)}: ${found?.reason ?? 'must be a text'}; it was left out`);
      return null;
    }
    if (found.nonFinite > 0)
      problems.add(`${at(column)}: holds ${found.nonFinite} numbers that are not finite; left out`);
    return found.value;
  };
  const fields = (column: string): Fields => {
    const value = json(column);
    if (value !== null && !isFields(value)) problems.add(`${at(column)}: must be an object; it was left out`);
    return isFields(value) ? value : {};
  };
  const number = (column: string): number | null => {
    const value = values[column];
    if (value === null || value === undefined) return null;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    problems.add(`${at(column)}: must be a finite number; it was left out`);
    return null;
  };
  const metadata = fields('metadata');
  const own = field(metadata, 'genesis');
  const extra = isFields(own) ? own : {};
  const open = sortMetrics(fields('public_metrics'));
  const closed = sortMetrics(fields('private_metrics'));
  const score = number('combined_score');
  const correct = values.correct === 1 && score !== null;
  if (values.correct === 1 && score === null) {
    problems.add(`${at('combined_score')}: a correct program without a score counts as incorrect`);
  }
  const scored = field(extra, 'scored') !== false && (correct || score !== 0 || Object.keys(open.numbers).length > 0);
  const [status, reason] = correct ? (['correct', ''] as const) : failureOf(metadata, extra);
  const embedding = json('embedding');
  const vector =
    Array.isArray(embedding) && embedding.every((x): x is number => typeof x === 'number') ? embedding : [];
  const kind = textOf(metadata, 'patch_type');
  const original = textOf(metadata, '_original_program_id');
  const isCopy = field(metadata, '_is_island_copy') === true && original !== '' && original !== id;
  const parent = values.parent_id;
  return {
    id,
    parent: typeof parent === 'string' && parent !== '' ? parent : null,
    copyOf: isCopy ? original : null,
    inspirations: [...textsOf(json('archive_inspiration_ids')), ...textsOf(json('top_k_inspiration_ids'))],
    island: islandOf(number('island_idx')),
    generation: Math.max(0, Math.floor(number('generation') ?? 0)),
    files: field(metadata, 'node_kind') === 'failed_proposal' && code === '' ? null : { code },
    status,
    reason,
    fitness: scored && status !== 'invalid-patch' && status !== 'not-novel' ? score : null,
    metrics: open.numbers,
    hidden: closed.numbers,
    feedback: typeof values.text_feedback === 'string' ? values.text_feedback.slice(0, 100_000) : '',
    operator:
      textOf(extra, 'operator') || (Object.hasOwn(OPERATORS, kind) ? (OPERATORS[kind] as string) : kind) || 'imported',
    note: [textOf(metadata, 'patch_name'), textOf(metadata, 'patch_description')]
      .filter(Boolean)
      .join(': ')
      .slice(0, 2_000),
    model: textOf(metadata, 'model_name').slice(0, 200) || null,
    dollars: costOf(metadata),
    time: number('timestamp'),
    seconds: Math.max(0, numberOf(metadata, 'evaluation_seconds') ?? numberOf(metadata, 'compute_time') ?? 0),
    embedding: vector.length > 0 ? vector : null,
    details: { ...open.rest },
  };
}

export function islandOf(value: number | null): number {
  return value !== null && Number.isInteger(value) && value >= 0 && value < 1_000 ? value : 0;
}

function costOf(from: Fields): number {
  let sum = 0;
  for (const key of ['api_costs', 'embed_cost', 'novelty_cost', 'meta_cost'])
    sum += Math.max(0, numberOf(from, key) ?? 0);
  return sum;
}

const OWN_FAILURES: readonly ProgramStatus[] = [
  'build-failed',
  'crashed',
  'timed-out',
  'out-of-memory',
  'rejected',
  'duplicate',
];

function failureOf(metadata: Fields, extra: Fields): readonly [ProgramStatus, string] {
  const own = OWN_FAILURES.find((status) => status === textOf(extra, 'status'));
  if (own !== undefined) return [own, textOf(extra, 'reason')];
  const reason = textOf(metadata, 'failure_reason') || textOf(metadata, 'stderr_log');
  const short = reason.slice(-2_000);
  if (field(metadata, 'node_kind') === 'failed_proposal') {
    if (textOf(metadata, 'failure_class') === 'novelty_rejected') return ['not-novel', short];
    return [textOf(metadata, 'failure_stage') === 'evaluation_submit' ? 'crashed' : 'invalid-patch', short];
  }
  if (field(metadata, 'results_missing') === true) return ['crashed', short || 'the evaluation left no result'];
  if (/timed? ?out|TimeoutError/i.test(reason)) return ['timed-out', short];
  if (/MemoryError|out of memory/i.test(reason)) return ['out-of-memory', short];
  return /Traceback|Error:/.test(reason)
    ? ['crashed', short]
    : ['incorrect', short || 'the evaluator found it incorrect'];
}

/** Proposals that came to nothing and have no row among the programs. */
function failedAttempts(database: Database, programs: readonly ForeignProgram[], problems: Problems): ForeignProgram[] {
  const kept = new Set(
    programs.filter(({ status }) => status === 'invalid-patch' || status === 'not-novel').map((p) => p.generation),
  );
  const byId = new Map(programs.map((program) => [program.id, program]));
  const failed: ForeignProgram[] = [];
  let row = 0;
  for (const values of plain(
    database,
    'attempt_log',
    ['generation', 'stage', 'status', 'details', 'created_at'],
    problems,
  )) {
    row++;
    const { generation, status, created_at: created } = values;
    if (status !== 'failed' || typeof generation !== 'number' || kept.has(generation)) continue;
    const found = typeof values.details === 'string' ? readJson(values.details) : null;
    if (found?.type === 'failed') problems.add(`attempt_log row ${row}, details: ${found.reason}`);
    const details = found?.type === 'ok' && isFields(found.value) ? found.value : {};
    if (textOf(details, 'node_kind') !== 'failed_proposal') continue;
    const parent = textOf(details, 'parent_id');
    const [outcome, reason] = failureOf(details, {});
    failed.push({
      id: `attempt-${row}`,
      parent: parent === '' ? null : parent,
      copyOf: null,
      inspirations: [
        ...textsOf(field(details, 'archive_inspiration_ids')),
        ...textsOf(field(details, 'top_k_inspiration_ids')),
      ],
      island: byId.get(parent)?.island ?? 0,
      generation: Math.max(0, Math.floor(generation)),
      files: null,
      status: outcome,
      reason,
      fitness: null,
      metrics: {},
      hidden: {},
      feedback: '',
      operator: textOf(details, 'patch_type') || 'imported',
      note: textOf(details, 'patch_name'),
      model: textOf(details, 'model_name') || null,
      dollars: costOf(details),
      time: typeof created === 'number' && Number.isFinite(created) ? created : null,
      seconds: 0,
      embedding: null,
      details: {},
    });
  }
  return failed;
}

/** Rows of a table that may be missing or be of another make. */
function* plain(
  database: Database,
  table: string,
  wanted: readonly string[],
  problems: Problems,
): Generator<Record<string, SqlValue>, undefined> {
  const columns = columnsOf(database, table);
  if (columns === null) return void problems.add(`there is no table ${table}`);
  if (!Array.isArray(columns)) return void problems.add(columns.problem);
  const missing = wanted.filter((column) => !columns.includes(column));
  if (missing.length > 0) return void problems.add(`${table} has no column ${missing.join(', ')}; it was left out`);
  let row = 0;
  for (const values of rowsOf(database, `SELECT ${wanted.map((w) => `"${w}"`).join(', ')} FROM ${table} NOT INDEXED`)) {
    if (++row > MOST_PROGRAMS)
      return void problems.add(`${table} has more than ${MOST_PROGRAMS} rows; the rest was not read`);
    yield values;
  }
}

function endingOf(database: Database, problems: Problems): string {
  const counts = new Map<string, number>();
  for (const { status } of plain(database, 'generation_event_log', ['status'], problems)) {
    const words = String(status).slice(0, 100);
    if (counts.size < 20 || counts.has(words)) counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([status, count]) => `${status.replaceAll('_', ' ')} ×${count}`).join(', ');
}
