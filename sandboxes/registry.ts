/** Sandboxes by id, each loaded when it is first asked for. */
import type { Sandbox } from './contract.ts';

export interface SandboxEntry {
  readonly title: string;
  /** In a page: over the port of a mounted frame. */
  inPage(port: MessagePort): Promise<Sandbox>;
  /** In Node: in a jailed process of its own. */
  inNode(): Promise<Sandbox>;
}

const entries = {
  javascript: {
    title: 'JavaScript and TypeScript',
    async inPage(port) {
      const [{ createJavaScriptSandbox }, { connectFrame }] = await Promise.all([
        import('./javascript/index.ts'),
        import('./hosting/browser/connect-frame.ts'),
      ]);
      return createJavaScriptSandbox(connectFrame(port));
    },
    async inNode() {
      const [{ createJavaScriptSandbox }, { connectJail }] = await Promise.all([
        import('./javascript/index.ts'),
        // Held in a variable so that a bundler for the page leaves Node's part alone.
        import(/* @vite-ignore */ nodeJail) as Promise<typeof import('./hosting/node/jail.ts')>,
      ]);
      return createJavaScriptSandbox(connectJail);
    },
  },
} as const satisfies Record<string, SandboxEntry>;

const nodeJail = './hosting/node/jail.ts';

export type SandboxId = keyof typeof entries;

export const sandboxes: ReadonlyMap<string, SandboxEntry> = new Map(Object.entries(entries));
