/** A job gone through stage by stage, in words. */
import type { Program } from '../engine/program.ts';
import type { StageReport } from '../worker/protocol.ts';
import type { Stepped } from './steering.svelte.ts';
import type { Story } from './stories.ts';
import { statusWords } from './table.ts';

export interface StageMark {
  readonly name: string;
  /** `out`: the job had no need of it. */
  readonly state: 'past' | 'here' | 'ahead' | 'out';
  /** `0.4 ms`; empty where nothing was measured. */
  readonly took: string;
}

const NAMES: Readonly<Record<StageReport['stage'], string>> = {
  propose: 'Propose',
  check: 'Check',
  novelty: 'Compare',
  evaluate: 'Evaluate',
  add: 'Add',
};
const ORDER = Object.keys(NAMES) as StageReport['stage'][];

/** The pipeline with the last stage gone through marked. A stage gone through twice shows the sum of its times. */
export function stagesOf(stepped: Stepped | null): StageMark[] {
  const reports = stepped?.reports ?? [];
  const last = reports.at(-1)?.stage ?? null;
  return ORDER.map((stage) => {
    const mine = reports.filter((report) => report.stage === stage);
    const took = mine.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const ahead = last === null || ORDER.indexOf(stage) > ORDER.indexOf(last);
    const state = stage === last ? 'here' : mine.length > 0 ? 'past' : ahead ? 'ahead' : 'out';
    return { name: NAMES[stage], state, took: stage === 'add' || mine.length === 0 ? '' : milliseconds(took) };
  });
}

/** What has just happened, as a sentence. */
export function stageWords(
  { job, operator, parent, reports }: Stepped,
  program: Program | null,
  story: Story | null,
): string {
  const what = `Job ${job}${operator === '' ? '' : `, ${operator}`}${parent === null ? '' : ` on #${parent}`}`;
  const last = reports.at(-1)?.stage;
  if (last === undefined) return what;
  switch (last) {
    case 'propose':
      return `${what}: a change has been proposed.`;
    case 'check':
      return `${what}: its text has been parsed and checked.`;
    case 'novelty':
      return `${what}: it has been compared with its neighbours.`;
    case 'evaluate':
      return `${what}: it has been scored.`;
    case 'add': {
      if (program === null) return `${what}: done.`;
      const fate = story?.added;
      if (program.status !== 'correct') return `${what}: ${statusWords(program.status)}. ${program.reason}`;
      return `${what}: ${fate?.status === 'rejected' ? 'not kept' : 'kept'}${fate?.reason ? `, ${fate.reason}` : ''}.`;
    }
    default:
      return last satisfies never;
  }
}

function milliseconds(value: number): string {
  return value < 9.95
    ? `${value.toFixed(1)} ms`
    : value < 9_950
      ? `${Math.round(value)} ms`
      : `${Math.round(value / 1000)} s`;
}
