/** Which models a run in the terminal asks: none before a person has said what they may cost. */
import type { RunEvent } from '../../web/engine/events.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import { modelsIn } from '../../web/engine/models/named.ts';
import { outlookOf, outlookWords } from '../../web/engine/models/outlook.ts';
import { openModels, putModels, type OpenModels } from './models.ts';
import type { EvolveOptions } from './options.ts';
import { formatCount, formatDollars } from './progress.ts';

export interface Connected {
  readonly type: 'ok';
  /** null: nobody is asked. */
  readonly models: OpenModels | null;
  readonly experiment: Experiment;
  /** For a person, before the start. */
  readonly words: readonly string[];
}

/** `log`: of a run that has begun; null of a new one. */
export async function connectModels(
  options: EvolveOptions,
  experiment: Experiment,
  log: readonly RunEvent[] | null,
): Promise<Connected | { readonly type: 'failed'; readonly problems: readonly string[] }> {
  const { models: chosen, part, search, spend, config } = options;
  const changed = log?.findLast((event) => event.type === 'strategy-changed');
  const current = changed ? { ...experiment, strategy: changed.strategy } : experiment;
  const named = modelsIn(current.strategy);
  const problems: string[] = [];
  if (log !== null && chosen.length > 0) problems.push('--models has no meaning for a run that has begun');
  if (part !== null && chosen.length === 0) problems.push('--part needs --models');
  if (search !== null && log !== null) problems.push('--search has no meaning for a run that has begun');
  const agreed = Object.values(spend).some((cap) => cap !== null);
  if (agreed && chosen.length === 0 && named.length === 0)
    problems.push('--dollars, --tokens and --calls are for models, and this run names none: say which with --models');
  if (search !== null && !agreed)
    problems.push('--search needs --dollars, --tokens or --calls: what models may cost in all');
  if (problems.length > 0) return { type: 'failed', problems };
  if (!agreed) {
    const words = `This run may ask ${named.join(', ')}. None is asked without --dollars, --tokens or --calls.`;
    return { type: 'ok', models: null, experiment, words: named.length > 0 ? [words] : [] };
  }
  const models = await openModels(config, process.env);
  if (models.type === 'failed') return models;
  const put = putModels(current, chosen, part, models.offered, search);
  if (put.type === 'failed') {
    await models.close(0);
    return put;
  }
  return {
    ...{ type: 'ok', models },
    experiment: log === null ? put.experiment : experiment,
    words: log === null ? expected(put.experiment, models) : [],
  };
}

/** What it is likely to cost, and what of long prompts is left out. */
function expected(experiment: Experiment, { offered }: OpenModels): string[] {
  const windows = [...offered.values()].flatMap(({ name, context }) =>
    context === null ? [] : [[name, context] as const],
  );
  const outlook = outlookOf(experiment, Object.fromEntries(windows));
  const [cost = '', ...rest] = outlookWords(outlook, { count: formatCount, dollars: formatDollars });
  return [`Models: ${modelsIn(experiment.strategy).join(', ')}. ${cost}`, ...rest];
}
