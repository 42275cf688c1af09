/** The relay as a command: reads its configuration, opens, listens, ends in order. `scripts/serve.ts` and `npm run relay` call it. */
import { createApp } from './app.ts';
import { isLoopback, readConfig, readConfigFile, type RelayConfig } from './config.ts';
import { openRelay } from './open.ts';
import type { Services } from './services.ts';
import { usePackages } from '../sandboxes/pyodide/packages-node.ts';
import { listen, type ListenOptions } from './server.ts';

export interface ServeOptions {
  /** Absolute folder of the built page. */
  readonly site: string;
  /** Path of the configuration; it need not be there. */
  readonly file: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: NodeJS.ProcessEnv;
  /** Further ports to try where the first is taken. */
  readonly further: number;
  readonly say: (line: string) => void;
}

export type Serving =
  | {
      readonly type: 'ok';
      readonly url: string;
      readonly config: RelayConfig;
      readonly services: Services;
      close(): Promise<void>;
    }
  | { readonly type: 'failed'; readonly problems: readonly string[] };

/** Calls of models under way get so long to end. */
const PATIENCE = 10_000;

export async function serve({ site, file, flags, environment, further, say }: ServeOptions): Promise<Serving> {
  const read = readConfig(readConfigFile(file), environment, flags);
  if (read.type === 'failed') return read;
  const { config } = read;
  const opened = await openRelay({ config, environment });
  if (opened.type === 'failed') return opened;
  const { relay } = opened;
  const log = config.log ?? (isLoopback(config.host) ? 'none' : 'requests');
  const app = createApp({
    ...{ site, hosts: config.names, services: relay.services },
    ...{ nodeProjects: config.nodeProjects, directModels: config.directModels },
    pythonPackages: usePackages(config.pythonPackages),
    ...(log === 'requests' ? { log: (line) => void process.stderr.write(`${line}\n`) } : {}),
  });
  const where: ListenOptions = { port: config.port, host: config.host, further };
  const listening = await listen(app, where);
  if (listening.type === 'failed') {
    await relay.close(0);
    return { type: 'failed', problems: [listening.reason] };
  }
  if (!isLoopback(config.host)) {
    say(
      `Listening on ${config.host}: whoever reaches this machine can ask for a token with a join code. Put TLS in front of it.`,
    );
  }
  for (const { provider, state, reason } of relay.services.probes())
    if (state === 'no-key') say(`${provider}: ${reason}`);
  void relay.probe().then(() => {
    for (const { provider, state, reason } of relay.services.probes())
      if (state === 'failing') say(`${provider}: ${reason}`);
    const { size } = relay.services.models;
    if (size > 0) say(`${size} models can be asked.`);
  });
  return {
    type: 'ok',
    url: listening.url,
    config,
    services: relay.services,
    async close() {
      const closed = listening.close(PATIENCE + 1000);
      await relay.close(PATIENCE);
      await closed;
    },
  };
}
