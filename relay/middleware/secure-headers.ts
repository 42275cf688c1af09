/** Headers that every answer carries. */
import type { MiddlewareHandler } from 'hono';

/**
 * What the page may do. The sandbox is a `srcdoc` frame and such a frame inherits this policy, so what its workers need
 * (inline script, eval, blob workers) has to be allowed here; the frame's own policy takes all connections away on top. The page itself
 * gains by the rest: nothing can be loaded from or sent to another place.
 */
const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "frame-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

export function secureHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-opener-policy', 'same-origin');
    if (headers.get('content-type')?.startsWith('text/html')) headers.set('content-security-policy', PAGE_POLICY);
  };
}
