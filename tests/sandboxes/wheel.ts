/** Wheels made on the spot, and a lock file that names them. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Lock } from '../../sandboxes/pyodide/packages.ts';

/** A zip archive, nothing in it packed. */
export function wheel(files: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, data] = [Buffer.from(path), Buffer.from(text)];
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(33, 8);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, tail, name);
    const own = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, name, data]);
    parts.push(own);
    offset += own.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return new Uint8Array(Buffer.concat([...parts, list, Buffer.from('PK\x05\x06', 'latin1'), end]));
}

export function lockOf(
  packages: Readonly<Record<string, readonly [Uint8Array, depends: readonly string[], sha256?: string]>>,
): Lock {
  const entries = Object.entries(packages).map(([name, [bytes, depends, sha256]]) => [
    name,
    {
      ...{ name, version: '1.0', install_dir: 'site', imports: [name], depends },
      file_name: `${name}-1.0-py3-none-any.whl`,
      sha256: sha256 ?? createHash('sha256').update(bytes).digest('hex'),
    },
  ]);
  return { packages: Object.fromEntries(entries) as Lock['packages'] };
}
