/** Who may import whom: the table of docs/architecture.md as data. */
import { importsOf } from './sources.ts';

/** Rooms from the most particular to the widest; the first that fits a path is its room. */
const ROOMS = [
  'web/engine',
  'web/syntax',
  'web/worker',
  'web/models',
  'web/history',
  'web/share',
  'web/state',
  'web/views',
  'web/charts',
  'web/editor',
  'web/ui',
  'web',
  'relay',
  'sandboxes',
  'wasm-toolchains',
  'examples',
] as const;

export type Room = (typeof ROOMS)[number];

interface Rule {
  /** A room, or one file of it. */
  readonly to: string;
  /** Only what disappears when types are stripped. */
  readonly types?: true;
}

/** Engine modules that read a log or a folder and have nothing of the loop in them. */
const READERS = [
  ...['state', 'reduce', 'folder', 'log', 'picture', 'events', 'program', 'language-titles', 'models/ensemble'],
  // What a call may cost, and whether a budget still allows one: said before anything is spent.
  ...[
    'models/cost',
    'models/prices',
    'models/search',
    'models/reservation',
    'models/plan',
    'models/named',
    'models/outlook',
    'strategy',
  ],
].map((name) => ({ to: `web/engine/${name}.ts` }));

/** What a view may know of the inside: shapes only. */
const SHAPES: readonly Rule[] = [{ to: 'web/engine', types: true }];

const RULES: Readonly<Record<Room, readonly Rule[] | 'anything'>> = {
  'web/engine': [],
  'web/syntax': [{ to: 'web/engine', types: true }],
  'web/worker': [
    { to: 'web/engine' },
    { to: 'web/syntax' },
    { to: 'web/models' },
    { to: 'web/history' },
    { to: 'sandboxes' },
    { to: 'wasm-toolchains' },
  ],
  'web/models': [
    { to: 'web/engine', types: true },
    // What a call costs, may cost at most, and what is known of models: where a page asks by itself, nobody else counts for it.
    ...['model', 'cost', 'prices', 'search', 'sources', 'tokens'].map((name) => ({
      to: `web/engine/models/${name}.ts`,
    })),
    // Replies of a stored run hold vectors as text.
    { to: 'web/engine/novelty/vector-text.ts' },
    { to: 'relay/app.ts', types: true },
  ],
  'web/history': [
    { to: 'web/engine', types: true },
    // Old events are brought up to date where they are read.
    { to: 'web/engine/upgrade.ts' },
    { to: 'relay/app.ts', types: true },
  ],
  // What becomes of a foreign run is a log of ours: the defaults of an experiment and the arithmetic of edits belong to the engine.
  'web/share': [
    { to: 'web/engine', types: true },
    { to: 'web/engine/defaults.ts' },
    { to: 'web/engine/patches/edits.ts' },
    // What looks like a secret stays here, by the same rules as in prompts.
    { to: 'web/engine/prompts/secrets.ts' },
    { to: 'relay/app.ts', types: true },
  ],
  'web/state': [
    { to: 'web/engine', types: true },
    ...READERS,
    { to: 'web/worker/protocol.ts', types: true },
    { to: 'web/worker/run-client.ts' },
    { to: 'web/models', types: true },
    // A person, the browser's own model and the graphics card are had by a page only.
    { to: 'web/models/person.ts' },
    { to: 'web/models/page-models.ts' },
    { to: 'web/history' },
    { to: 'web/share' },
    { to: 'examples/catalogue.ts' },
  ],
  'web/views': [{ to: 'web/state' }, { to: 'web/charts' }, { to: 'web/editor' }, { to: 'web/ui' }, ...SHAPES],
  'web/charts': [{ to: 'web/state' }, { to: 'web/ui' }, ...SHAPES],
  'web/editor': [{ to: 'web/state' }, { to: 'web/ui' }, ...SHAPES],
  'web/ui': [{ to: 'web/state' }, ...SHAPES],
  // The page's entry puts the rooms together.
  web: 'anything',
  relay: [
    { to: 'web/engine' },
    { to: 'web/syntax' },
    { to: 'web/share' },
    // The wires to providers are the same for a relay's key and for a person's own in the page.
    { to: 'web/models/providers' },
    { to: 'sandboxes' },
    { to: 'wasm-toolchains' },
    { to: 'examples' },
  ],
  // Every module is counted and capped before it runs.
  sandboxes: [{ to: 'wasm-toolchains/contract.ts' }, { to: 'wasm-toolchains/inspect' }],
  'wasm-toolchains': [],
  examples: [{ to: 'web/engine', types: true }],
};

export function roomOf(path: string): Room | null {
  return ROOMS.find((room) => path === room || path.startsWith(`${room}/`)) ?? null;
}

/** One line a breach: `file:line imports what, which its room may not`. */
export function breaches(path: string, text: string): string[] {
  const room = roomOf(path);
  if (room === null) return [];
  const rules = RULES[room];
  const found: string[] = [];
  for (const { specifier, path: target, typeOnly, line } of importsOf(path, text)) {
    if (target === null) {
      if (room === 'web/engine') found.push(`${path}:${line} imports ${specifier}; the engine imports only itself`);
      continue;
    }
    // A file of a package that its list of exports leaves out: which packages there may be is another check's matter.
    if (target.startsWith('node_modules/')) continue;
    if (roomOf(target) === room || rules === 'anything') continue;
    const allowed = rules.some((rule) => covers(rule.to, target) && (typeOnly || !rule.types));
    if (!allowed) found.push(`${path}:${line} imports ${typeOnly ? 'types of ' : ''}${target}, which ${room} may not`);
  }
  return found;
}

function covers(place: string, target: string): boolean {
  return target === place || target.startsWith(`${place}/`);
}
