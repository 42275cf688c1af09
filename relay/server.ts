/** Listens, on this machine's loopback unless told otherwise, and hands requests to the app. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

export interface Listening {
  readonly type: 'ok';
  readonly port: number;
  /** Ends with a slash. */
  readonly url: string;
  /** Lets answers under way finish for so long, then cuts them off. */
  close(milliseconds?: number): Promise<void>;
}

export type ListenResult = Listening | { readonly type: 'failed'; readonly reason: string };

export interface ListenOptions {
  /** 0 = any free port. */
  readonly port: number;
  /** Further ports to try, one above the other, where that one is taken. */
  readonly further?: number;
  /** IP address; this machine's loopback where it is left out. */
  readonly host?: string;
}

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** A client that sends slower than this is cut off; streams to clients may last. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const CHECK_MS = 5_000;

const LOOPBACK = '127.0.0.1';

/** Never throws: a port that can't be had is a `failed` with its reason. */
export async function listen(app: { readonly fetch: Fetch }, options: ListenOptions): Promise<ListenResult> {
  const last = options.port === 0 ? 0 : Math.min(65535, options.port + (options.further ?? 0));
  const host = options.host ?? LOOPBACK;
  let reason = '';
  for (let port = options.port; port <= last; port++) {
    const server = createAdaptorServer({
      fetch: app.fetch,
      serverOptions: { connectionsCheckingInterval: CHECK_MS },
    }) as Server;
    server.headersTimeout = HEADERS_MS;
    server.requestTimeout = REQUEST_MS;
    const failure = await bind(server, host, port);
    if (failure === null) return listening(server, host);
    reason = explain(failure, host, port);
    if (failure.code !== 'EADDRINUSE' && failure.code !== 'EACCES') break;
  }
  return { type: 'failed', reason };
}

function bind(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, host, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
}

function listening(server: Server, host: string): Listening {
  const { port } = server.address() as AddressInfo;
  return {
    type: 'ok',
    port,
    url: `http://${shown(host)}:${port}/`,
    close: (milliseconds = 1000) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), milliseconds);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** As it stands in an address; all interfaces are reached by this one's name. */
function shown(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK;
  return host.includes(':') ? `[${host}]` : host;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') return `port ${port} of ${host} is taken`;
  if (error.code === 'EACCES') return `port ${port} of ${host} is not allowed to this user`;
  return `can't listen on port ${port} of ${host}: ${error.message}`;
}
