/** Compiles what a page can't: Rust, Go and Zig, by the machine's own compilers, each build in a jail and in a folder of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cached } from '../../wasm-toolchains/cache.ts';
import type {
  Availability,
  Compile,
  Compiled,
  CompiledLanguage,
  CompileRequest,
} from '../../wasm-toolchains/contract.ts';
import { failure } from '../../wasm-toolchains/diagnostics.ts';
import { faultOf } from '../../wasm-toolchains/source.ts';
import { createCargo, type CratePolicy, type CompileProject } from './cargo/index.ts';
import { crateWords } from './cargo/words.ts';
import { MANIFEST } from './cargo/manifest.ts';
import { go } from './go.ts';
import { findJail } from './jail.ts';
import type { Found, NativeCompiler, Sought } from './native.ts';
import { readModule } from './output.ts';
import { rust } from './rust.ts';
import { zig } from './zig.ts';

export const NATIVE: readonly NativeCompiler[] = [rust, go, zig];

export interface CompileServiceOptions {
  /** Builds at once; others wait. */
  readonly slots: number;
  /** Folder for compilers' caches; made where it is not there. */
  readonly cache: string;
  /** Longest one build may take; two minutes where it is left out. */
  readonly milliseconds?: number;
  /** What Rust's projects may depend on; nothing where it is left out. */
  readonly crates?: CratePolicy;
}

export interface NativeLanguage {
  readonly language: CompiledLanguage;
  readonly title: string;
  readonly availability: Availability;
}

export interface CompileService {
  readonly compile: Compile;
  languages(): readonly NativeLanguage[];
}

const LONGEST = 120_000;
const MEGABYTES = 8_192;
const MOST_WAITING = 32;

export function createCompileService({
  slots,
  cache,
  milliseconds = LONGEST,
  crates = false,
}: CompileServiceOptions): CompileService {
  const project = createCargo({ cache, milliseconds, crates });
  const found = new Map<NativeCompiler, Sought>();
  const compilers = new Map<NativeCompiler, Compile>();
  let working = 0;
  const waiting: (() => void)[] = [];

  const seek = (member: NativeCompiler): Sought => {
    let sought = found.get(member);
    if (!sought) {
      sought =
        findJail() === null
          ? {
              type: 'missing',
              reason: 'this machine has no jail for compilers',
              remedy: 'install bubblewrap, or allow user namespaces',
            }
          : member.find();
      found.set(member, sought);
    }
    return sought;
  };

  async function inTurn(work: () => Promise<Compiled>, signal: AbortSignal): Promise<Compiled> {
    if (working >= slots) {
      if (waiting.length >= MOST_WAITING)
        return { type: 'unavailable', reason: 'too many builds are waiting', remedy: 'try again in a minute' };
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    if (signal.aborted) {
      waiting.shift()?.();
      return { type: 'stopped' };
    }
    working++;
    try {
      return await work();
    } finally {
      working--;
      waiting.shift()?.();
    }
  }

  return {
    async compile(request, signal) {
      const member = NATIVE.find(({ language }) => language === request.language);
      if (!member)
        return {
          type: 'unavailable',
          reason: `${request.language} is not compiled here`,
          remedy: 'use a page, which has its own compiler',
        };
      const sought = seek(member);
      if (sought.type === 'missing') return { type: 'unavailable', reason: sought.reason, remedy: sought.remedy };
      let compile = compilers.get(member);
      if (!compile) {
        const own: Compile = (its, stop) =>
          inTurn(
            () => build(member, sought, its, { cache: join(cache, member.language), milliseconds, project }, stop),
            stop,
          );
        compilers.set(member, (compile = cached(own, sought.version)));
      }
      try {
        return await compile(request, signal);
      } catch {
        const remedy = 'look at the disk of the relay’s machine';
        return { type: 'unavailable', reason: 'the build could not be put on the disk', remedy };
      }
    },
    languages: () =>
      NATIVE.map((member) => {
        const sought = seek(member);
        const availability: Availability =
          sought.type === 'found'
            ? {
                type: 'ready',
                version: sought.version,
                ...(member === rust ? { note: crateWords(crates, sought) } : {}),
              }
            : { type: 'missing', reason: sought.reason, remedy: sought.remedy };
        return { language: member.language, title: member.title, availability };
      }),
  };
}

interface Building {
  readonly cache: string;
  readonly milliseconds: number;
  readonly project: CompileProject;
}

async function build(
  member: NativeCompiler,
  found: Found,
  request: CompileRequest,
  { cache, milliseconds, project }: Building,
  signal: AbortSignal,
): Promise<Compiled> {
  const fault = faultOf(request);
  if (fault !== null) return failure([], fault);
  if (member === rust && Object.hasOwn(request.files, MANIFEST)) return project(request, found, signal);
  const plan = member.plan(request, found, cache);
  if (typeof plan === 'string') return failure([], plan);
  const jail = findJail();
  if (jail === null)
    return { type: 'unavailable', reason: 'this machine has no jail for compilers', remedy: 'install bubblewrap' };
  const folder = await mkdtemp(join(tmpdir(), 'genesis-build-'));
  try {
    for (const [path, text] of Object.entries({ ...request.files, ...plan.files })) {
      const place = join(folder, path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, text);
    }
    if (plan.needsCache) await mkdir(cache, { recursive: true });
    const started = performance.now();
    const ran = await jail.run(
      {
        ...{
          command: found.command,
          args: plan.args,
          folder,
          reads: found.reads,
          writes: plan.needsCache ? [cache] : [],
        },
        ...{ environment: plan.environment, milliseconds, megabytes: MEGABYTES },
      },
      signal,
    );
    switch (ran.type) {
      case 'stopped':
        return { type: 'stopped' };
      case 'late':
        return failure([], `did not compile within ${milliseconds / 1000} s`);
      case 'greedy':
        return failure([], `took ${ran.reason} to compile`);
      case 'failed':
        return {
          type: 'unavailable',
          reason: `the compiler did not start: ${ran.reason}`,
          remedy: 'look at the relay’s machine',
        };
      case 'ended':
        break;
      default:
        ran satisfies never;
        throw new Error('no such end');
    }
    const diagnostics = member.read(ran.said, new Set(Object.keys(request.files)));
    if (ran.exit !== 0) return failure(diagnostics, firstLines(ran.said));
    const wasm = await readModule(folder, plan.output);
    if (typeof wasm === 'string') return failure(diagnostics, wasm);
    return {
      type: 'ok',
      wasm,
      shape: plan.shape,
      diagnostics: diagnostics.slice(0, 20),
      milliseconds: performance.now() - started,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function firstLines(said: string): string {
  return said.trim().split('\n').slice(0, 3).join(' | ').slice(0, 400) || 'it does not compile';
}
