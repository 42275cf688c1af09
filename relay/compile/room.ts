/** What a build with programs of others in it may take of the machine, looked at a few times a second: no limit of the system covers a whole build. */
import { readdirSync, readFileSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Room {
  readonly processes: number;
  /** Of all processes together, as it lies in memory. */
  readonly megabytes: number;
  /** Of all files in its folder. */
  readonly bytes: number;
  readonly files: number;
}

const EVERY_MS = 200;
const PAGE = 4_096;
const AT_ONCE = 64;

/** `over` is called once, with what there was too much of. */
export function watchRoom(
  root: number,
  folder: string,
  room: Room,
  over: (reason: string) => void,
): { readonly end: () => void } {
  let ended = false;
  let looking = false;
  const end = (): void => {
    ended = true;
    clearInterval(timer);
  };
  const tell = (reason: string): void => {
    if (ended) return;
    end();
    over(reason);
  };
  const timer = setInterval(() => {
    const { processes, bytes } = familyOf(root);
    if (processes > room.processes) return tell(`more than ${room.processes} processes`);
    if (bytes > room.megabytes * 1e6) return tell(`more than ${room.megabytes} MB of memory`);
    if (looking) return;
    looking = true;
    void sizeOf(folder, room, () => ended)
      .then((size) => {
        if (size.bytes > room.bytes) tell(`more than ${Math.round(room.bytes / 1e6)} MB of files`);
        else if (size.files > room.files) tell(`more than ${room.files} files`);
      })
      .finally(() => (looking = false));
  }, EVERY_MS);
  timer.unref();
  return { end };
}

/** A process and all that came from it: those whose parent is gone belong to the first process of the jail, which is one of them. */
function familyOf(root: number): { readonly processes: number; readonly bytes: number } {
  const children = new Map<number, number[]>();
  const pages = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const id = Number(name);
    if (!Number.isInteger(id)) continue;
    let line: string;
    try {
      line = readFileSync(`/proc/${name}/stat`, 'utf8');
    } catch {
      continue;
    }
    // Its name stands in brackets and may hold any sign.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const parent = Number(fields[1]);
    pages.set(id, Number(fields[21]));
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  let processes = 0;
  let bytes = 0;
  for (const open = [root]; open.length > 0;) {
    const id = open.pop() as number;
    processes++;
    bytes += (pages.get(id) ?? 0) * PAGE;
    open.push(...(children.get(id) ?? []));
  }
  return { processes, bytes };
}

/** Stops counting where a limit is passed, or `stop` says so. Links are not followed. */
export async function sizeOf(
  folder: string,
  most: { readonly bytes: number; readonly files: number },
  stop: () => boolean = () => false,
): Promise<{ readonly bytes: number; readonly files: number }> {
  let bytes = 0;
  let files = 0;
  for (const open = [folder]; open.length > 0 && !stop();) {
    const path = open.pop() as string;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    files += entries.length;
    if (files > most.files) break;
    const plain: string[] = [];
    for (const entry of entries) (entry.isDirectory() ? open : plain).push(join(path, entry.name));
    for (let i = 0; i < plain.length && bytes <= most.bytes && !stop(); i += AT_ONCE) {
      const about = await Promise.all(plain.slice(i, i + AT_ONCE).map((each) => lstat(each).catch(() => null)));
      // Blocks, since a file with holes may be as long as it likes.
      bytes += about.reduce((sum, each) => sum + (each?.blocks ?? 0) * 512, 0);
    }
    if (bytes > most.bytes) break;
  }
  return { bytes, files };
}
