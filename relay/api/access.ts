/** Who may use the relay: the local page, those who join by a code, and what an owner sees and changes. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { fromNano } from '../../web/engine/models/money.ts';
import { hashOf, newCode, newId, newToken, readCode } from '../access/tokens.ts';
import { capsOf, isLoopback, type RelayConfig } from '../config.ts';
import { authenticate, only, paced } from '../middleware/authenticate.ts';
import { Buckets } from '../middleware/buckets.ts';
import { sameHost } from '../middleware/same-place.ts';
import type { ApiEnvironment, Services } from '../services.ts';
import type { Account, Amount, Caps as NanoCaps, Client, JoinCode } from '../store/store.ts';
import { bodyOf } from './body.ts';
import { AccountId, Caps, Join, NewCode } from './fields.ts';
import { refusal } from './refusal.ts';

const SMALL = 16_384;
const DAY = 86_400_000;

export function accessApi(services: Services) {
  const { store, config, now } = services;
  const joins = new Buckets(config.limits.joinsPerMinute, now);
  const known = [authenticate(services), paced(services)] as const;

  return (
    new Hono<ApiEnvironment>()
      /** A page of this machine, served by this relay, becomes its owner without being asked for anything. */
      .post('/session', async (context) => {
        const origin = context.req.header('origin');
        const own = origin !== undefined && sameHost(origin, context.req.header('host') ?? '');
        const here = isAlone(config) && isLocalName(context.req.header('host') ?? '');
        const passedOn = FORWARDED.some((name) => context.req.header(name) !== undefined);
        const direct = ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'unknown'].includes(context.get('address'));
        if (!here || !own || !direct || passedOn || context.req.header('x-genesis') !== '1') {
          return refusal(context, 403, 'not-local', 'This relay gives no token without a code.', 'Join with a code.');
        }
        const token = newToken();
        const client: Client = {
          ...{ id: newId(), role: 'owner', name: 'this machine', code: null, models: null },
          ...{ created: now(), expires: now() + 30 * DAY },
        };
        await store.addClient(client, hashOf(token), { nano: null, tokens: null, calls: null });
        context.header('cache-control', 'no-store');
        return context.json({ v: 1, token, client: clientView(client) } as const, 201);
      })
      .post('/join', async (context) => {
        const wait = joins.take(context.get('address'));
        if (wait > 0)
          return refusal(context, 429, 'too-many', 'Too many tries from this address.', 'Wait a minute.', wait);
        const body = await bodyOf(context, Join, SMALL);
        if (body.type === 'refused') return body.response;
        const code = readCode(body.value.code);
        const token = newToken();
        const made = { id: newId(), role: 'member', name: body.value.name, created: now(), expires: null } as const;
        const joined = code === null ? null : await store.join(hashOf(code), made, hashOf(token));
        if (joined?.type !== 'joined') {
          const why = joined?.reason ?? 'unknown';
          const said = {
            unknown: 'There is no such code.',
            expired: 'This code has expired.',
            full: 'All seats of this code are taken.',
          }[why];
          return refusal(context, 403, `code-${why}`, said, 'Ask whoever gave you the code for a new one.');
        }
        // A class often has one address: who has a code is no guesser.
        joins.give(context.get('address'));
        context.header('cache-control', 'no-store');
        return context.json({ v: 1, token, client: clientView(joined.client) } as const, 201);
      })
      .get('/me', ...known, async (context) => {
        const client = context.get('client');
        const own = await store.account(`client:${client.id}`);
        const shared = client.code === null ? null : await store.account(`code:${client.code}`);
        context.header('cache-control', 'no-store');
        return context.json({
          v: 1,
          client: clientView(client),
          own: own && accountView(own),
          shared: shared && accountView(shared),
        } as const);
      })
      .delete('/me', ...known, async (context) => {
        await store.removeClient(context.get('client').id);
        return context.json({ v: 1, removed: true } as const);
      })
      .get('/codes', ...known, only('owner'), async (context) => {
        const codes = await Promise.all(
          (await store.codes()).map(async (code) => {
            const account = await store.account(`code:${code.id}`);
            return { ...codeView(code), together: account && accountView(account) };
          }),
        );
        return context.json({ v: 1, codes } as const);
      })
      .post('/codes', ...known, only('owner'), async (context) => {
        const body = await bodyOf(context, NewCode, SMALL);
        if (body.type === 'refused') return body.response;
        const { label, hours, seats, models, each, together } = body.value;
        const unknown = models?.filter((model) => !services.models.has(model)) ?? [];
        if (unknown.length > 0)
          return refusal(
            context,
            400,
            'bad-field',
            `models: this relay has no ${unknown.join(', ')}`,
            'Take names from the list of models.',
          );
        const text = newCode();
        const code: JoinCode = {
          ...{
            id: newId(),
            label,
            created: now(),
            expires: now() + Math.round(hours * 3_600_000),
            seats,
            joined: 0,
            models,
          },
          each: capsOf(each),
        };
        await store.addCode(code, hashOf(text), capsOf(together));
        context.header('cache-control', 'no-store');
        return context.json({ v: 1, code: text, ...codeView(code) } as const, 201);
      })
      .delete('/codes/:id', ...known, only('owner'), async (context) => {
        return context.json({ v: 1, removed: await store.removeCode(context.req.param('id')) } as const);
      })
      .get('/clients', ...known, only('owner'), async (context) => {
        const clients = await Promise.all(
          (await store.clients()).map(async (client) => {
            const account = await store.account(`client:${client.id}`);
            return { ...clientView(client), account: account && accountView(account) };
          }),
        );
        return context.json({ v: 1, clients } as const);
      })
      .delete('/clients/:id', ...known, only('owner'), async (context) => {
        return context.json({ v: 1, removed: await store.removeClient(context.req.param('id')) } as const);
      })
      /** Raises or lowers what somebody may spend in all, what is spent already included. */
      .put('/accounts/:id', ...known, only('owner'), async (context) => {
        const id = v.safeParse(AccountId, context.req.param('id'));
        const account = id.success ? await store.account(id.output) : null;
        if (account === null)
          return refusal(
            context,
            404,
            'no-account',
            'There is no such account.',
            'Take its name from the list of codes or clients.',
          );
        const body = await bodyOf(context, Caps, SMALL);
        if (body.type === 'refused') return body.response;
        await store.setCaps(account.id, capsOf(body.value));
        return context.json({ v: 1, account: accountView({ ...account, caps: capsOf(body.value) }) } as const);
      })
  );
}

/** What proxies say of whom they ask for. */
const FORWARDED = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'];

/** Nobody but this machine can be at the other end: a relay with proxies or with a name of its own is there for others. */
function isAlone({ local, host, proxies, names }: RelayConfig): boolean {
  return local && isLoopback(host) && proxies === 0 && names.length === 0;
}

function isLocalName(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

function clientView({ id, role, name, models, expires }: Client) {
  return { id, role, name, models, expires };
}

function codeView({ id, label, created, expires, seats, joined, models, each }: JoinCode) {
  return { id, label, created, expires, seats, joined, models, each: capsView(each) };
}

export function accountView({ id, caps, spent, held }: Account) {
  return { id, caps: capsView(caps), spent: amountView(spent), held: amountView(held) };
}

function capsView({ nano, tokens, calls }: NanoCaps) {
  return { dollars: nano === null ? null : fromNano(nano), tokens, calls };
}

function amountView({ nano, tokens, calls }: Amount) {
  return { dollars: fromNano(nano), tokens, calls };
}
