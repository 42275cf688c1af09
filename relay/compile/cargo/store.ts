/** Folder of a relay for crates and what was made of them: one entry a key, made whole or not at all. */
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, lstat, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sizeOf } from '../room.ts';

/** Longer than any build: what was not used for so long can go. */
const IN_USE_MS = 10 * 60_000;
const MOST_ENTRIES = 48;
const MOST_BYTES = 4e9;
/** With what can't go yet; beyond it nothing is begun. */
const FULL_BYTES = 6e9;
const NOTHING = { bytes: Infinity, files: Infinity };

export interface CrateStore {
  /** Path of the entry; null where there is none. */
  find(key: string): Promise<string | null>;
  /** An empty folder to make an entry in; null where there is no room for one. */
  begin(): Promise<string | null>;
  /** From then on it is found. Gives its path; another's, where that was faster. */
  finish(folder: string, key: string): Promise<string>;
  drop(folder: string): Promise<void>;
}

/** A reason where the folder can't be trusted: another user of the machine could put crates there. */
export async function openCrateStore(root: string): Promise<CrateStore | string> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const path of [dirname(root), root]) {
    const about = await lstat(path);
    if (!about.isDirectory() || about.uid !== process.getuid?.()) return `${path} belongs to somebody else`;
    if ((about.mode & 0o022) !== 0) await chmod(path, 0o700);
  }
  return {
    async find(key) {
      const path = join(root, key);
      if (!(await isFolder(path))) return null;
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return path;
    },
    async begin() {
      if ((await sweep(root)) > FULL_BYTES) return null;
      const path = join(root, `making-${randomBytes(8).toString('hex')}`);
      await mkdir(path, { mode: 0o700 });
      return path;
    },
    async finish(folder, key) {
      const path = join(root, key);
      try {
        await rename(folder, path);
      } catch (error) {
        if (!(await isFolder(path))) throw error;
        await rm(folder, { recursive: true, force: true });
      }
      return path;
    },
    drop: (folder) => rm(folder, { recursive: true, force: true }),
  };
}

/** The oldest go first; nothing that a build may still be using. Gives the bytes that are left. */
async function sweep(root: string): Promise<number> {
  const entries = await Promise.all(
    (await readdir(root)).map(async (name) => {
      const path = join(root, name);
      const at = (await lstat(path).catch(() => null))?.mtimeMs ?? 0;
      return { path, at, bytes: (await sizeOf(path, NOTHING)).bytes };
    }),
  );
  entries.sort((a, b) => b.at - a.at);
  let bytes = 0;
  for (const [i, entry] of entries.entries()) {
    const fits = i < MOST_ENTRIES && bytes + entry.bytes <= MOST_BYTES;
    if (fits || Date.now() - entry.at < IN_USE_MS) bytes += entry.bytes;
    else await rm(entry.path, { recursive: true, force: true });
  }
  return bytes;
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() ?? false;
}

/** Folders and plain files alone, with their times: a link could lead out, and a right could outlive the build. */
export async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) {
      const { mode, atime, mtime } = await lstat(source);
      await copyFile(source, target);
      await chmod(target, mode & 0o111 ? 0o755 : 0o644);
      await utimes(target, atime, mtime);
    }
  }
}
