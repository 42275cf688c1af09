/** Finished runs as lines of JSON in a file, so that a study that was stopped goes on where it was. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { ControlResult, ControlTrial } from './control-run.ts';

export interface ResultsFile {
  readonly found: readonly ControlResult[];
  /** Lines that were left out, e.g. the last one of a study that was killed while writing. */
  readonly broken: number;
  add(result: ControlResult): void;
}

/** Throws where the file can't be read. */
export function openResults(path: string): ResultsFile {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const { found, broken } = readResults(text);
  let start = text === '' || text.endsWith('\n') ? '' : '\n';
  return {
    found,
    broken,
    add(result) {
      appendFileSync(path, `${start}${JSON.stringify(result)}\n`);
      start = '';
    },
  };
}

export function readResults(text: string): { readonly found: ControlResult[]; readonly broken: number } {
  const found: ControlResult[] = [];
  let broken = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const result = resultOf(line);
    if (result) found.push(result);
    else broken++;
  }
  return { found, broken };
}

/** Says of two trials whether one run answers both. */
export function trialKey({ example, arm, seed, evaluations, settings }: ControlTrial): string {
  return [example, arm, seed, evaluations, settings].join(' ');
}

function resultOf(line: string): ControlResult | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return isResult(value) ? value : null;
}

function isResult(value: unknown): value is ControlResult {
  if (typeof value !== 'object' || value === null) return false;
  const from: Readonly<Record<string, unknown>> = { ...value };
  const isFigure = (key: string): boolean => from[key] === null || Number.isFinite(from[key]);
  return (
    from['v'] === 1 &&
    ['example', 'arm', 'settings'].every((key) => typeof from[key] === 'string') &&
    ['seed', 'evaluations', 'spent', 'programs', 'timeouts', 'milliseconds'].every((key) =>
      Number.isInteger(from[key]),
    ) &&
    ['value', 'unseen'].every(isFigure) &&
    Array.isArray(from['steps'])
  );
}
