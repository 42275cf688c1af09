/** `npm run relay`: flags, join codes for a class, an owner's token. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hashOf, newCode, newId, newToken } from './access/tokens.ts';
import { capsOf } from './config.ts';
import { serve } from './main.ts';
import type { Services } from './services.ts';

const USAGE = `npm run relay -- [flags]

Serves the page, asks language models with your keys, and keeps to your budgets. Keys are taken from the environment
(OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, DEEPSEEK_API_KEY, OPENROUTER_API_KEY); further endpoints and limits are set in
genesis.config.json. On this machine's own address nobody is asked for anything.

  --config FILE    configuration (default: genesis.config.json)
  --host IP        where to listen (default: 127.0.0.1; 0.0.0.0: on all networks)
  --port N         port (default: 8420; 0: any)
  --store FILE     where budgets, replies and shares are kept (default: genesis.sqlite)
  --name HOST      a name people reach it by, besides this machine's own; may be given more than once
  --origin URL     an origin whose pages may use it; may be given more than once
  --owner          print a new token of an owner, for a relay that is not on loopback

A class:
  --class LABEL    print a code to join by
  --dollars N      what all who join may spend together (needed with --class)
  --each N         what each of them may spend (default: no limit but the common one)
  --seats N        how many may join (default: 30)
  --hours N        how long the code is good (default: 4)
  --models LIST    names with commas between them (default: all)

  --help           this text`;

const OPTIONS = {
  site: { type: 'string', default: 'dist' },
  config: { type: 'string', default: 'genesis.config.json' },
  host: { type: 'string' },
  port: { type: 'string' },
  store: { type: 'string' },
  name: { type: 'string', multiple: true },
  origin: { type: 'string', multiple: true },
  owner: { type: 'boolean' },
  class: { type: 'string' },
  dollars: { type: 'string' },
  each: { type: 'string' },
  seats: { type: 'string' },
  hours: { type: 'string' },
  models: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string | boolean | string[]>>;

async function main(): Promise<number> {
  let values: Values;
  try {
    ({ values } = parseArgs({ options: OPTIONS }) as { values: Values });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const lesson = classOf(values);
  if (typeof lesson === 'string') {
    console.error(lesson);
    return 2;
  }
  const { host, port, store, name, origin } = values;
  const serving = await serve({
    site: resolve(values.site as string),
    file: values.config as string,
    flags: { host, port: port === undefined ? undefined : Number(port), store, names: name, origins: origin },
    environment: process.env,
    further: port === undefined ? 50 : 0,
    say: console.log,
  });
  if (serving.type === 'failed') {
    for (const problem of serving.problems) console.error(problem);
    return 1;
  }
  console.log(`Genesis is at ${serving.url} (Ctrl-C ends it)`);
  if (values.owner) console.log(`An owner's token, shown this once: ${await ownerToken(serving.services)}`);
  if (lesson) {
    if (![...serving.services.models.values()].some(({ purpose }) => purpose === 'text')) {
      console.log(
        'No model is offered: set a key, such as OPENAI_API_KEY, or name providers in genesis.config.json (see docs/relay.md).',
      );
    }
    const unknown = lesson.models?.filter((model) => !serving.services.models.has(model)) ?? [];
    if (unknown.length > 0) console.log(`Not offered here: ${unknown.join(', ')}.`);
    console.log(
      `Code to join "${lesson.label}", good for ${lesson.hours} h and ${lesson.seats} seats: ${await code(serving.services, lesson)}`,
    );
  }
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const end = (): void => {
      for (const signal of signals) process.off(signal, end);
      console.log('Ending: calls under way get 10 s.');
      void serving.close().then(() => resolve(0));
    };
    for (const signal of signals) process.on(signal, end);
  });
}

interface Lesson {
  readonly label: string;
  readonly dollars: number;
  readonly each: number | null;
  readonly seats: number;
  readonly hours: number;
  readonly models: readonly string[] | null;
}

/** What is wrong, where something is. */
function classOf(values: Values): Lesson | string | null {
  if (values.class === undefined) {
    const lone = (['dollars', 'each', 'seats', 'hours', 'models'] as const).find((flag) => values[flag] !== undefined);
    return lone === undefined ? null : `--${lone} belongs to a class: name one with --class`;
  }
  const label = String(values.class).trim();
  if (label === '' || label.length > 80) return '--class takes a name of 1 to 80 characters';
  const number = (
    flag: 'dollars' | 'each' | 'seats' | 'hours',
    otherwise: number | null,
    least: number,
  ): number | string | null => {
    const text = values[flag];
    if (text === undefined) return otherwise;
    const value = Number(text);
    return text !== '' && Number.isFinite(value) && value >= least
      ? value
      : `--${flag} takes a number of at least ${least}, not "${String(text)}"`;
  };
  const dollars = number('dollars', null, 0);
  const each = number('each', null, 0);
  const seats = number('seats', 30, 1);
  const hours = number('hours', 4, 0.01);
  for (const value of [dollars, each, seats, hours]) if (typeof value === 'string') return value;
  if (dollars === null) return '--class needs --dollars: what all who join may spend together';
  const models =
    values.models === undefined
      ? null
      : String(values.models)
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean);
  return {
    label,
    dollars: dollars as number,
    each: each as number | null,
    seats: Math.floor(seats as number),
    hours: hours as number,
    models,
  };
}

async function code({ store, now }: Services, { label, dollars, each, seats, hours, models }: Lesson): Promise<string> {
  const text = newCode();
  const created = now();
  const expires = created + Math.round(hours * 3_600_000);
  const made = { id: newId(), label, created, expires, seats, joined: 0, models, each: capsOf({ dollars: each }) };
  await store.addCode(made, hashOf(text), capsOf({ dollars }));
  return text;
}

async function ownerToken({ store, now }: Services): Promise<string> {
  const token = newToken();
  const client = {
    id: newId(),
    role: 'owner',
    name: 'owner',
    code: null,
    models: null,
    created: now(),
    expires: null,
  } as const;
  await store.addClient(client, hashOf(token), capsOf({}));
  return token;
}

process.exitCode = await main();
