/** Headers that every answer carries. */
import type { MiddlewareHandler } from 'hono';
import { FRAME_FILE, FRAME_POLICY } from '../../sandboxes/hosting/browser/frame-page.ts';

/** The service behind Node projects: the one other place a page may load a frame from, where a relay allows it. */
const CONTAINERS = 'https://stackblitz.com';

/** What the page may do: scripts and connections of its own place only, no inline script, no eval but WebAssembly. */
function pagePolicy(nodeProjects: boolean): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    nodeProjects ? `frame-src 'self' ${CONTAINERS}` : "frame-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
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
}

export function secureHeaders({ nodeProjects = false }: HeaderOptions = {}): MiddlewareHandler {
  const policy = pagePolicy(nodeProjects);
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-opener-policy', 'same-origin');
    // Documents, and the scripts of workers below them, have to agree on this.
    if (nodeProjects) headers.set('cross-origin-embedder-policy', 'require-corp');
    if (!headers.get('content-type')?.startsWith('text/html')) return;
    const isFrame = context.req.path === `/${FRAME_FILE}`;
    headers.set('content-security-policy', isFrame ? SANDBOX_POLICY : policy);
  };
}
