/**
 * Refuses requests that name another host. A page on the internet can point a name of its own at 127.0.0.1 (DNS
 * rebinding) and would then be same-origin with the relay; the Host header gives it away.
 */
import type { MiddlewareHandler } from 'hono';

const OWN = ['localhost', '127.0.0.1', '[::1]'];

export function hostCheck(more: readonly string[]): MiddlewareHandler {
  const allowed = new Set([...OWN, ...more.map((name) => name.toLowerCase())]);
  return async (context, next) => {
    const name = hostName(context.req.header('host') ?? '');
    if (name === null || !allowed.has(name)) return context.text('This relay does not answer to that host name\n', 421);
    await next();
    return undefined;
  };
}

/** Lower-case name without the port; null where the header is not `name` or `name:port`. */
function hostName(header: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(header);
  return match?.[1]?.toLowerCase() ?? null;
}
