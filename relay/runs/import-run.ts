/** Runs of other engines from the disk. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { readFolder } from '../../web/share/folder.ts';
import { MOST_PROGRAMS, type ForeignRead } from '../../web/share/foreign.ts';
import { readOpenevolve } from '../../web/share/openevolve.ts';
import { readShinka } from '../../web/share/shinka.ts';
import { LARGEST_DATABASE } from '../../web/share/sqlite.ts';

const DATABASE = 'programs.sqlite';
const LARGEST_FILE = 20_000_000;
const LARGEST_FOLDER = 1_000_000_000;
const DEEPEST = 4;
/** Of a task or a checkpoint nothing else is wanted. */
const WANTED =
  /(^|\/)(metadata\.json|programs\/[^/]+\.json|best_program[^/]*|config\.ya?ml|(initial|init|evaluate|evaluator)[^/]*)$/;

/** Finds out by itself what `path` is. */
export async function importRun(path: string): Promise<ForeignRead> {
  const full = resolve(path);
  try {
    const found = await stat(full);
    if (found.isFile()) return await database(full, await filesBelow(dirname(full), 0));
    const inside = join(full, DATABASE);
    const isRun = await stat(inside).then(
      (file) => file.isFile(),
      () => false,
    );
    if (isRun) return await database(inside, await filesBelow(full, 0));
    const files = await filesBelow(full, DEEPEST);
    const isCheckpoint = Object.keys(files).some((name) => /(^|\/)programs\/[^/]+\.json$/.test(name));
    return isCheckpoint ? readOpenevolve(files, basename(full)) : readFolder(files, basename(full));
  } catch (error) {
    return failed(`${full} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function database(path: string, task: Record<string, string>): Promise<ForeignRead> {
  const { size } = await stat(path);
  if (size > LARGEST_DATABASE) return failed(`${path} is larger than ${LARGEST_DATABASE} bytes`);
  const read = await readShinka(new Uint8Array(await readFile(path)), task, basename(dirname(path)));
  const waiting = await stat(`${path}-wal`).then(
    ({ size }) => size,
    () => 0,
  );
  if (waiting === 0 || read.type === 'failed') return read;
  const problem = `${basename(path)}-wal holds changes that are not in the file yet and were not read; let ShinkaEvolve end, or open the file with sqlite3 once`;
  return { type: 'ok', run: { ...read.run, problems: [...read.run.problems, problem] } };
}

/** Links are not followed. */
async function filesBelow(folder: string, deepest: number): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  let count = 0;
  let size = 0;
  const visit = async (path: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const full = join(path, entry.name);
      const name = relative(folder, full).split(sep).join('/');
      if (entry.isDirectory() && depth < deepest) await visit(full, depth + 1);
      else if (entry.isFile() && WANTED.test(name)) {
        const bytes = (await stat(full)).size;
        if (bytes > LARGEST_FILE) throw new Error(`${name} is larger than ${LARGEST_FILE} bytes`);
        if ((size += bytes) > LARGEST_FOLDER || ++count > MOST_PROGRAMS) throw new Error('it holds too much');
        files[name] = await readFile(full, 'utf8');
      }
    }
  };
  await visit(folder, 0);
  return files;
}

function failed(problem: string): ForeignRead {
  return { type: 'failed', problems: [problem] };
}
