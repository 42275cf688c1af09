/** The JavaScript and TypeScript member of the sandbox family. */
import type { Sandbox } from '../contract.ts';
import type { Connect } from '../hosting/link.ts';
import { createHostedSandbox } from '../hosting/sandbox.ts';

export interface JavaScriptSandboxOptions {
  /** Heap of one realm in megabytes, where the place can limit it; sessions may ask for less. */
  readonly megabytes: number;
}

/** `connect` is `connectFrame(port)` in a page and `connectJail` in Node. */
export function createJavaScriptSandbox(
  connect: Connect,
  options: JavaScriptSandboxOptions = { megabytes: 256 },
): Sandbox {
  const none = () => Promise.reject(new Error('scripts need no realm of their own'));
  return createHostedSandbox('javascript', connect, none, options);
}
