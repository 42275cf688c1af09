/**
 * What Pyodide's module gets from JavaScript: enough for CPython and for packages compiled to WebAssembly. All the rest of Emscripten's library,
 * among it what evaluates text as JavaScript, and all of the bridge between Python and JavaScript, throws.
 */

type Env = Record<string, Function>;

export interface Surroundings {
  /** Bytes by chance: numbers in [0, 1). */
  readonly random: () => number;
  /** Whether files can still be written: while the realm is made ready. */
  readonly writable: () => boolean;
  /** The most bytes that the memory may have. */
  readonly most: () => number;
  readonly memory: () => WebAssembly.Memory;
  readonly grow: (bytes: number) => boolean;
}

/** Milliseconds since 1970 at which all clocks stand: the start of 2000. */
const STANDS_AT = 946_684_800_000;

/** Errors by their numbers in Emscripten. */
const READ_ONLY = -69;
const NO_SUCH_CALL = -52;

/** `O_WRONLY | O_RDWR | O_CREAT | O_TRUNC` */
const WRITES = 1 | 2 | 64 | 512;

const READING =
  '__syscall_ioctl __syscall_fcntl64 _try_fcntl64 __syscall_dup __syscall_dup3 __syscall_faccessat __syscall_chdir __syscall_fchdir ' +
  '__syscall_fstat64 __syscall_stat64 __syscall_newfstatat __syscall_lstat64 __syscall_getcwd __syscall_getdents64 __syscall_readlinkat ' +
  '__syscall_statfs64 __syscall_fstatfs64 __syscall_fadvise64 __syscall_fdatasync __syscall_getuid32_js __syscall_umask_js __syscall_poll ' +
  'fd_close fd_read fd_write fd_sync fd_fdstat_get fd_seek fd_pread fd_pwrite environ_sizes_get environ_get clock_res_get ' +
  '_mmap_js _munmap_js _msync_js';
const LINKING = '_dlopen_js _dlsym_js _dlsym_catchup_js _emscripten_lookup_name _emscripten_get_progname';
const RUNNING =
  'emscripten_get_heap_max emscripten_runtime_keepalive_push emscripten_runtime_keepalive_pop _emscripten_runtime_keepalive_clear ' +
  'emscripten_notify_memory_growth emscripten_get_now_is_monotonic emscripten_get_now_res emscripten_return_address ' +
  'emscripten_stack_snapshot emscripten_stack_unwind_buffer emscripten_pc_get_function emscripten_pc_get_file emscripten_pc_get_line ' +
  'emscripten_pc_get_column _Unwind_Backtrace _Unwind_GetIPInfo _Unwind_FindEnclosingFunction stackAlloc stackRestore stackSave ' +
  '_PyEM_TrampolineCall_JS __call_sighandler __asctime_r strptime strptime_l _timegm_js _gmtime_js ' +
  'ffi_call_js ffi_closure_alloc_js ffi_closure_free_js ffi_prep_closure_loc_js';
const NUMBERS =
  'acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 fmod hypot log log10 log1p log2 pow round sign'
    .concat(' sin sinh sqrt tan tanh')
    .split(' ')
    .map((name) => `emscripten_math_${name}`);
const ALLOWED: ReadonlySet<string> = new Set([...`${READING} ${LINKING} ${RUNNING}`.split(' '), ...NUMBERS]);

const WRITING =
  '__syscall_mkdirat __syscall_mknodat __syscall_unlinkat __syscall_rmdir __syscall_renameat __syscall_symlinkat __syscall_chmod ' +
  '__syscall_fchmod __syscall_fchmodat2 __syscall_fchownat __syscall_fchown32 __syscall_ftruncate64 __syscall_truncate64 ' +
  '__syscall_utimensat __syscall_fallocate';
/** Sockets, pipes and processes: there are none. */
const ABSENT =
  '__syscall_pipe __syscall_accept4 __syscall_bind __syscall_connect __syscall_getpeername __syscall_getsockname __syscall_getsockopt ' +
  '__syscall_listen __syscall_recvfrom __syscall_recvmsg __syscall_sendmsg __syscall_sendto __syscall_socket _emscripten_system ' +
  '_setitimer_js _try_shutdown getaddrinfo getnameinfo';
/** Said to be done, and not done. */
const IDLE =
  '_Py_emscripten_runtime _Py_CheckEmscriptenSignals_Helper emscripten_log_impl_js _emscripten_log_formatted';
/** Promises of what takes time, or none: there are none. */
const PROMISES = '_maybe_connect_async _maybe_recvfrom_async _maybe_sendto_async _maybe_poll_async';

/** Thrown through the interpreter: it has ended, or asked for what is not there. */
export class Ended extends Error {}

export function closeImports(env: Env, at: Surroundings): void {
  const real = { ...env };
  const call = (name: string, ...args: unknown[]): number => (real[name] as (...args: unknown[]) => number)(...args);
  const view = (): DataView => new DataView(at.memory().buffer);
  const put = (name: string, by: (...args: never[]) => unknown): void => {
    // Their signatures are needed where a package's module takes them by name.
    env[name] = Object.assign(by, { sig: (real[name] as { sig?: string } | undefined)?.sig });
  };
  for (const name of Object.keys(env)) {
    if (ALLOWED.has(name)) continue;
    put(name, () => {
      throw new Ended(`${name} is not available here`);
    });
  }
  for (const name of WRITING.split(' ')) {
    put(name, (...args) => (at.writable() ? call(name, ...args) : READ_ONLY));
  }
  for (const name of ABSENT.split(' ')) put(name, () => NO_SUCH_CALL);
  for (const name of IDLE.split(' ')) put(name, () => 0);
  for (const name of PROMISES.split(' ')) put(name, () => null);
  put('__syscall_openat', (folder: number, path: number, flags: number, more: number) =>
    at.writable() || (flags & WRITES) === 0 ? call('__syscall_openat', folder, path, flags, more) : READ_ONLY,
  );
  // A constructor of the module's own asks for it; nothing is ever put in.
  put('__hiwire_deduplicate_new', () => null);
  const error = Symbol('error');
  put('Jsv_GetError_import', () => error);
  // Nothing can wait here for a promise.
  put('saveState', () => error);
  put('can_run_sync_js', () => 0);
  put('JsvError_Check', (value: unknown) => value === error);
  for (const name of ['exit', 'proc_exit', '_abort_js', '__assert_fail']) {
    put(name, () => {
      throw new Ended('the program ended its interpreter');
    });
  }
  put('emscripten_date_now', () => STANDS_AT);
  put('emscripten_get_now', () => 0);
  put('emscripten_performance_now', () => 0);
  put('clock_time_get', (_clock: number, _precision: bigint, time: number) => {
    view().setBigUint64(time >>> 0, BigInt(STANDS_AT) * 1_000_000n, true);
    return 0;
  });
  put('random_get', (buffer: number, length: number) => {
    const bytes = new Uint8Array(at.memory().buffer, buffer >>> 0, length >>> 0);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(at.random() * 256);
    return 0;
  });
  put('emscripten_random', () => at.random());
  put('emscripten_math_random', () => at.random());
  // Everywhere is in one time zone.
  put('_tzset_js', (zone: number, daylight: number, standard: number, summer: number) => {
    const memory = view();
    memory.setInt32(zone >>> 0, 0, true);
    memory.setInt32(daylight >>> 0, 0, true);
    for (const name of [standard >>> 0, summer >>> 0]) memory.setUint32(name, 0x00435455, true);
  });
  put('_localtime_js', (time: bigint, parts: number) => {
    call('_gmtime_js', time, parts);
    view().setInt32((parts >>> 0) + 32, 0, true);
    view().setInt32((parts >>> 0) + 36, 0, true);
  });
  put('_mktime_js', (parts: number) => call('_timegm_js', parts));
  put('emscripten_resize_heap', (bytes: number) => {
    const asked = bytes >>> 0;
    if (asked > at.most()) return 0;
    const step = Math.min(at.most(), Math.ceil(at.memory().buffer.byteLength * 1.1));
    return at.grow(Math.max(asked, step)) ? 1 : 0;
  });
}
