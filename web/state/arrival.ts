/** What a link or a file holds, in words for the card: all of it is read and checked, and nothing of it runs. */
import type { RunEvent } from '../engine/events.ts';
import type { Experiment, SandboxName } from '../engine/experiment.ts';
import { experimentFromFolder } from '../engine/folder.ts';
import { LANGUAGE_TITLES } from '../engine/language-titles.ts';
import { LOG_FORMAT, readLog } from '../engine/log.ts';
import { readContent, type Content, type ContentRead } from '../share/content.ts';
import { formatBytes } from './bytes.ts';
import type { Folder } from './manifest.ts';
import { modelsIn } from '../engine/models/named.ts';

export interface Arrival {
  readonly title: string;
  readonly note: string;
  readonly experiment: Experiment;
  readonly what:
    | { readonly type: 'experiment'; readonly folder: Folder }
    /** `torn`: number of a last line that was cut off; null where all is whole. */
    | { readonly type: 'run'; readonly events: readonly RunEvent[]; readonly torn: number | null };
  /** Name and value. */
  readonly facts: readonly (readonly [string, string])[];
}

export type ArrivalRead =
  { readonly type: 'ok'; readonly arrival: Arrival } | { readonly type: 'failed'; readonly reason: string };

export function arrivalOf(content: Content): ArrivalRead {
  if (content.kind === 'run') {
    const log = readLog(content.log);
    if (log.type === 'failed') return failed(`The shared run can’t be read: line ${log.line}, ${log.reason}.`);
    const first = log.events[0];
    if (first?.type !== 'run-started') return failed('The shared run does not begin with its start.');
    return read(content, first.experiment, { type: 'run', events: log.events, torn: log.torn });
  }
  const { folder } = content;
  const found = experimentFromFolder(folder);
  if (found.type === 'ok') return read(content, found.experiment, { type: 'experiment', folder });
  return failed(`The shared experiment can’t be used: ${found.problems.slice(0, 3).join('; ')}.`);
}

/** A file: a run as it is exported, or what a link holds. */
export function readFile(name: string, text: string): ContentRead {
  const first = text.slice(0, 200).split('\n', 1)[0] as string;
  if (!first.includes(`"${LOG_FORMAT}"`)) return readContent(text);
  return { type: 'ok', content: { kind: 'run', title: name, note: '', log: text } };
}

function read({ title, note }: Content, experiment: Experiment, what: Arrival['what']): ArrivalRead {
  const files = [
    ...Object.entries(experiment.files),
    ...Object.entries(experiment.evaluator.files).filter(([path]) => !Object.hasOwn(experiment.files, path)),
  ];
  const models = modelsIn(experiment.strategy);
  const { limits, budget } = experiment;
  const results = what.type === 'run' ? what.events.filter(({ type }) => type === 'evaluated').length : 0;
  const bytes = (text: string): number => new Blob([text]).size;
  const size = files.reduce((sum, [, text]) => sum + bytes(text), 0);
  const facts: [string, string][] = [
    ['Language', `${LANGUAGE_TITLES[experiment.language]}, run in ${ROOMS[experiment.sandbox]}`],
    ['Files', files.map(([path, text]) => `${path} (${formatBytes(bytes(text))})`).join(', ')],
    ['Size', `${formatBytes(size)} in ${files.length} file${files.length === 1 ? '' : 's'}`],
    [
      'Limits',
      `${limits.milliseconds / 1000} s and ${limits.megabytes} MB a program; ${budgetWords(budget.evaluations)}`,
    ],
    ['Models', models.length === 0 ? 'asks none' : `may ask ${models.join(', ')}; not before you agree`],
  ];
  if (what.type === 'run') facts.push(['History', `${results} results, ${what.events.length} events`]);
  if (what.type === 'run' && what.torn !== null) facts.push(['Cut', tornWords(what.torn)]);
  return { type: 'ok', arrival: { title: title || experiment.title, note, experiment, what, facts } };
}

const ROOMS: Readonly<Record<SandboxName, string>> = {
  javascript: 'an isolated frame of this page',
  quickjs: 'QuickJS, an interpreter with counted steps',
  wasi: 'WebAssembly without files or network',
  python: 'CPython as WebAssembly',
  pyodide: 'Pyodide, CPython with packages',
  webcontainer: 'a WebContainer',
};

export function tornWords(line: number): string {
  return `line ${line}, the last one, was cut off; what is before it is whole`;
}

function budgetWords(evaluations: number | null): string {
  return evaluations === null ? 'runs until it is stopped' : `at most ${evaluations} evaluations`;
}

function failed(reason: string): ArrivalRead {
  return { type: 'failed', reason };
}
