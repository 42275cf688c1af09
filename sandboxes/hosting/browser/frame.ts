import type { Role } from '../protocol.ts';
import { realmText, supervisorText } from '../program-text.ts';
import { FRAME_PAGE, type Connect } from './frame-page.ts';
import { superviseInWorker } from './supervisor-worker.ts';

export interface MountedFrame {
  /** For the run worker: hand it to `createBrowserHost`. One host a port. */
  readonly port: MessagePort;
  /** Resolves with null when the sandbox answers, or with the reason why it did not within 10 s. */
  readonly ready: Promise<string | null>;
  remove(): void;
}

/** Page → host over `MountedFrame.port`; the host asks with `mount` each time it needs a sandbox. */
export type KeeperReport =
  { readonly type: 'mounted'; readonly port: MessagePort } | { readonly type: 'failed'; readonly reason: string };

const START_MS = 10_000;

/**
 * Keeps an invisible frame of an opaque origin in the document: a supervisor in a worker of its own, so that painting can't delay a
 * limit, and under it the workers of candidates and evaluators. The first frame is mounted at once. The browser may end the frame's
 * process (memory); the host then asks over `port` for another, and the page need not know. `url` is where FRAME_PAGE is served; without
 * it the frame is a `srcdoc`, which works only where the page's own policy allows inline script and eval.
 */
export function mountFrame(document: Document, url: string | null = null): MountedFrame {
  const line = new MessageChannel();
  let current = mountOnce(document, url);
  let handed = false;
  let removed = false;
  line.port2.onmessage = async () => {
    if (removed) {
      line.port2.postMessage({ type: 'failed', reason: 'the sandbox frame was removed' } satisfies KeeperReport);
      return;
    }
    if (handed) {
      current.remove();
      current = mountOnce(document, url);
    }
    handed = true;
    const mine = current;
    const reason = await mine.ready;
    if (reason === null)
      line.port2.postMessage({ type: 'mounted', port: mine.port } satisfies KeeperReport, [mine.port]);
    else line.port2.postMessage({ type: 'failed', reason } satisfies KeeperReport);
  };
  return {
    port: line.port1,
    ready: current.ready,
    remove() {
      removed = true;
      current.remove();
    },
  };
}

function mountOnce(document: Document, url: string | null): MountedFrame {
  const channel = new MessageChannel();
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  frame.title = 'Sandbox';
  frame.style.cssText = 'position:absolute;width:0;height:0;border:0;visibility:hidden';
  if (url === null) frame.srcdoc = FRAME_PAGE;
  else frame.src = url;

  let settle: (reason: string | null) => void = () => {};
  const ready = new Promise<string | null>((resolve) => (settle = resolve));
  const timer = setTimeout(() => settle('the sandbox frame did not start'), START_MS);
  const hello = new MessageChannel();
  hello.port1.onmessage = (event: MessageEvent<unknown>) => {
    clearTimeout(timer);
    settle(typeof event.data === 'string' ? event.data : null);
    hello.port1.close();
  };
  const connect: Connect = { type: 'connect', supervisor: supervisorScript() };
  frame.addEventListener('load', () => frame.contentWindow?.postMessage(connect, '*', [channel.port2, hello.port2]), {
    once: true,
  });
  document.body.append(frame);
  return {
    port: channel.port1,
    ready,
    remove() {
      clearTimeout(timer);
      settle('the sandbox frame was removed');
      frame.remove();
    },
  };
}

function supervisorScript(): string {
  const programs: Record<Role, string> = { candidate: workerText('candidate'), evaluator: workerText('evaluator') };
  return `(${superviseInWorker.toString()})(${supervisorText()}, ${JSON.stringify(programs)});`;
}

/** The text of a realm's worker. `Function` makes a body and its parameters apart, so no text can close the function it is in. */
function workerText(role: Role): string {
  return `'use strict'; (() => { const NewFunction = Function; const clock = performance.now.bind(performance);
${realmText(role)}(self, (text, file) => new NewFunction('exports', 'module', 'require', '$p', '$fuel', text + '\\n//# sourceURL=' + file.replace(/\\s/g, '_')), clock); })();`;
}
