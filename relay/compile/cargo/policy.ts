/** What a relay's owner lets projects depend on. */
import type { Compiled } from '../../../wasm-toolchains/contract.ts';
import type { Project } from './manifest.ts';

/** Which crates a program may name: none, any, or these; what those need comes with them. */
export type CratePolicy = boolean | readonly string[];

const SETTING =
  'the relay’s owner allows crates by compile.crates in genesis.config.json, and in the terminal --crates does';

/** null where it is allowed. */
export function refusalOf(project: Project, policy: CratePolicy): Compiled | null {
  const named = [...new Set([...project.dependencies, ...project.scriptDependencies].map(({ crate }) => crate))];
  if (policy === true) return null;
  if (policy === false) {
    // Without crates a build runs nothing but the compiler, and stays so.
    if (named.length === 0 && project.script === null) return null;
    const what = named.length > 0 ? `crates (${named.slice(0, 5).join(', ')})` : `the script ${project.script ?? ''}`;
    return { type: 'unavailable', reason: `this relay compiles no projects with ${what}`, remedy: SETTING };
  }
  const others = named.filter((name) => !policy.some((allowed) => plain(allowed) === plain(name)));
  return others.length === 0
    ? null
    : {
        type: 'unavailable',
        reason: `this relay does not allow the crate ${others.slice(0, 5).join(', ')}; it allows ${policy.join(', ') || 'none'}`,
        remedy: SETTING,
      };
}

/** To the registry `-` and `_` are the same. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}
