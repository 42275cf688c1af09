/** Listens on this machine's loopback and hands requests to the app. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

export interface Listening {
  readonly type: 'ok';
  readonly port: number;
  /** Ends with a slash. */
  readonly url: string;
  /** Lets answers under way finish for a second, then cuts them off. */
  close(): Promise<void>;
}

export type ListenResult = Listening | { readonly type: 'failed'; readonly reason: string };

export interface ListenOptions {
  /** 0 = any free port. */
  readonly port: number;
  /** Further ports to try, one above the other, where that one is taken. */
  readonly further?: number;
}

const LOOPBACK = '127.0.0.1';

/** Never throws: a port that can't be had is a `failed` with its reason. */
export async function listen(
  app: { fetch(request: Request): Response | Promise<Response> },
  options: ListenOptions,
): Promise<ListenResult> {
  const last = options.port === 0 ? 0 : Math.min(65535, options.port + (options.further ?? 0));
  let reason = '';
  for (let port = options.port; port <= last; port++) {
    const server = createAdaptorServer({ fetch: app.fetch }) as Server;
    const failure = await bind(server, port);
    if (failure === null) return listening(server);
    reason = explain(failure, port);
    if (failure.code !== 'EADDRINUSE' && failure.code !== 'EACCES') break;
  }
  return { type: 'failed', reason };
}

function bind(server: Server, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, LOOPBACK, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
}

function listening(server: Server): Listening {
  const { port } = server.address() as AddressInfo;
  return {
    type: 'ok',
    port,
    url: `http://${LOOPBACK}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), 1000);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function explain(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE') return `port ${port} of ${LOOPBACK} is taken`;
  if (error.code === 'EACCES') return `port ${port} of ${LOOPBACK} is not allowed to this user`;
  return `can't listen on port ${port} of ${LOOPBACK}: ${error.message}`;
}
