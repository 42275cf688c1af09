/**
 * Node projects with packages, in a WebContainer of StackBlitz. The runtime comes from stackblitz.com when a project is first opened; it
 * is free for personal and open-source use, and commercial use needs a licence of StackBlitz. Runs in a page that is isolated from other
 * origins. Steps are counted where the engine wrote the counter into a file; memory can't be limited, and packages count for nothing.
 */
import type { OpenResult, Sandbox, SandboxStats, Session, Source } from '../contract.ts';
import { bootContainer, endContainer, type Container, type BootOptions } from './boot.ts';
import { ProjectProcess } from './process.ts';
import { install, packagesOf, treeOf, type Installed } from './project.ts';
import { digest, prepareProject } from './prepare.ts';
import { RUNNER_FILE, runnerText } from './runner.ts';

const NOTE = 'a WebContainer limits no memory; projects in it share one container and reach the network';

export function createWebContainerSandbox(options: BootOptions = {}): Sandbox {
  const installs = new Map<string, Promise<Installed>>();
  const sessions = new Set<Session>();
  let opened = 0;
  let killed = 0;
  let closed = false;

  async function open(
    { modules, entry }: { modules: Source['files']; entry: string },
    ...rest: Rest
  ): Promise<OpenResult> {
    const [limits, signal] = rest;
    const booted = await bootContainer(options);
    if (booted.type === 'missing') return failed(`${booted.reason}. ${booted.remedy}.`);
    if (closed || signal?.aborted) return failed('stopped');
    const { container } = booted;
    const packages = packagesOf(modules);
    const home = `p-${await digest(packages)}`;
    const installed = await installOnce(container, home, packages, signal);
    if (installed.type === 'failed') return installed;
    const number = ++opened;
    const folder = `${home}/c-${number}`;
    await container.fs.mkdir(folder, { recursive: true });
    await container.mount(treeOf({ ...modules, [RUNNER_FILE]: runnerText(entry) }), { mountPoint: folder });
    const start = (parameters?: readonly number[]) => ProjectProcess.start(container, folder, limits, parameters);
    const first = await start();
    if (first.type === 'failed') {
      await remove(container, folder);
      return first;
    }
    let current = first.process;
    /** It has been called: its state may not be what it was. */
    let used = false;
    let renewing: Promise<string | null> | null = null;
    let over = false;
    const renew = async (parameters: readonly number[] = []): Promise<string | null> => {
      current.kill('made anew');
      const next = await start(parameters);
      renewing = null;
      if (next.type === 'failed') return next.reason;
      current = next.process;
      if (over) current.kill('the session is closed');
      return null;
    };
    const session: Session = {
      async call(name, args, parameters) {
        if (over) return { type: 'killed', reason: 'the session is closed' };
        // Calls that come while a process starts share it, so that one wish for a fresh state makes one process.
        if (!current.alive || (parameters !== undefined && (used || parameters.length > 0)))
          renewing ??= renew(parameters);
        const broken = await renewing;
        used = true;
        return broken === null ? current.call(name, args) : { type: 'failed', reason: broken };
      },
      close() {
        if (over) return;
        over = true;
        killed++;
        sessions.delete(session);
        signal?.removeEventListener('abort', session.close);
        current.kill('the session is closed');
        void remove(container, folder);
      },
    };
    sessions.add(session);
    if (signal?.aborted || closed) session.close();
    else signal?.addEventListener('abort', session.close, { once: true });
    return { type: 'ok', session };
  }

  function installOnce(container: Container, home: string, packages: string, signal?: AbortSignal): Promise<Installed> {
    if (packages === '') return Promise.resolve({ type: 'ok' });
    let found = installs.get(home);
    if (!found) {
      found = install(container, home, packages, signal);
      installs.set(home, found);
      // Registries come and go: what failed may be tried again.
      void found.then(({ type }) => type === 'failed' && installs.delete(home));
    }
    return found;
  }

  return {
    id: 'webcontainer',
    prepare: (source) => prepareProject(source),
    async open({ program }, limits, signal) {
      if (program.kind !== 'script') return failed(`${program.kind} programs do not run in a WebContainer`);
      try {
        return await open(program, limits, signal);
      } catch (error) {
        return failed(`the container failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    stats: (): SandboxStats => ({ alive: sessions.size, ready: 0, opened, killed, note: NOTE }),
    close() {
      if (closed) return;
      closed = true;
      for (const session of [...sessions]) session.close();
      void endContainer();
    },
  };
}

type Rest = [limits: Parameters<Sandbox['open']>[1], signal?: AbortSignal | undefined];

function failed(reason: string): OpenResult {
  return { type: 'failed', reason };
}

/** What is left behind after the container has gone is gone with it. */
async function remove(container: Container, folder: string): Promise<void> {
  await container.fs.rm(folder, { recursive: true, force: true }).catch(() => {});
}
