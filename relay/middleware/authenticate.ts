/** Who asks: a bearer token, looked up by its hash. Wrong tokens are counted by address, so that guessing gets nowhere. */
import type { MiddlewareHandler } from 'hono';
import { hashOf, isToken } from '../access/tokens.ts';
import { refusal } from '../api/refusal.ts';
import type { ApiEnvironment, Services } from '../services.ts';
import type { Role } from '../store/store.ts';
import { Buckets } from './buckets.ts';

const WRONG_PER_MINUTE = 20;
/** Tokens known to be good that are remembered, by hash. */
const MOST_KNOWN = 10_000;
const REMEDY = 'Open the relay’s page, or join again with a code.';

export function authenticate({ store, now }: Services): MiddlewareHandler<ApiEnvironment> {
  const wrong = new Buckets(WRONG_PER_MINUTE, now);
  // One who guesses must not shut out the class behind the same address.
  const good = new Set<string>();
  return async (context, next) => {
    const address = context.get('address');
    const header = context.req.header('authorization') ?? '';
    const token = header.startsWith('Bearer ') ? header.slice(7) : '';
    const hash = isToken(token) ? hashOf(token) : null;
    const wait = hash !== null && good.has(hash) ? 0 : wrong.wait(address);
    if (wait > 0)
      return refusal(context, 429, 'too-many', 'Too many wrong tokens from this address.', 'Wait a minute.', wait);
    if (token === '') {
      context.header('www-authenticate', 'Bearer');
      return refusal(context, 401, 'no-token', 'This needs a token.', REMEDY);
    }
    const client = hash === null ? null : await store.clientByToken(hash);
    if (client === null) {
      if (hash !== null) good.delete(hash);
      wrong.take(address);
      context.header('www-authenticate', 'Bearer error="invalid_token"');
      return refusal(context, 401, 'wrong-token', 'This token is not known here.', REMEDY);
    }
    if (client.expires !== null && client.expires <= now())
      return refusal(context, 401, 'expired', 'This token has expired.', REMEDY);
    if (hash !== null && good.size < MOST_KNOWN) good.add(hash);
    context.set('client', client);
    await next();
    return undefined;
  };
}

export function only(role: Role): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    if (context.get('client').role !== role) {
      return refusal(context, 403, 'not-allowed', `Only an ${role} may do this.`, 'Ask whoever runs this relay.');
    }
    await next();
    return undefined;
  };
}

/** So many requests a minute for each client. */
export function paced({ config, now }: Services): MiddlewareHandler<ApiEnvironment> {
  const buckets = new Buckets(config.limits.requestsPerMinute, now);
  return async (context, next) => {
    const wait = buckets.take(context.get('client').id);
    if (wait > 0) return refusal(context, 429, 'too-many', 'Too many requests.', 'Wait a little.', wait);
    await next();
    return undefined;
  };
}
