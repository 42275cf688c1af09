/** One line of JSON a request: when, what, how it ended. Never a header, a body, an address, a query or a token; of paths only their pattern. */
import type { ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { ApiEnvironment } from '../services.ts';

export interface RequestLine {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly method: string;
  /** Of the endpoint, such as `/api/v1/shares/:id`; `*` where there is none. */
  readonly route: string;
  readonly status: number;
  /** Milliseconds until the last byte was sent, or the client had gone. */
  readonly ms: number;
  /** Id of the client, where it is known. */
  readonly client?: string;
  /** The client had gone before the end. */
  readonly cut?: true;
}

export interface RequestLogOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly write: (line: string) => void;
}

export function requestLog({ now, write }: RequestLogOptions): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    const started = now();
    const { outgoing } = (context.env ?? {}) as { outgoing?: ServerResponse };
    const end = (cut: boolean): void => {
      const { id } = (context.get('client') as { readonly id: string } | undefined) ?? {};
      const line: RequestLine = {
        time: new Date(started).toISOString(),
        method: context.req.method,
        route: patternOf(context),
        status: context.res.status,
        ms: Math.max(0, Math.round(now() - started)),
        ...(id === undefined ? {} : { client: id }),
        ...(cut ? { cut: true } : {}),
      };
      write(JSON.stringify(line));
    };
    outgoing?.once('close', () => end(!outgoing.writableFinished));
    await next();
    if (!outgoing) end(false);
  };
}

/** What went wrong inside, where it did: the kind of error and the place, since its message may quote anything. */
export function errorLine(error: Error, now: number): string {
  const [frame = ''] = /(?<=\n\s+at ).*/.exec(error.stack ?? '') ?? [];
  return JSON.stringify({ time: new Date(now).toISOString(), error: error.name.slice(0, 60), at: frame.slice(0, 200) });
}

/** The last that is no middleware: `/api/*` is where nothing else was found. */
function patternOf(context: Context<ApiEnvironment>): string {
  const patterns = matchedRoutes(context).map(({ path }) => path);
  return patterns.findLast((path) => !path.endsWith('*')) ?? '*';
}
