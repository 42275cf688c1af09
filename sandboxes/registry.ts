/** Sandboxes by id, each loaded when it is first asked for. */
import type { Sandbox } from './contract.ts';
import type { HostedSandbox } from './hosting/prepare.ts';
import type { HostedSandboxOptions } from './hosting/sandbox.ts';

export interface SandboxEntry {
  readonly title: string;
  /** In a page: over the port of a mounted frame. */
  inPage(port: MessagePort, options?: HostedSandboxOptions): Promise<Sandbox>;
  /** In Node: in a jailed process of its own. */
  inNode(options?: HostedSandboxOptions): Promise<Sandbox>;
}

function hosted(id: HostedSandbox, title: string): SandboxEntry {
  return {
    title,
    async inPage(port, options) {
      const [{ createHostedSandbox }, { connectFrame }, { loadPageRealm, loadPagePackages }] = await Promise.all([
        import('./hosting/sandbox.ts'),
        import('./hosting/browser/connect-frame.ts'),
        import('./hosting/browser/realms.ts'),
      ]);
      return createHostedSandbox(id, connectFrame(port), loadPageRealm, { packages: loadPagePackages, ...options });
    },
    async inNode(options) {
      const [{ createHostedSandbox }, { connectJail }, { loadNodeRealm, loadNodePackages }] = await Promise.all([
        import('./hosting/sandbox.ts'),
        // Held in variables so that a bundler for the page leaves Node's part alone.
        import(/* @vite-ignore */ nodeJail) as Promise<typeof import('./hosting/node/jail.ts')>,
        import(/* @vite-ignore */ nodeRealms) as Promise<typeof import('./hosting/node/realms.ts')>,
      ]);
      return createHostedSandbox(id, connectJail, loadNodeRealm, { packages: loadNodePackages, ...options });
    },
  };
}

const nodeJail = './hosting/node/jail.ts';
const nodeRealms = './hosting/node/realms.ts';

const entries: Readonly<Record<HostedSandbox, SandboxEntry>> = {
  javascript: hosted('javascript', 'JavaScript and TypeScript'),
  quickjs: hosted('quickjs', 'JavaScript, every step of it counted'),
  wasi: hosted('wasi', 'WebAssembly, from any compiler'),
  python: hosted('python', 'Python'),
  pyodide: hosted('pyodide', 'Python with packages'),
};

export type SandboxId = keyof typeof entries;

export const sandboxes: ReadonlyMap<string, SandboxEntry> = new Map(Object.entries(entries));
