/**
 * Keeps pages of other places out of the API. Tokens travel in a header that no foreign page can make a browser send, so this is the second
 * wall; it is the first one for what gives tokens out. CORS answers only those origins the owner has listed.
 */
import type { MiddlewareHandler } from 'hono';
import { refusal } from '../api/refusal.ts';

const ALLOWED_HEADERS = 'authorization, content-type, x-genesis';
const METHODS = 'GET, POST, PUT, DELETE';

export function samePlace(origins: readonly string[]): MiddlewareHandler {
  const listed = new Set(origins);
  return async (context, next) => {
    const origin = context.req.header('origin');
    if (origin === undefined) {
      // A browser that names no origin still says where a request comes from.
      const site = context.req.header('sec-fetch-site');
      if (site === 'cross-site' || site === 'same-site') {
        return refusal(
          context,
          403,
          'foreign',
          'This relay answers only its own pages.',
          'Open the page that the relay itself serves.',
        );
      }
      await next();
      return undefined;
    }
    const own = sameHost(origin, context.req.header('host') ?? '');
    if (!own && !listed.has(origin)) {
      return refusal(
        context,
        403,
        'foreign',
        'This relay answers only its own pages and those of listed origins.',
        'Its owner can list an origin under "origins" in the configuration.',
      );
    }
    if (!own) {
      context.header('access-control-allow-origin', origin);
      context.header('vary', 'origin', { append: true });
      if (context.req.method === 'OPTIONS') {
        context.header('access-control-allow-methods', METHODS);
        context.header('access-control-allow-headers', ALLOWED_HEADERS);
        context.header('access-control-max-age', '600');
        return context.body(null, 204);
      }
    }
    await next();
    return undefined;
  };
}

export function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase() && origin !== 'null';
}
