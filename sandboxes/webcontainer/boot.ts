/** Starts the one container a page may have, and gives up after five seconds: the client itself would wait for ever. */
import type { WebContainer } from '@webcontainer/api';

export type Container = Pick<WebContainer, 'fs' | 'mount' | 'spawn' | 'teardown' | 'workdir'>;

export type Booted =
  | { readonly type: 'ok'; readonly container: Container }
  | { readonly type: 'missing'; readonly reason: string; readonly remedy: string };

export interface BootOptions {
  /** Milliseconds until the service counts as out of reach. */
  readonly milliseconds?: number;
  /** Whether the page may share memory between threads; as the page has it where left out. */
  readonly isolated?: boolean;
}

const LIMIT = 5_000;
/** The same as the page's own header. */
const COEP = 'require-corp';

let booting: Promise<Booted> | null = null;

/**
 * Loads the client and, from stackblitz.com, the runtime. Once it has not come in time it can't be asked again before the page is
 * loaded anew: the client keeps waiting for the first answer.
 */
export function bootContainer(options: BootOptions = {}): Promise<Booted> {
  if (typeof window === 'undefined')
    return Promise.resolve(missing('WebContainers run in a page only', 'Open the experiment in a browser'));
  if (!(options.isolated ?? globalThis.crossOriginIsolated)) {
    const reason = 'WebContainers need a page that is isolated from other origins, and this one is not';
    return Promise.resolve(
      missing(
        reason,
        'Start the relay with GENESIS_NODE_PROJECTS=1, which lets the page load WebContainers from stackblitz.com',
      ),
    );
  }
  booting ??= boot(options.milliseconds ?? LIMIT);
  return booting;
}

/** Ends the container; the next `bootContainer` starts another. */
export async function endContainer(): Promise<void> {
  const booted = await booting;
  if (booted?.type !== 'ok') return;
  booting = null;
  booted.container.teardown();
}

async function boot(milliseconds: number): Promise<Booted> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Booted>((resolve) => {
    const reason = `The WebContainer service did not answer within ${milliseconds / 1000} seconds`;
    const remedy = 'Check that stackblitz.com can be reached and third-party storage is allowed, then reload the page';
    timer = setTimeout(() => resolve(missing(reason, remedy)), milliseconds);
  });
  try {
    return await Promise.race([late, start()]);
  } finally {
    clearTimeout(timer);
  }
}

async function start(): Promise<Booted> {
  try {
    const { WebContainer } = await import('@webcontainer/api');
    return { type: 'ok', container: await WebContainer.boot({ coep: COEP, workdirName: 'genesis' }) };
  } catch (error) {
    const reason = `The WebContainer did not start: ${error instanceof Error ? error.message : String(error)}`;
    return missing(reason, 'Reload the page to try again');
  }
}

function missing(reason: string, remedy: string): Booted {
  return { type: 'missing', reason, remedy };
}
