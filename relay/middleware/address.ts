/** Who is at the other end of the connection, for limits by address. */
import type { MiddlewareHandler } from 'hono';
import type { ApiEnvironment } from '../services.ts';

/** `proxies`: how many of our own stand in front; each adds the address it saw to `x-forwarded-for`, and what came before is anybody's word. */
export function address(proxies: number): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    const { incoming } = (context.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
    let found = incoming?.socket?.remoteAddress ?? 'unknown';
    if (proxies > 0) {
      const hops = (context.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
      found = hops.at(-proxies) || found;
    }
    context.set('address', found.slice(0, 64));
    await next();
  };
}
