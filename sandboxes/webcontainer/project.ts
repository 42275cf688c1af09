/** A project's place in the container: its files, and packages that projects with the same package.json share. */
import type { Files } from '../contract.ts';
import type { Container } from './boot.ts';

export type Installed = { readonly type: 'ok' } | { readonly type: 'failed'; readonly reason: string };

/** Milliseconds that fetching a project's packages may take. */
const INSTALL_LIMIT = 120_000;
/** Characters of the installer's last words that are told. */
const TAIL = 2_000;

/** What a project asks of the registry; empty where it asks for nothing. */
export function packagesOf(files: Files): string {
  try {
    const { dependencies = {} } = JSON.parse(files['package.json'] ?? '{}') as {
      dependencies?: Record<string, string>;
    };
    const wanted = Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1));
    return wanted.length === 0 ? '' : JSON.stringify({ dependencies: Object.fromEntries(wanted) });
  } catch {
    return '';
  }
}

type Tree = Record<string, { file: { contents: string } } | { directory: Tree }>;

export function treeOf(files: Files): Tree {
  const tree: Tree = {};
  for (const [path, contents] of Object.entries(files)) {
    const parts = path.split('/');
    const name = parts.pop() as string;
    let folder = tree;
    for (const part of parts) {
      const next = (folder[part] ??= { directory: {} });
      if (!('directory' in next)) throw new Error(`${path} lies below a file`);
      folder = next.directory;
    }
    folder[name] = { file: { contents } };
  }
  return tree;
}

/** Puts a manifest with the packages into a folder and has them fetched there. */
export async function install(
  container: Container,
  folder: string,
  packages: string,
  signal?: AbortSignal,
): Promise<Installed> {
  await container.fs.mkdir(folder, { recursive: true });
  await container.fs.writeFile(`${folder}/package.json`, packages);
  const process = await container.spawn('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  let said = '';
  const reading = process.output
    .pipeTo(new WritableStream({ write: (text) => void (said = (said + text).slice(-TAIL)) }))
    .catch(() => {});
  const stop = (): void => process.kill();
  signal?.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(stop, INSTALL_LIMIT);
  const exit = await Promise.race([process.exit, stopped(signal, INSTALL_LIMIT)]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', stop);
  if (exit === 0) return { type: 'ok' };
  if (exit === null) return { type: 'failed', reason: signal?.aborted ? 'stopped' : 'npm install took too long' };
  await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 100))]);
  return { type: 'failed', reason: `npm install failed: ${said.trim() || `exit ${exit}`}` };
}

/** null when a signal or a limit ends the wait. */
function stopped(signal: AbortSignal | undefined, milliseconds: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), milliseconds);
    signal?.addEventListener('abort', () => resolve(null), { once: true });
  });
}
