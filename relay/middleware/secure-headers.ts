/** Headers that every answer carries. */
import type { MiddlewareHandler } from 'hono';
import { FRAME_FILE, FRAME_POLICY } from '../../sandboxes/hosting/browser/frame-page.ts';

/** What the page may do: scripts and connections of its own place only, no inline script, no eval but WebAssembly. */
const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "frame-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** The sandbox's document has no origin, wherever it is opened. */
const SANDBOX_POLICY = `sandbox allow-scripts; ${FRAME_POLICY}; frame-ancestors 'self'`;

export function secureHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-opener-policy', 'same-origin');
    if (!headers.get('content-type')?.startsWith('text/html')) return;
    const isFrame = context.req.path === `/${FRAME_FILE}`;
    headers.set('content-security-policy', isFrame ? SANDBOX_POLICY : PAGE_POLICY);
  };
}
