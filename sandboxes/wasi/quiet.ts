/** Imports of WASI under which a module can change, wait for or reach nothing, and reads the same from any clock and from chance. */
import { wasi } from '@bjorn3/browser_wasi_shim';

/** 1 January 2000, UTC, as for JavaScript candidates. */
const EPOCH_NANOSECONDS = 946684800000000000n;
/** The errno of what would write to a tree of files that is read-only. */
export const READ_ONLY = 69;
/** Files that a module may hold open at a time. */
export const MOST_OPEN = 64;

const CHANGES = [
  'path_create_directory',
  'path_link',
  'path_symlink',
  'path_rename',
  'path_unlink_file',
  'path_remove_directory',
  'path_filestat_set_times',
  'fd_filestat_set_size',
  'fd_filestat_set_times',
  'fd_allocate',
  'fd_pwrite',
];
const NOT_THERE = ['sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown', 'proc_raise', 'fd_renumber'];

export type Imports = Record<string, (...args: never[]) => number>;

/**
 * A shim's imports with those that must be still put in their place; `path_open`, which only its caller can count, is left as it is.
 * `memory` is asked at each call, `random` for each byte: 0 to below 1.
 */
export function quietImports(real: Imports, memory: () => WebAssembly.Memory, random: () => number): Imports {
  const view = (): DataView => new DataView(memory().buffer);
  const imports: Imports = { ...real };
  for (const name of CHANGES) imports[name] = () => READ_ONLY;
  for (const name of NOT_THERE) imports[name] = () => wasi.ERRNO_NOTSUP;
  imports['clock_res_get'] = (_clock: number, pointer: number) => {
    view().setBigUint64(pointer, 1000n, true);
    return 0;
  };
  imports['clock_time_get'] = (_clock: number, _precision: bigint, pointer: number) => {
    view().setBigUint64(pointer, EPOCH_NANOSECONDS, true);
    return 0;
  };
  imports['random_get'] = (pointer: number, length: number) => {
    const bytes = new Uint8Array(memory().buffer, pointer, length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
    return 0;
  };
  // Nobody waits: what asks to be woken later is woken at once.
  imports['poll_oneoff'] = (from: number, to: number, count: number, done: number) => {
    if (count < 1) return wasi.ERRNO_INVAL;
    const at = view();
    at.setBigUint64(to, at.getBigUint64(from, true), true);
    at.setUint16(to + 8, 0, true);
    at.setUint8(to + 10, at.getUint8(from + 8));
    at.setUint32(done, 1, true);
    return 0;
  };
  imports['sched_yield'] = () => 0;
  return imports;
}
