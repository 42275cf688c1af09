/** Python files and the packages they import, made into a program. Runs nothing; whether Python compiles is known in the realm. */
import type { Files, Prepared, Source } from '../contract.ts';
import { contentHash, kernelFiles, normalise } from '../python/prepare.ts';
import type { Packages, WheelsResult } from './packages.ts';

/** What programs of one experiment share: the packages that its own program imports. */
export interface Shared {
  readonly packages: Packages;
  /** Fetched once, and no other later: a person was told of these. */
  wheels(signal: AbortSignal): Promise<WheelsResult>;
}

/** `first`: the files of the experiment's own program. */
export function sharedPackages(packages: Packages, first: Files): Shared {
  let found: Promise<WheelsResult> | null = null;
  return {
    packages,
    wheels(signal) {
      const mine = (found ??= packages.wheels(first, signal));
      // Networks come and go: what failed may be tried again.
      void mine.then(({ type }) => type === 'failed' && found === mine && (found = null));
      return mine;
    },
  };
}

/** Rejects where Pyodide's list of packages can't be had. */
export async function preparePyodide(
  source: Source,
  shared: Shared | null,
  signal: AbortSignal = new AbortController().signal,
): Promise<Prepared> {
  const files = Object.fromEntries(Object.entries(source.files).map(([path, text]) => [normalise(path), text]));
  const entry = normalise(source.entry);
  if (files[entry] === undefined) return failed(`${entry} is the entry, but there is no such file`);
  if (!entry.endsWith('.py')) return failed(`${entry} is the entry, but no Python file`);
  const [kernel] = kernelFiles(files);
  if (kernel)
    return failed(`${kernel.path}: other languages beside Python run in the sandbox "python", not in "pyodide"`);
  const found = (await shared?.wheels(signal)) ?? { type: 'ok', wheels: [] };
  if (found.type !== 'ok') return failed(found.reason);
  const missing = (await shared?.packages.missing(files, found.wheels)) ?? [];
  if (missing.length > 0) {
    const there = found.wheels.map(({ name }) => name).join(', ');
    return failed(
      `${missing.join(', ')}: not available here; only packages that the experiment’s own program imports are fetched (${there || 'none'})`,
    );
  }
  return {
    type: 'ok',
    hash: contentHash(files, entry),
    program: { kind: 'pyodide', files, entry, wheels: found.wheels },
  };
}

function failed(reason: string): Prepared {
  return { type: 'build-failed', reason };
}
