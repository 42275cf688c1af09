/** The standard library: out of the distribution's archive, without what no candidate can use, as the zip that CPython imports from. */
import { concat } from './sections.ts';

const ZIP_PATH = 'usr/local/lib/python311.zip';

/** Sockets, mail, web, windows, processes, packaging, tests: none of it works or matters in a sandbox. */
const DROPPED = new Set(
  (
    'asyncio email xml http urllib.error urllib.request urllib.response urllib.robotparser html logging.config ' +
    'logging.handlers pydoc pydoc_data zipfile tarfile doctest mailbox mailcap xmlrpc wsgiref pdb bdb cmd code codeop subprocess ' +
    'imaplib smtplib smtpd nntplib poplib telnetlib ftplib cgi cgitb pstats profile cProfile trace plistlib sqlite3 tkinter turtle ' +
    'turtledemo idlelib lib2to3 distutils ensurepip venv multiprocessing concurrent ctypes curses dbm msilib test tests socket ' +
    'socketserver ssl selectors asyncore asynchat webbrowser getpass pty tty rlcompleter optparse nturl2path antigravity ' +
    'this __hello__ __phello__ zipapp compileall py_compile modulefinder pyclbr pickletools lzma bz2 crypt sndhdr sunau aifc ' +
    'chunk wave ossaudiodev audioop uu xdrlib netrc nis pipes filecmp fileinput tabnanny symtable _sysconfigdata__wasi_wasm32-wasi ' +
    'sysconfig _pyio _aix_support _osx_support _bootsubprocess runpy _markupbase'
  ).split(' '),
);
const KEPT_ENCODINGS = new Set([
  '__init__',
  'aliases',
  'utf_8',
  'ascii',
  'latin_1',
  'utf_16',
  'utf_32',
  'unicode_escape',
  'raw_unicode_escape',
  'utf_8_sig',
  'hex_codec',
  'cp437',
]);

/** `archive`: the distribution's `tar.gz`. Throws where it is not of the expected shape. */
export async function extractLibrary(archive: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  // Some servers send a `.gz` as an encoding, and the browser has unpacked it then.
  const packed = archive[0] === 0x1f && archive[1] === 0x8b;
  const tar = packed ? await unpack(archive) : archive;
  const zip = fromTar(tar, ZIP_PATH);
  if (zip === null) throw new Error('the archive holds no standard library');
  return thin(zip, isKept);
}

async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function isKept(path: string): boolean {
  const parts = path.replace(/\.pyc?$/, '').split('/');
  const [first, second] = parts;
  if (first === undefined || DROPPED.has(first) || (second !== undefined && DROPPED.has(`${first}.${second}`)))
    return false;
  if (first === 'encodings') return second !== undefined && KEPT_ENCODINGS.has(second);
  return !parts.includes('test') && !parts.includes('tests');
}

export function fromTar(tar: Uint8Array<ArrayBuffer>, path: string): Uint8Array<ArrayBuffer> | null {
  const text = (from: number, length: number): string =>
    new TextDecoder('latin1').decode(tar.subarray(from, from + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length;) {
    const name = text(at, 100);
    if (name === '') return null;
    const size = Number.parseInt(text(at + 124, 12), 8) || 0;
    if (name === path) return tar.slice(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return null;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** The same zip with only the entries that `keep` wants. */
export function thin(zip: Uint8Array<ArrayBuffer>, keep: (path: string) => boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  let end = zip.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw new Error('the library is no zip');
  const entries = view.getUint16(end + 10, true);
  const bodies: Uint8Array[] = [];
  const headers: Uint8Array[] = [];
  let offset = 0;
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < entries; i++) {
    if (view.getUint32(at, true) !== CENTRAL) throw new Error('the directory of the zip is damaged');
    const packed = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const length = 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const header = zip.slice(at, at + length);
    const path = new TextDecoder().decode(header.subarray(46, 46 + nameLength));
    const from = view.getUint32(at + 42, true);
    at += length;
    if (!keep(path)) continue;
    if (view.getUint32(from, true) !== LOCAL) throw new Error(`${path} is not where the zip says`);
    const body = zip.subarray(
      from,
      from + 30 + view.getUint16(from + 26, true) + view.getUint16(from + 28, true) + packed,
    );
    new DataView(header.buffer).setUint32(42, offset, true);
    bodies.push(body);
    headers.push(header);
    offset += body.length;
  }
  const directory = headers.reduce((sum, header) => sum + header.length, 0);
  const tail = new Uint8Array(22);
  const fields = new DataView(tail.buffer);
  fields.setUint32(0, END, true);
  fields.setUint16(8, headers.length, true);
  fields.setUint16(10, headers.length, true);
  fields.setUint32(12, directory, true);
  fields.setUint32(16, offset, true);
  return concat([...bodies, ...headers, tail]);
}
