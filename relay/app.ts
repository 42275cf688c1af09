/** The relay as a Hono app. It never listens by itself: `server.ts` does, and tests call `app.request` or `app.fetch`. */
import { Hono } from 'hono';
import { createApi } from './api/index.ts';
import { hostCheck } from './middleware/host-check.ts';
import { errorLine, requestLog } from './middleware/request-log.ts';
import { secureHeaders, type DirectModels } from './middleware/secure-headers.ts';
import { site } from './middleware/site.ts';
import type { Services } from './services.ts';

export interface AppOptions {
  /** Absolute folder of the built page; null where something else serves it. */
  readonly site: string | null;
  /** Host names a request may name besides this machine's own (`localhost`, `127.0.0.1`, `[::1]`). */
  readonly hosts?: readonly string[];
  /** What stands behind the API; without it only the page is served. */
  readonly services?: Services;
  /** Lets the page run Node projects, in a service of another place (see `sandboxes/webcontainer`). */
  readonly nodeProjects?: boolean;
  /** Lets the page ask models without the relay; true where it is left out. */
  readonly directModels?: DirectModels;
  /** Folder that the page may fetch packages of Python from; none where it is left out. */
  readonly pythonPackages?: string | null;
  /** Told one line of JSON for each request of the API, and for what goes wrong inside. */
  readonly log?: (line: string) => void;
}

export function createApp(options: AppOptions) {
  const app = new Hono();
  const now = options.services?.now ?? Date.now;
  if (options.log) app.use('/api/*', requestLog({ now, write: options.log }));
  const { nodeProjects = false, directModels = true, pythonPackages = null } = options;
  app.use(secureHeaders({ nodeProjects, directModels, pythonPackages }));
  app.use(hostCheck(options.hosts ?? []));
  const api = app.get('/api/v1/health', (context) => {
    context.header('cache-control', 'no-store');
    return context.json({ v: 1, status: 'ok' } as const);
  });
  app.get('/api/v1/python-packages', (context) => {
    context.header('cache-control', 'no-store');
    return context.json({ v: 1, base: pythonPackages } as const);
  });
  if (options.services) app.route('/api/v1', createApi(options.services));
  app.all('/api/*', (context) => context.json({ v: 1, error: 'no such endpoint' } as const, 404));
  if (options.site !== null) app.use(site(options.site));
  app.notFound((context) => context.text('Not found\n', 404));
  app.onError((error, context) => {
    options.log?.(errorLine(error, now()));
    return context.text('Internal error\n', 500);
  });
  return api;
}

/** For clients that want the endpoints' types (`hono/client`). */
export type App = ReturnType<typeof createApp>;
/** The endpoints below `/api/v1`. */
export type Api = ReturnType<typeof createApi>;
