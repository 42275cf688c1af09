/** From configuration to providers: their keys come from the environment. */
import type { ProviderConfig } from '../config.ts';
import { keyVariableOf } from '../config.ts';
import type { OfferedModel } from './catalogue.ts';
import { openProvider } from '../../web/models/providers/open.ts';
import type { Provider } from '../../web/models/providers/provider.ts';

export interface ProviderWiring {
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => number;
  readonly timeout: number;
  readonly factsOf: (provider: string, model: string) => OfferedModel | null;
}

export type Made =
  | { readonly type: 'ok'; readonly id: string; readonly provider: Provider }
  /** Its variable is not set. */
  | { readonly type: 'no-key'; readonly id: string; readonly variable: string };

export function idOf({ id, kind }: ProviderConfig): string {
  return id ?? kind;
}

export function createProvider(config: ProviderConfig, { environment, now, timeout, factsOf }: ProviderWiring): Made {
  const id = idOf(config);
  const variable = keyVariableOf(config);
  const key = variable === null ? null : (environment[variable] ?? '');
  if (variable !== null && key === '') return { type: 'no-key', id, variable };
  const endpoint = { baseURL: config.baseURL ?? null, key, timeout };
  const facts = (model: string): OfferedModel | null => factsOf(id, model);
  const { kind, api } = config;
  return { type: 'ok', id, provider: openProvider({ id, kind, endpoint, api, now, factsOf: facts }) };
}
