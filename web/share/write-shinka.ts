/** A run as ShinkaEvolve's `programs.sqlite` (schema of 0.0.7). */
import type { ForeignProgram, ForeignRun } from './foreign.ts';
import { loadSqlite } from './sqlite.ts';

const PROGRAMS = [
  ...['id TEXT PRIMARY KEY', 'code TEXT NOT NULL', 'language TEXT NOT NULL', 'parent_id TEXT'],
  ...['archive_inspiration_ids TEXT', 'top_k_inspiration_ids TEXT', 'generation INTEGER NOT NULL'],
  ...[
    'timestamp REAL NOT NULL',
    'code_diff TEXT',
    'combined_score REAL',
    'public_metrics TEXT',
    'private_metrics TEXT',
  ],
  ...['text_feedback TEXT', 'complexity REAL', 'embedding TEXT', 'embedding_pca_2d TEXT', 'embedding_pca_3d TEXT'],
  ...['embedding_cluster_id INTEGER', 'correct BOOLEAN DEFAULT 0', 'children_count INTEGER NOT NULL DEFAULT 0'],
  ...['metadata TEXT', 'migration_history TEXT', 'island_idx INTEGER', 'system_prompt_id TEXT'],
];
const LOG = 'id INTEGER PRIMARY KEY AUTOINCREMENT, generation INTEGER NOT NULL';
const SCHEMA = [
  `CREATE TABLE programs (${PROGRAMS.join(', ')})`,
  'CREATE TABLE archive (program_id TEXT PRIMARY KEY, FOREIGN KEY (program_id) REFERENCES programs(id) ON DELETE CASCADE)',
  'CREATE TABLE metadata_store (key TEXT PRIMARY KEY, value TEXT)',
  `CREATE TABLE generation_event_log (${LOG}, status TEXT NOT NULL, source_job_id TEXT, details TEXT, created_at REAL NOT NULL)`,
  `CREATE TABLE attempt_log (${LOG}, stage TEXT NOT NULL, status TEXT NOT NULL, details TEXT, created_at REAL NOT NULL)`,
];
const PATCH_TYPES: Readonly<Record<string, string>> = { seed: 'init', rewrite: 'full', crossover: 'cross' };
const KNOWN = [
  'cuda',
  'cpp',
  'go',
  'python',
  'rust',
  'swift',
  'json',
  'json5',
  'julia',
  'markdown',
  'fortran',
  'wolfram',
  'verilog',
];

export interface ShinkaWritten {
  readonly bytes: Uint8Array;
  /** What could not be taken over. */
  readonly problems: readonly string[];
}

export async function shinkaWrite(run: ForeignRun, wasm?: string): Promise<ShinkaWritten> {
  const { Database } = await loadSqlite(wasm);
  const database = new Database();
  const problems: string[] = [];
  const { language, entry } = run.experiment;
  if (!KNOWN.includes(language))
    problems.push(`ShinkaEvolve has no ${language}: it shows this run but can't go on with it`);
  if (run.programs.some(({ files }) => files && Object.keys(files).length > 1)) {
    problems.push(`ShinkaEvolve keeps one file a program: ${entry} was written, the others were not`);
  }
  const children = new Map<string, number>();
  for (const { parent, copyOf } of run.programs) {
    if (parent !== null && copyOf === null) children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  try {
    for (const command of SCHEMA) database.run(command);
    for (const key of [
      'generation',
      'timestamp',
      'complexity',
      'parent_id',
      'children_count',
      'island_idx',
      'system_prompt_id',
    ]) {
      database.run(`CREATE INDEX idx_programs_${key} ON programs(${key})`);
    }
    database.run('BEGIN');
    const insert = database.prepare(`INSERT INTO programs VALUES (${PROGRAMS.map(() => '?').join(', ')})`);
    const attempt = database.prepare(
      'INSERT INTO attempt_log (generation, stage, status, details, created_at) VALUES (?, ?, ?, ?, ?)',
    );
    const kept = new Set<string>();
    let last = 0;
    for (const [index, program] of run.programs.entries()) {
      const generation = run.source === 'genesis' && program.copyOf === null ? index : program.generation;
      const code = codeOf(program, entry);
      const time = program.time ?? index;
      if (code === null || program.status === 'invalid-patch' || program.status === 'not-novel') {
        attempt.run([generation, stageOf(program), 'failed', JSON.stringify(attemptOf(program)), time]);
        continue;
      }
      kept.add(program.id);
      last = Math.max(last, generation);
      insert.run(rowOf(program, { code, language, generation, time, children: children.get(program.id) ?? 0 }));
    }
    insert.free();
    attempt.free();
    for (const id of run.archive) if (kept.has(id)) database.run('INSERT INTO archive VALUES (?)', [id]);
    const best = run.programs.find(({ id }) => id === run.best);
    const store: [string, string | null][] = [
      ['last_iteration', String(last)],
      ['best_program_id', best?.id ?? null],
      ['beam_search_parent_id', null],
    ];
    if (best?.fitness != null)
      store.push(['best_score_ever', String(best.fitness)], ['best_score_generation', String(best.generation)]);
    for (const pair of store) database.run('INSERT INTO metadata_store VALUES (?, ?)', pair);
    database.run('COMMIT');
    return { bytes: database.export(), problems };
  } finally {
    database.close();
  }
}

interface Row {
  readonly code: string;
  readonly language: string;
  readonly generation: number;
  readonly time: number;
  readonly children: number;
}

function rowOf(program: ForeignProgram, row: Row): (string | number | null)[] {
  const correct = program.status === 'correct' && program.fitness !== null;
  const metadata = {
    patch_type: PATCH_TYPES[program.operator] ?? program.operator,
    patch_name: program.note.slice(0, 200),
    patch_description: '',
    model_name: program.model,
    api_costs: program.dollars,
    evaluation_seconds: program.seconds,
    compute_time: program.seconds,
    stdout_log: '',
    stderr_log: program.reason,
    genesis: {
      operator: program.operator,
      status: program.status,
      reason: program.reason,
      scored: program.fitness !== null,
    },
    ...(program.copyOf === null ? {} : { _is_island_copy: true, _original_program_id: program.copyOf }),
  };
  return [
    ...[program.id, row.code, row.language, program.copyOf === null ? program.parent : null],
    ...[JSON.stringify(program.inspirations), '[]', row.generation, row.time, null],
    // The column has no way to say "no score" that their code survives; `correct` is what gates it there.
    program.fitness ?? 0,
    ...[JSON.stringify(program.metrics), JSON.stringify(program.hidden), program.feedback, row.code.length],
    ...[JSON.stringify(program.embedding ?? []), '[]', '[]', null, correct ? 1 : 0, row.children],
    ...[JSON.stringify(metadata), '[]', program.island, null],
  ];
}

function attemptOf(program: ForeignProgram): object {
  return {
    node_kind: 'failed_proposal',
    failure_stage: stageOf(program),
    failure_class: program.status === 'not-novel' ? 'novelty_rejected' : 'patch_failed',
    failure_reason: program.reason,
    parent_id: program.parent,
    patch_type: PATCH_TYPES[program.operator] ?? program.operator,
    patch_name: program.note.slice(0, 200),
    model_name: program.model,
    api_costs: program.dollars,
  };
}

function stageOf({ status }: ForeignProgram): string {
  return status === 'not-novel' ? 'novelty' : 'proposal';
}

/** The text of the entry, or of the only file. */
export function codeOf({ files }: ForeignProgram, entry: string): string | null {
  if (files === null) return null;
  return Object.hasOwn(files, entry) ? (files[entry] as string) : (Object.values(files)[0] ?? '');
}
