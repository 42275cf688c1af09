/** Asking models: the list, a completion as a stream, vectors. */
import { type Context, Hono } from 'hono';
import { authenticate, paced } from '../middleware/authenticate.ts';
import { capsOf } from '../config.ts';
import type { ApiEnvironment, Services } from '../services.ts';
import type { Asker } from '../llm/gateway.ts';
import type { Client } from '../store/store.ts';
import { accountView } from './access.ts';
import { bodyOf } from './body.ts';
import { eventStream } from './event-stream.ts';
import { Completion, Embedding } from './fields.ts';
import { refusal } from './refusal.ts';

export function modelsApi(services: Services) {
  const { store, gateway, config, models } = services;
  const known = [authenticate(services), paced(services)] as const;
  const atOnce = new Map<string, number>();

  const begin = (client: Client): (() => void) | null => {
    const count = atOnce.get(client.id) ?? 0;
    if (count >= config.limits.callsAtOnce) return null;
    atOnce.set(client.id, count + 1);
    return () => {
      const left = (atOnce.get(client.id) ?? 1) - 1;
      if (left > 0) atOnce.set(client.id, left);
      else atOnce.delete(client.id);
    };
  };
  const tooMany = (context: Context) =>
    refusal(
      context,
      429,
      'too-many',
      `More than ${config.limits.callsAtOnce} calls at once.`,
      'Wait for one to end.',
      1_000,
    );
  const withRun = async (client: Client, run: { id: string; caps: Parameters<typeof capsOf>[0] } | null) => {
    if (run !== null) await store.setCaps(`run:${client.id}:${run.id}`, capsOf(run.caps));
    return { client, run: run?.id ?? null };
  };

  return (
    new Hono<ApiEnvironment>()
      .get('/models', ...known, (context) => {
        const { models: allowed } = context.get('client');
        const offered = [...models.values()].filter(({ name }) => allowed === null || allowed.includes(name));
        const list = offered.map(
          ({ name, provider, price, context: longest, reply, temperature, reasons, purpose }) => {
            return { name, provider, price, context: longest, reply, temperature, reasons, purpose };
          },
        );
        context.header('cache-control', 'no-store');
        return context.json({ v: 1, models: list, providers: services.probes() } as const);
      })
      /** Server-sent events: `text` with each piece, then one `reply` with what the engine's port gives, and what is left to spend. */
      .post('/models/complete', ...known, async (context) => {
        const client = context.get('client');
        const body = await bodyOf(context, Completion, config.limits.bodyBytes);
        if (body.type === 'refused') return body.response;
        const end = begin(client);
        if (end === null) return tooMany(context);
        let asker: Asker;
        try {
          asker = await withRun(client, body.value.run);
        } catch (error) {
          end();
          throw error;
        }
        const { request } = body.value;
        return eventStream(context, async (say, gone) => {
          try {
            const reply = await gateway.complete(asker, request, gone, (piece) => say('text', piece));
            const account = await store.account(`client:${client.id}`);
            say('reply', { v: 1, reply, account: account && accountView(account) });
          } finally {
            end();
          }
        });
      })
      .post('/models/embed', ...known, async (context) => {
        const client = context.get('client');
        const body = await bodyOf(context, Embedding, config.limits.bodyBytes);
        if (body.type === 'refused') return body.response;
        const end = begin(client);
        if (end === null) return tooMany(context);
        try {
          const asker = await withRun(client, body.value.run);
          const { model, texts, key } = body.value;
          const answer = await gateway.embed(asker, model, texts, context.req.raw.signal, key);
          context.header('cache-control', 'no-store');
          return context.json({ v: 1, answer } as const);
        } finally {
          end();
        }
      })
  );
}
