/** What the relay's endpoints work with. Made once by `open.ts`; tests make their own. */
import type { RelayConfig } from './config.ts';
import type { CompileService } from './compile/index.ts';
import type { OfferedModel } from './llm/catalogue.ts';
import type { Gateway } from './llm/gateway.ts';
import type { Metrics } from './metrics.ts';
import type { Client, Store } from './store/store.ts';

export interface Services {
  readonly config: RelayConfig;
  readonly store: Store;
  readonly gateway: Gateway;
  readonly models: ReadonlyMap<string, OfferedModel>;
  /** What became of asking each provider for its models; by id. */
  readonly probes: () => readonly Probe[];
  readonly compile: CompileService;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Probe {
  readonly provider: string;
  readonly state: 'ready' | 'failing' | 'no-key' | 'unasked';
  /** For people, without keys and addresses. */
  readonly reason: string;
  readonly at: number | null;
}

/** What middleware leaves in a request's context. */
export interface Variables {
  client: Client;
  address: string;
  request: string;
}

export interface ApiEnvironment {
  Variables: Variables;
}
