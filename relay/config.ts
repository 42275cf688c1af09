/** What the relay is told: `genesis.config.json`, then the environment, then flags. All of it is checked; every error names its field. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import * as v from 'valibot';
import type { Caps } from './store/store.ts';
import { nanoDown } from '../web/engine/models/money.ts';
import { DEAREST_SEARCH } from '../web/engine/models/search.ts';

const count = (most: number) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(most, `must be at most ${most}`),
  );
const dollars = v.pipe(
  v.number('must be a number of US dollars'),
  v.minValue(0, 'must not be negative'),
  v.maxValue(1_000_000, 'must be at most 1,000,000'),
);
const name = v.pipe(
  v.string('must be text'),
  v.regex(/^[\w.:/@-]{1,128}$/, 'must be 1 to 128 letters, digits or . : / @ _ -'),
);
const tokenPrice = v.pipe(
  v.number('must be US dollars per million tokens'),
  v.minValue(0, 'must not be negative'),
  v.maxValue(100_000, 'must be at most 100,000'),
);

const searchPrice = v.pipe(
  v.number('must be US dollars for one search'),
  v.minValue(0, 'must not be negative'),
  v.maxValue(DEAREST_SEARCH, `must be at most ${DEAREST_SEARCH}`),
);

const Model = v.pipe(
  v.union(
    [
      name,
      v.strictObject({
        name,
        model: v.optional(name),
        price: v.optional(v.strictObject({ input: tokenPrice, output: tokenPrice, search: v.optional(searchPrice) })),
        purpose: v.optional(v.picklist(['text', 'vectors'], 'must be "text" or "vectors"')),
        context: v.optional(count(100_000_000)),
        reply: v.optional(count(10_000_000)),
        temperature: v.optional(v.picklist(['free', 'reasoning', 'fixed'], 'must be "free", "reasoning" or "fixed"')),
        reasons: v.optional(v.boolean('must be true or false')),
      }),
    ],
    'must be a model’s name, or an object with name, model, price, purpose, context, reply, temperature and reasons',
  ),
  v.transform((model) => (typeof model === 'string' ? { name: model } : model)),
);

/** Who answers, and how it is spoken to. */
export const KINDS = ['openai', 'anthropic', 'google', 'deepseek', 'openrouter', 'compatible'] as const;
export type ProviderKind = (typeof KINDS)[number];

const address = v.pipe(
  v.string('must be text'),
  v.url('must be an address like https://host/v1'),
  v.regex(/^https?:\/\//, 'must begin with http:// or https://'),
  v.check((text) => {
    const { username, password, search, hash } = new URL(text);
    return !username && !password && !search && !hash;
  }, 'must not hold a user, a password, a query or a fragment'),
);

const Provider = v.pipe(
  v.strictObject({
    id: v.optional(
      v.pipe(v.string('must be text'), v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and -')),
    ),
    kind: v.picklist(KINDS, `must be one of ${KINDS.join(', ')}`),
    /** Where it is; needed for `compatible`. */
    baseURL: v.optional(address),
    /** Name of the environment variable that holds the key: keys never stand in the file. */
    keyFrom: v.optional(
      v.pipe(
        v.string('must be text'),
        v.regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be the name of an environment variable'),
      ),
    ),
    models: v.optional(v.array(Model, 'must be a list of models'), []),
    /** Answers cost nothing, as on a machine of one's own. */
    free: v.optional(v.boolean('must be true or false'), false),
    /** For `openai`: `chat` where an endpoint knows no Responses. */
    api: v.optional(v.picklist(['responses', 'chat'], 'must be "responses" or "chat"')),
  }),
  v.check(
    ({ kind, baseURL }) => kind !== 'compatible' || baseURL !== undefined,
    'needs a baseURL, since its kind is "compatible"',
  ),
);

const Config = v.strictObject({
  host: v.optional(
    v.pipe(
      v.string('must be text'),
      v.check((text) => isIP(text) !== 0, 'must be an IP address such as 127.0.0.1 or 0.0.0.0'),
    ),
    '127.0.0.1',
  ),
  port: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(0, 'must be 0 to 65535'),
      v.maxValue(65535, 'must be 0 to 65535'),
    ),
    8420,
  ),
  /** Names under which people reach it, besides this machine's own. */
  names: v.optional(
    v.array(
      v.pipe(v.string('must be text'), v.regex(/^[a-z0-9.-]{1,253}$/i, 'must be a host name without scheme or port')),
      'must be a list of host names',
    ),
    [],
  ),
  /** Pages of other places that may use it from a browser. */
  origins: v.optional(
    v.array(
      v.pipe(v.string('must be text'), v.regex(/^https?:\/\/[a-z0-9.[\]:-]+$/i, 'must be an origin like https://host')),
      'must be a list of origins',
    ),
    [],
  ),
  store: v.optional(v.pipe(v.string('must be text'), v.nonEmpty('must name a file')), 'genesis.sqlite'),
  /** Whether a page on this very machine gets an owner's token without asking; only where the relay listens on loopback. */
  local: v.optional(v.boolean('must be true or false'), true),
  /** Whether pages may run Node projects, in WebContainers from stackblitz.com; commercial use of those needs a licence of StackBlitz. */
  nodeProjects: v.optional(v.boolean('must be true or false'), false),
  /**
   * Whether pages may fetch packages for Python, such as NumPy, from where Pyodide publishes them (cdn.jsdelivr.net); or the address of another
   * folder that holds those files.
   */
  pythonPackages: v.optional(
    v.union([v.boolean(), address], 'must be true, false, or an address like https://host/packages/'),
    false,
  ),
  /**
   * Whether pages may ask models themselves, without this relay: known providers with a person's own key, endpoints on the person's machine,
   * and models that run in the page, whose files come from huggingface.co and raw.githubusercontent.com. A list names further origins that
   * pages may reach, such as other relays and endpoints in one's own network. False: pages reach this relay and nothing else.
   */
  directModels: v.optional(
    v.union(
      [
        v.boolean(),
        v.array(v.pipe(v.string(), v.regex(/^https?:\/\/[a-z0-9.[\]:-]+$/i, 'must be an origin like https://host'))),
      ],
      'must be true, false, or a list of origins like https://host',
    ),
    true,
  ),
  /** Whether models may search the web by their provider's own means, for everybody who asks by this relay. */
  search: v.optional(v.boolean('must be true or false'), false),
  compile: v.optional(
    v.strictObject({
      /** Whether Rust's projects may take crates from crates.io, whose scripts and macros then run in the compilers' jail; or which they may name. */
      crates: v.optional(
        v.union(
          [
            v.boolean(),
            v.pipe(
              v.array(v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'must be the name of a crate'))),
              v.maxLength(1_000, 'must name at most 1,000 crates'),
            ),
          ],
          'must be true, false, or a list of names of crates',
        ),
        false,
      ),
    }),
    {},
  ),
  /** Behind a proxy that sets `x-forwarded-for`: how many of them. */
  proxies: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(0, 'must not be negative'),
      v.maxValue(8, 'must be at most 8'),
    ),
    0,
  ),
  providers: v.optional(v.array(Provider, 'must be a list of providers'), []),
  /** What the relay as a whole may spend; left out: no cap. */
  budget: v.optional(
    v.strictObject({ dollars: v.optional(dollars), tokens: v.optional(count(1e15)), calls: v.optional(count(1e12)) }),
    {},
  ),
  limits: v.optional(
    v.strictObject({
      requestsPerMinute: v.optional(count(1_000_000), 600),
      joinsPerMinute: v.optional(count(10_000), 60),
      callsAtOnce: v.optional(count(10_000), 16),
      bodyBytes: v.optional(count(100_000_000), 4_000_000),
      callSeconds: v.optional(count(3_600), 600),
      shareBytes: v.optional(count(1_000_000_000), 8_000_000),
      sharesPerClient: v.optional(count(100_000), 200),
      compilesAtOnce: v.optional(count(64), 2),
    }),
    {},
  ),
  /** How long what may be forgotten is kept, in days; null: for ever. */
  keep: v.optional(
    v.strictObject({
      /** A call that has ended, and its reply; what it cost is never forgotten. */
      callDays: v.optional(v.nullable(count(36_500)), 90),
      /** A client or a code after it has expired. */
      clientDays: v.optional(v.nullable(count(36_500)), 365),
    }),
    {},
  ),
  /** One reply for all who ask the very same. */
  reuseReplies: v.optional(v.boolean('must be true or false'), false),
  /** A line to stderr for each request; left out: where it listens beyond this machine. */
  log: v.optional(v.picklist(['none', 'requests'], 'must be "none" or "requests"')),
});

export type RelayConfig = v.InferOutput<typeof Config>;
export type ProviderConfig = RelayConfig['providers'][number];

export type Read =
  | { readonly type: 'ok'; readonly config: RelayConfig }
  | { readonly type: 'failed'; readonly problems: readonly string[] };

/** Environment variables and the fields they set. */
export const VARIABLES: Readonly<
  Record<string, { readonly field: keyof RelayConfig; readonly as: 'text' | 'number' | 'list' | 'flag' }>
> = {
  GENESIS_HOST: { field: 'host', as: 'text' },
  GENESIS_PORT: { field: 'port', as: 'number' },
  GENESIS_NAMES: { field: 'names', as: 'list' },
  GENESIS_ORIGINS: { field: 'origins', as: 'list' },
  GENESIS_STORE: { field: 'store', as: 'text' },
  GENESIS_LOCAL: { field: 'local', as: 'flag' },
  GENESIS_NODE_PROJECTS: { field: 'nodeProjects', as: 'flag' },
  GENESIS_PYTHON_PACKAGES: { field: 'pythonPackages', as: 'flag' },
  GENESIS_DIRECT_MODELS: { field: 'directModels', as: 'flag' },
  GENESIS_SEARCH: { field: 'search', as: 'flag' },
  GENESIS_PROXIES: { field: 'proxies', as: 'number' },
};

/** `file`: text of the configuration, or null where there is none. `flags` are as fields. */
export function readConfig(
  file: { readonly name: string; readonly text: string } | null,
  environment: NodeJS.ProcessEnv,
  flags: Readonly<Record<string, unknown>> = {},
): Read {
  const problems: string[] = [];
  let from: Record<string, unknown> = {};
  if (file) {
    try {
      const parsed: unknown = JSON.parse(file.text);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
        problems.push(`${file.name}: must be a JSON object`);
      else from = { ...parsed };
    } catch (error) {
      problems.push(`${file.name}: is no JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const source = new Map<string, string>(Object.keys(from).map((field) => [field, file?.name ?? '']));
  for (const [variable, { field, as }] of Object.entries(VARIABLES)) {
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    from[field] =
      as === 'number'
        ? Number(text)
        : as === 'list'
          ? text
              .split(',')
              .map((part) => part.trim())
              .filter(Boolean)
          : as === 'flag'
            ? flagOf(text)
            : text;
    source.set(field, variable);
  }
  for (const [field, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    from[field] = value;
    // A flag that may be given more than once is called after one of them.
    source.set(field, `--${Array.isArray(value) ? field.replace(/s$/, '') : field}`);
  }
  const result = v.safeParse(Config, from);
  if (!result.success) {
    for (const issue of result.issues) {
      const path = v.getDotPath(issue) ?? '';
      const field = path.split('.')[0] ?? '';
      const where = source.get(field) ?? file?.name ?? '';
      const unknown = issue.type === 'strict_object' && issue.expected === 'never';
      problems.push(
        `${where}${where ? ': ' : ''}${path || 'the configuration'} ${unknown ? 'is no setting of this relay' : issue.message}`,
      );
    }
  }
  if (problems.length > 0 || !result.success) return { type: 'failed', problems };
  const ids = new Set<string>();
  for (const [index, provider] of result.output.providers.entries()) {
    const id = provider.id ?? provider.kind;
    if (ids.has(id)) problems.push(`${file?.name ?? ''}: providers.${index}.id is "${id}", which another provider has`);
    ids.add(id);
  }
  return problems.length > 0
    ? { type: 'failed', problems }
    : { type: 'ok', config: withKeysOf(result.output, environment) };
}

/** Providers whose usual variable is set are offered without any file. */
const USUAL: readonly { readonly kind: ProviderKind; readonly variable: string }[] = [
  { kind: 'openai', variable: 'OPENAI_API_KEY' },
  { kind: 'anthropic', variable: 'ANTHROPIC_API_KEY' },
  { kind: 'google', variable: 'GEMINI_API_KEY' },
  { kind: 'deepseek', variable: 'DEEPSEEK_API_KEY' },
  { kind: 'openrouter', variable: 'OPENROUTER_API_KEY' },
];

function withKeysOf(config: RelayConfig, environment: NodeJS.ProcessEnv): RelayConfig {
  const more = USUAL.filter(
    ({ kind, variable }) =>
      (environment[variable] ?? '') !== '' && !config.providers.some((provider) => provider.kind === kind),
  ).map(({ kind, variable }): ProviderConfig => ({ kind, keyFrom: variable, models: [], free: false }));
  return more.length === 0 ? config : { ...config, providers: [...config.providers, ...more] };
}

/** Name of the variable that holds a provider's key; null where it needs none. */
export function keyVariableOf({ kind, keyFrom }: ProviderConfig): string | null {
  return keyFrom ?? USUAL.find((usual) => usual.kind === kind)?.variable ?? null;
}

export function readConfigFile(path: string): { readonly name: string; readonly text: string } | null {
  try {
    return { name: path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Dollars are rounded down to whole nano-dollars: a cap is never widened. */
export function capsOf({
  dollars,
  tokens,
  calls,
}: {
  readonly dollars?: number | null | undefined;
  readonly tokens?: number | null | undefined;
  readonly calls?: number | null | undefined;
}): Caps {
  return {
    nano: dollars === undefined || dollars === null ? null : nanoDown(dollars),
    tokens: tokens ?? null,
    calls: calls ?? null,
  };
}

export function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}

function flagOf(text: string): boolean | string {
  if (['1', 'true', 'yes'].includes(text.toLowerCase())) return true;
  if (['0', 'false', 'no'].includes(text.toLowerCase())) return false;
  return text;
}
