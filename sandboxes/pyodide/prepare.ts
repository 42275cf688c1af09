/** Python files and the packages they import, made into a program. Runs nothing; whether Python compiles is known in the realm. */
import type { Prepared, Source } from '../contract.ts';
import { contentHash, kernelFiles, normalise } from '../python/prepare.ts';
import type { Packages } from './packages.ts';

/** Never rejects. */
export async function preparePyodide(
  source: Source,
  packages: Packages | undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Prepared> {
  const files = Object.fromEntries(Object.entries(source.files).map(([path, text]) => [normalise(path), text]));
  const entry = normalise(source.entry);
  if (files[entry] === undefined) return failed(`${entry} is the entry, but there is no such file`);
  if (!entry.endsWith('.py')) return failed(`${entry} is the entry, but no Python file`);
  const [kernel] = kernelFiles(files);
  if (kernel)
    return failed(`${kernel.path}: other languages beside Python run in the sandbox "python", not in "pyodide"`);
  const found = packages ? await packages.wheels(files, signal) : ({ type: 'ok', wheels: [] } as const);
  if (found.type !== 'ok') return failed(found.reason);
  return {
    type: 'ok',
    hash: contentHash(files, entry),
    program: { kind: 'pyodide', files, entry, wheels: found.wheels },
  };
}

function failed(reason: string): Prepared {
  return { type: 'build-failed', reason };
}
