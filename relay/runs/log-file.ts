/** A run's log in a file: read with what a crash left of it, written as the run goes. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RunEvent } from '../../web/engine/events.ts';
import { logHeader, logLine, readLog } from '../../web/engine/log.ts';

export type StoredLog =
  | {
      readonly type: 'ok';
      readonly events: readonly RunEvent[];
      /** Number of a torn last line that was left out. */
      readonly torn: number | null;
      /** Bytes of the file that are whole, and whether the last line of them lacks its end. */
      readonly bytes: number;
      readonly unended: boolean;
    }
  | { readonly type: 'failed'; readonly problem: string };

export async function readLogFile(path: string): Promise<StoredLog> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return failed(missing ? `there is no file ${path}` : `${path} can't be read: ${wordsOf(error)}`);
  }
  const read = readLog(text);
  if (read.type === 'failed') return failed(`${path}, line ${read.line}: ${read.reason}`);
  if (read.events.length === 0) return failed(`${path} holds no events, so there is nothing to go on with`);
  const whole = text.slice(0, read.length);
  return {
    type: 'ok',
    events: read.events,
    torn: read.torn,
    bytes: Buffer.byteLength(whole),
    unended: !whole.endsWith('\n'),
  };
}

export interface LogWriter {
  readonly path: string;
  write(event: RunEvent): void;
  /** Why the file ends early, or null. */
  readonly problem: string | null;
  /** Writes the rest and waits until it is on the disk. */
  close(): void;
}

export type OpenedWriter =
  | { readonly type: 'ok'; readonly writer: LogWriter; readonly note: string }
  | { readonly type: 'failed'; readonly problem: string };

/** A new log. A run that is there already is moved aside to `<path>~`. */
export function createLogFile(path: string): OpenedWriter {
  try {
    mkdirSync(dirname(path), { recursive: true });
    let note = '';
    if (existsSync(path)) {
      const found = statSync(path);
      if (found.isDirectory()) return failed(`${path} is a folder`);
      if (found.isFile() && found.size > 0) {
        renameSync(path, `${path}~`);
        note = `${path} was there already and is now ${path}~`;
      }
    }
    const writer = new Writer(path, openSync(path, 'a'));
    writer.text(logHeader());
    return { type: 'ok', writer, note };
  } catch (error) {
    return failed(`${path} can't be written: ${wordsOf(error)}`);
  }
}

/** The file of a log that was read, cut back to what is whole. */
export function continueLogFile(
  path: string,
  log: { readonly bytes: number; readonly unended: boolean },
): OpenedWriter {
  try {
    truncateSync(path, log.bytes);
    const writer = new Writer(path, openSync(path, 'a'));
    if (log.unended) writer.text('\n');
    return { type: 'ok', writer, note: '' };
  } catch (error) {
    return failed(`${path} can't be written: ${wordsOf(error)}`);
  }
}

class Writer implements LogWriter {
  readonly path: string;
  problem: string | null = null;
  #file: number | null;
  #waiting = '';
  #scheduled = false;

  constructor(path: string, file: number) {
    this.path = path;
    this.#file = file;
  }

  write(event: RunEvent): void {
    this.text(logLine(event));
  }

  /** Goes to the system once in each turn of the event loop: a killed process loses less than a result. */
  text(text: string): void {
    this.#waiting += text;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  close(): void {
    this.#flush();
    if (this.#file === null) return;
    try {
      fsyncSync(this.#file);
    } catch {
      // Not a file that can be synced, such as a pipe.
    }
    closeSync(this.#file);
    this.#file = null;
  }

  #flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    if (this.#file === null || this.problem !== null) return;
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.problem = `${this.path} can't be written any more: ${wordsOf(error)}`;
    }
  }
}

function failed(problem: string): { readonly type: 'failed'; readonly problem: string } {
  return { type: 'failed', problem };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
