/** Projects of Rust in the engine: their manifest and lock belong to the program, and nothing changes them. */
import { describe, expect, it } from 'vitest';
import { experimentFromFolder } from '../../../web/engine/folder.ts';
import { mutate } from '../../../web/engine/operators/mutate.ts';
import { applyEdits } from '../../../web/engine/patches/edits.ts';
import { programPrompt } from '../../../web/engine/prompts/index.ts';
import { checkCandidate } from '../../../web/engine/syntax/check.ts';
import { addFile, nameProblem, partOf } from '../../../web/state/manifest.ts';
import { loadSyntax } from '../../../web/syntax/load.ts';
import { contextOf } from './operators/fixtures.ts';
import * as prompted from './prompts/fixtures.ts';

const syntax = await loadSyntax(['rust']);

const LIB = `#[no_mangle]
pub extern "C" fn score(n: u32) -> u32 {
    let mut total = 3;
    for i in 0..n {
        if i > 5 {
            total += i * 2;
        }
    }
    total
}
`;
const files = {
  'Cargo.toml': '[package]\nname = "program"\nversion = "0.1.0"\n\n[dependencies]\nitoa = "1.0"\n',
  'Cargo.lock': 'version = 4\n# LOCKED-VERSIONS 7\n',
  'src/lib.rs': LIB,
};
const folder = {
  ...files,
  'evaluator.js': 'export {};',
  'experiment.json': JSON.stringify({
    ...{ v: 1, name: 'mine', title: 'Mine', language: 'rust', entry: 'src/lib.rs', files: Object.keys(files) },
    ...{ evaluator: { entry: 'evaluator.js', files: ['evaluator.js'] }, goal: { metric: 'score', label: 'Score' } },
  }),
};
const found = experimentFromFolder(folder);
if (found.type === 'failed') throw new Error(found.problems.join('\n'));
const { experiment } = found;

describe('a project of Rust', () => {
  it('is an experiment’s program: manifest and lock are files of it, in the folder as in the editor', () => {
    expect(experiment.files).toEqual(files);
    expect(Object.keys(files).map((path) => partOf(folder, path))).toEqual(['program', 'program', 'program']);
    const { 'Cargo.toml': manifest, ...without } = folder;
    expect(nameProblem(without, 'Cargo.toml')).toBe('');
    expect(addFile(without, 'Cargo.toml', manifest, 'program')['Cargo.toml']).toBe(manifest);
  });

  it('is changed in its code alone', () => {
    let changed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const proposal = mutate.propose(contextOf({ experiment }, syntax, seed));
      if (proposal instanceof Promise || proposal.type !== 'edits') continue;
      changed++;
      const after = applyEdits(files, proposal.edits);
      expect(after['Cargo.toml']).toBe(files['Cargo.toml']);
      expect(after['Cargo.lock']).toBe(files['Cargo.lock']);
      expect(after['src/lib.rs']).not.toBe(LIB);
    }
    expect(changed).toBeGreaterThan(20);
    for (const path of ['Cargo.toml', 'Cargo.lock'] as const) {
      const after = { ...files, [path]: `${files[path]}# more\n` };
      expect(checkCandidate({ syntax, experiment, parent: files, files: after })).toMatchObject({
        type: 'rejected',
        reason: `${path} must not change`,
      });
    }
  });

  it('is shown to models with its manifest and without its lock', () => {
    const context = prompted.context({ experiment, parent: prompted.specimen(7, { files }) });
    const text = programPrompt('rewrite', context, null)
      .map(({ content }) => content)
      .join('\n');
    expect(text).toContain('itoa = "1.0"');
    expect(text).toContain('total += i * 2;');
    expect(text).not.toContain('LOCKED-VERSIONS');
  });
});
