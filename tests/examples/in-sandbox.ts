/** An example's evaluator and a program, each in its realm of the jailed host: what a run does, without the run. */
import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import type { Compile } from '../../wasm-toolchains/contract.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import { experimentFromFolder } from '../../web/engine/folder.ts';
import { EVALUATION_SEED } from '../../web/engine/job.ts';
import type { Evaluation, Files } from '../../web/engine/program.ts';
import { folderOf } from './folder-of.ts';

export function experimentOf(example: string): Experiment {
  const validated = experimentFromFolder(folderOf(example));
  if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
  return validated.experiment;
}

/** Scores several programs of an example, each given as the files in which it differs from the seed. Throws where one fails. */
export async function scoreAll<Name extends string>(
  example: string,
  programs: Readonly<Record<Name, (seed: Files) => Files>>,
  compile?: Compile,
): Promise<Record<Name, Evaluation>> {
  const { evaluator, limits, language, entry, files, sandbox } = experimentOf(example);
  if (sandbox === 'webcontainer') throw new Error('no example runs there');
  const host = createNodeHost({
    evaluator,
    limits,
    slots: 1,
    sandbox,
    baseline: { language, entry, files },
    ...(compile ? { compile } : {}),
  });
  try {
    const scored: [string, Evaluation][] = [];
    for (const [name, change] of Object.entries<(seed: Files) => Files>(programs)) {
      const source = { language, entry, files: { ...files, ...change(files) } };
      const opened = await host.open(source, AbortSignal.timeout(60_000));
      if (opened.type === 'failed') throw new Error(`${name}: ${opened.reason}`);
      const [outcome] = await opened.session.evaluate([{ parameters: [], seed: EVALUATION_SEED, picture: true }]);
      opened.session.close();
      if (outcome?.type !== 'scored') throw new Error(`${name}: ${outcome?.reason ?? 'no outcome'}`);
      scored.push([name, outcome.evaluation as Evaluation]);
    }
    return Object.fromEntries(scored) as Record<Name, Evaluation>;
  } finally {
    host.close();
  }
}

/** One file changed: `find` must be there. */
export function edit(path: string, find: string, put: string): (seed: Files) => Files {
  return (seed) => {
    const text = seed[path] ?? '';
    if (!text.includes(find)) throw new Error(`${path} holds no ${find}`);
    return { [path]: text.replace(find, () => put) };
  };
}
