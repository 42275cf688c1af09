/** Headers that every answer carries. */
import type { MiddlewareHandler } from 'hono';
import { PROVIDER_ORIGINS } from '../../web/models/providers/kinds.ts';
import { FRAME_FILE, FRAME_POLICY } from '../../sandboxes/hosting/browser/frame-page.ts';

/** The service behind Node projects: the one other place a page may load a frame from, where a relay allows it. */
const CONTAINERS = 'https://stackblitz.com';

/** Models on the person's own machine, whatever port they listen on. */
const THIS_MACHINE = ['http://localhost:*', 'http://127.0.0.1:*'];

/** Where `@mlc-ai/web-llm` loads models for the graphics card from; the place of their weights redirects to hosts of its own. */
const WEIGHTS = [
  'https://huggingface.co',
  'https://*.huggingface.co',
  'https://*.hf.co',
  'https://raw.githubusercontent.com',
];

/** `true`: known providers, this machine, and where models that run in a page come from; a list: those, and these places. */
export type DirectModels = boolean | readonly string[];

function connections(direct: DirectModels, packages: string | null): string {
  const further = direct === true || direct === false ? [] : direct;
  const places = direct === false ? [] : [...Object.values(PROVIDER_ORIGINS), ...THIS_MACHINE, ...WEIGHTS, ...further];
  const own = packages === null ? [] : [new URL(packages).origin];
  return ["'self'", ...places, ...own].join(' ');
}

/** What the page may do: scripts of its own place only, no inline script, no eval but WebAssembly; connections to its own place and to models. */
function pagePolicy(nodeProjects: boolean, connecting: string): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    nodeProjects ? `frame-src 'self' ${CONTAINERS}` : "frame-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connecting}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}

/** The sandbox's document has no origin, wherever it is opened. */
const SANDBOX_POLICY = `sandbox allow-scripts; ${FRAME_POLICY}; frame-ancestors 'self'`;

export interface HeaderOptions {
  /** Node projects need a page that is isolated from other origins, and a frame of the service they run in. */
  readonly nodeProjects?: boolean;
  /** Whether the page may ask models without a relay; true where it is left out. */
  readonly directModels?: DirectModels;
  /** Folder that packages of Python come from; null where it is left out: none may be fetched. */
  readonly pythonPackages?: string | null;
}

export function secureHeaders(options: HeaderOptions = {}): MiddlewareHandler {
  const { nodeProjects = false, directModels = true, pythonPackages = null } = options;
  const connecting = connections(directModels, pythonPackages);
  const policy = pagePolicy(nodeProjects, connecting);
  // A worker goes by the policy of its own script, not by that of the page; texts it holds itself lead nowhere.
  const workerPolicy = `connect-src ${connecting} data: blob:`;
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-opener-policy', 'same-origin');
    // Documents, and the scripts of workers below them, have to agree on this.
    if (nodeProjects) headers.set('cross-origin-embedder-policy', 'require-corp');
    const type = headers.get('content-type') ?? '';
    if (type.startsWith('text/javascript')) headers.set('content-security-policy', workerPolicy);
    if (!type.startsWith('text/html')) return;
    const isFrame = context.req.path === `/${FRAME_FILE}`;
    headers.set('content-security-policy', isFrame ? SANDBOX_POLICY : policy);
  };
}
