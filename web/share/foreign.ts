/** One neutral shape for experiments and runs of other engines, between their files and our log. */
import type { Files, Json, ProgramStatus } from '../engine/program.ts';

export type ForeignSource = 'shinka' | 'openevolve' | 'folder' | 'genesis';

export interface ForeignRun {
  readonly source: ForeignSource;
  /** What the files say of the engine's version; null where they say nothing. */
  readonly version: string | null;
  readonly experiment: ForeignExperiment;
  /** Parents before children. */
  readonly programs: readonly ForeignProgram[];
  /** Ids in the engine's archive at the end. */
  readonly archive: readonly string[];
  /** The engine's own word on its best program. */
  readonly best: string | null;
  /** How the run ended, where that is known. */
  readonly ending: string;
  /** What could not be taken over, in sentences for people. */
  readonly problems: readonly string[];
}

export interface ForeignExperiment {
  readonly name: string;
  /** Lower case, e.g. `python`. */
  readonly language: string;
  readonly entry: string;
  readonly files: Files;
  /** null where the evaluator was not among the files. */
  readonly evaluator: { readonly files: Files; readonly entry: string } | null;
  readonly summary: string;
}

export interface ForeignProgram {
  readonly id: string;
  readonly parent: string | null;
  /** The program this is a copy of on another island; null for programs of their own. */
  readonly copyOf: string | null;
  readonly inspirations: readonly string[];
  readonly island: number;
  /** The engine's own number: proposal number in ShinkaEvolve, depth of the lineage elsewhere. */
  readonly generation: number;
  /** null where no text was kept. */
  readonly files: Files | null;
  readonly status: ProgramStatus;
  readonly reason: string;
  /** null where there is no score; never a stand-in for a failure. */
  readonly fitness: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  /** Never shown to models. */
  readonly hidden: Readonly<Record<string, number>>;
  readonly feedback: string;
  readonly operator: string;
  readonly note: string;
  readonly model: string | null;
  /** US dollars. */
  readonly dollars: number;
  /** Seconds since 1970; null where unknown. */
  readonly time: number | null;
  /** Seconds its evaluation took. */
  readonly seconds: number;
  readonly embedding: readonly number[] | null;
  /** Metrics that are not numbers. */
  readonly details: Readonly<Record<string, Json>>;
}

export type ForeignRead =
  { readonly type: 'ok'; readonly run: ForeignRun } | { readonly type: 'failed'; readonly problems: readonly string[] };

/** Programs beyond this are not read. */
export const MOST_PROGRAMS = 1_000_000;
/** Characters of one program; the log's own limit. */
export const LONGEST_CODE = 500_000;

const MOST_PROBLEMS = 100;

/** Collects what went wrong, up to a number that a person can read. */
export class Problems {
  readonly #list: string[] = [];
  #left = 0;

  add(problem: string): void {
    if (this.#list.length < MOST_PROBLEMS) this.#list.push(problem);
    else this.#left++;
  }

  get list(): string[] {
    return this.#left > 0 ? [...this.#list, `and ${this.#left} more of the same kind`] : [...this.#list];
  }
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  py: 'python',
  js: 'javascript',
  mjs: 'javascript',
  ts: 'typescript',
  rs: 'rust',
  go: 'go',
  c: 'c',
  cpp: 'cpp',
  cu: 'cuda',
  jl: 'julia',
  swift: 'swift',
  json: 'json',
  md: 'markdown',
  f90: 'fortran',
  wl: 'wolfram',
  sv: 'verilog',
  zig: 'zig',
  wat: 'wat',
  java: 'java',
  r: 'r',
  metal: 'metal',
};

export function languageOfPath(path: string): string | null {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(EXTENSIONS, extension) ? (EXTENSIONS[extension] as string) : null;
}

/** Without the dot; `txt` for languages that are not known. */
export function extensionOf(language: string): string {
  return Object.entries(EXTENSIONS).find(([, name]) => name === language)?.[0] ?? 'txt';
}

/** Why such a run can be seen but not gone on with, or null. */
export function standstill(language: string): string | null {
  if (language === 'javascript' || language === 'typescript') return null;
  return `programs in ${language || 'an unnamed language'} and their evaluator can't run here yet: viewing, comparing and exporting work, scoring again and going on do not`;
}

/** A name that may become a file: no separators, no dots in front. */
export function safeName(id: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}$/.test(id) && id !== '__proto__';
}

/** Kebab-case from anything. */
export function slug(text: string): string {
  const parts = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return parts.join('-').slice(0, 60).replace(/-+$/, '') || 'imported';
}

/**
 * Parents before children, else in the order given. A parent that is not there, or that closes a circle, is taken away with a problem
 * that counts such cases.
 */
export function parentsFirst(programs: readonly ForeignProgram[], problems: Problems): ForeignProgram[] {
  const known = new Map(programs.map((program) => [program.id, program]));
  const waiting = new Map<string, ForeignProgram[]>();
  const done = new Set<string>();
  const ordered: ForeignProgram[] = [];
  let lost = 0;
  let circles = 0;
  const take = (first: ForeignProgram): void => {
    const stack = [first];
    for (let program = stack.pop(); program; program = stack.pop()) {
      if (done.has(program.id)) continue;
      done.add(program.id);
      ordered.push(program);
      const children = waiting.get(program.id) ?? [];
      waiting.delete(program.id);
      for (let i = children.length - 1; i >= 0; i--) stack.push(children[i] as ForeignProgram);
    }
  };
  for (const program of programs) {
    const parent = program.parent;
    if (parent !== null && !known.has(parent)) {
      lost++;
      take({ ...program, parent: null });
    } else if (parent === null || done.has(parent)) {
      take(program);
    } else {
      const list = waiting.get(parent);
      if (list) list.push(program);
      else waiting.set(parent, [program]);
    }
  }
  for (const program of programs) {
    if (done.has(program.id)) continue;
    circles++;
    take({ ...program, parent: null });
  }
  if (lost > 0) problems.add(`${lost} programs name a parent that is not among them`);
  if (circles > 0) problems.add(`${circles} programs are their own ancestors; the circle was cut there`);
  return ordered;
}
