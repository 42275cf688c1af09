import type { Prepared, Source } from '../contract.ts';
import { RUNNER_FILE } from './runner.ts';

/** A project goes into the container as it stands; Node says there what is wrong with it. `modules` are its files, packages.json too. */
export async function prepareProject({ files, entry }: Source): Promise<Prepared> {
  if (!Object.hasOwn(files, entry))
    return { type: 'build-failed', reason: `${entry} is the entry, but there is no such file` };
  if (Object.hasOwn(files, RUNNER_FILE))
    return { type: 'build-failed', reason: `${RUNNER_FILE} is a name of the sandbox’s own` };
  const manifest = files['package.json'];
  if (manifest !== undefined) {
    try {
      JSON.parse(manifest);
    } catch (error) {
      return {
        type: 'build-failed',
        reason: `package.json: ${error instanceof Error ? error.message : 'is not JSON'}`,
      };
    }
  }
  const hash = await digest(JSON.stringify([entry, Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))]));
  return { type: 'ok', hash, program: { kind: 'script', modules: files, entry } };
}

/** 64 bits of a text's SHA-256, in hex. */
export async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes.slice(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
