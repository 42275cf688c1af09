/** Takes the module out of a folder in which programs of others may have been at work. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

export const MOST_WASM = 32_000_000;

/** The bytes, or why there are none. A link, or a pipe that never ends, is no module. */
export async function readModule(folder: string, path: string): Promise<Uint8Array<ArrayBuffer> | string> {
  const none = 'the compiler wrote no module';
  try {
    const place = await realpath(join(folder, path));
    if (place !== join(await realpath(folder), path.split('/').join(sep))) return none;
    const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const about = await file.stat();
      if (!about.isFile() || about.size === 0) return none;
      if (about.size > MOST_WASM) return `the module has ${about.size} bytes; ${MOST_WASM} are allowed`;
      return new Uint8Array(await file.readFile());
    } finally {
      await file.close();
    }
  } catch {
    return none;
  }
}
