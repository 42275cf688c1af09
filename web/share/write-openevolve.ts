/** A run as OpenEvolve's checkpoint, and task folders as both engines know them. */
import type { Files } from '../engine/program.ts';
import { extensionOf, safeName, type ForeignProgram, type ForeignRun } from './foreign.ts';
import { codeOf } from './write-shinka.ts';

export interface FilesWritten {
  readonly files: Files;
  readonly problems: readonly string[];
}

/** Paths are relative to the checkpoint's folder. Programs that were never scored are left out: there is no place for them. */
export function openevolveWrite(run: ForeignRun): FilesWritten {
  const { entry, language } = run.experiment;
  const files: Record<string, string> = {};
  const problems: string[] = [];
  const islands: string[][] = [];
  let left = 0;
  let unsafe = 0;
  const kept = new Map<string, ForeignProgram>();
  const depth = new Map<string, number>();
  for (const [index, program] of run.programs.entries()) {
    const code = codeOf(program, entry);
    if (code === null || ['invalid-patch', 'not-novel', 'duplicate', 'proposed'].includes(program.status)) {
      left++;
      continue;
    }
    if (!safeName(program.id)) {
      unsafe++;
      continue;
    }
    kept.set(program.id, program);
    const generation =
      program.parent === null ? 0 : (depth.get(program.parent) ?? 0) + (program.copyOf === null ? 1 : 0);
    depth.set(program.id, generation);
    while (islands.length <= program.island) islands.push([]);
    (islands[program.island] as string[]).push(program.id);
    files[`programs/${program.id}.json`] = JSON.stringify(programFile(program, { code, language, generation, index }));
  }
  if (left > 0)
    problems.push(`${left} proposals that were never scored have no place in a checkpoint and were left out`);
  if (unsafe > 0) problems.push(`${unsafe} programs have ids that can't be file names and were left out`);
  if ([...kept.values()].some((program) => program.files && Object.keys(program.files).length > 1)) {
    problems.push(`OpenEvolve keeps one file a program: ${entry} was written, the others were not`);
  }
  const best = run.best === null ? undefined : kept.get(run.best);
  files['metadata.json'] = JSON.stringify({
    island_feature_maps: islands.map(() => ({})),
    islands,
    archive: run.archive.filter((id) => kept.has(id)),
    best_program_id: best?.id ?? null,
    island_best_programs: islands.map((ids) => bestOf(ids, kept)),
    last_iteration: run.programs.length,
    current_island: 0,
    island_generations: islands.map((ids) => ids.length),
    last_migration_generation: 0,
    feature_stats: {},
  });
  const extension = extensionOf(language);
  if (best) {
    files[`best_program.${extension}`] = codeOf(best, entry) ?? '';
    const { id, metrics, time } = best;
    const info = { id, generation: depth.get(id), metrics: metricsOf(best, metrics), language, timestamp: time ?? 0 };
    files['best_program_info.json'] = JSON.stringify(info, null, 2);
  }
  problems.push('cells of the feature map are not written: OpenEvolve fills them as it goes on');
  return { files, problems };
}

function bestOf(ids: readonly string[], kept: ReadonlyMap<string, ForeignProgram>): string | null {
  let best: ForeignProgram | undefined;
  for (const id of ids) {
    const program = kept.get(id);
    if (program?.fitness != null && program.status === 'correct' && program.fitness > (best?.fitness ?? -Infinity))
      best = program;
  }
  return best?.id ?? null;
}

/** A failure has no combined_score there either; a score of 0 would beat every negative one. */
function metricsOf(program: ForeignProgram, metrics: Readonly<Record<string, number>>): object {
  if (program.status === 'correct' && program.fitness !== null) return { ...metrics, combined_score: program.fitness };
  return { ...metrics, error: program.reason || program.status };
}

function programFile(
  program: ForeignProgram,
  { code, language, generation, index }: { code: string; language: string; generation: number; index: number },
): object {
  const { operator, model, dollars, seconds, inspirations, hidden, status, reason } = program;
  return {
    id: program.id,
    code,
    changes_description: program.note,
    language,
    parent_id: program.parent,
    generation,
    timestamp: program.time ?? index,
    iteration_found: index,
    metrics: metricsOf(program, program.metrics),
    complexity: code.length,
    diversity: 0,
    metadata: {
      changes: program.note,
      island: program.island,
      ...(program.copyOf === null ? {} : { migrant: true }),
      // Not part of their prompts: hidden figures stay hidden.
      genesis: { operator, model, dollars, seconds, inspirations, hidden, status, reason },
    },
    prompts: null,
    artifacts_json: program.feedback === '' ? null : JSON.stringify({ feedback: program.feedback }),
    artifact_dir: null,
    embedding: program.embedding,
  };
}

/** `initial.*`, `evaluate.*` and the best program so far. */
export function folderWrite(run: ForeignRun): FilesWritten {
  const { language, entry, evaluator } = run.experiment;
  const extension = /\.([a-z0-9]+)$/i.exec(entry)?.[1] ?? extensionOf(language);
  const problems: string[] = [];
  const files: Record<string, string> = { [`initial.${extension}`]: run.experiment.files[entry] ?? '' };
  for (const [path, text] of Object.entries(run.experiment.files)) if (path !== entry) files[path] = text;
  if (evaluator === null) problems.push('the run has no evaluator, so there is no evaluate.*');
  else {
    const ending = /\.([a-z0-9]+)$/i.exec(evaluator.entry)?.[1] ?? 'js';
    for (const [path, text] of Object.entries(evaluator.files)) {
      files[path === evaluator.entry ? `evaluate.${ending}` : path] = text;
    }
    if (ending !== 'py')
      problems.push(`evaluate.${ending} is written for Genesis; ShinkaEvolve and OpenEvolve want one in Python`);
  }
  const best = run.programs.find(({ id }) => id === run.best);
  if (best?.files) files[`best.${extension}`] = codeOf(best, entry) ?? '';
  return { files, problems };
}
