/** Shares: bytes under their own hash. They never change, anybody with the link can read them, and only who made them can take them back. */
import { Hono } from 'hono';
import { createHash } from 'node:crypto';
import { authenticate, paced } from '../middleware/authenticate.ts';
import { Buckets } from '../middleware/buckets.ts';
import type { ApiEnvironment, Services } from '../services.ts';
import { readAll } from './body.ts';
import { refusal } from './refusal.ts';

const READS_PER_MINUTE = 300;

export function sharesApi(services: Services) {
  const { store, config, now } = services;
  const known = [authenticate(services), paced(services)] as const;
  const reads = new Buckets(READS_PER_MINUTE, now);

  return new Hono<ApiEnvironment>()
    .post('/shares', ...known, async (context) => {
      const client = context.get('client');
      const { shareBytes, sharesPerClient } = config.limits;
      const read = await readAll(context.req.raw, shareBytes);
      if (read.type !== 'ok') {
        return read.type === 'long'
          ? refusal(
              context,
              413,
              'too-large',
              `A share may have ${shareBytes} bytes.`,
              'Share fewer events, or a file.',
            )
          : refusal(context, 408, 'too-slow', 'The share did not come in time.', 'Send it again.');
      }
      if (read.bytes.length === 0)
        return refusal(context, 400, 'empty', 'The share is empty.', 'Send its bytes as the body.');
      const id = createHash('sha256').update(read.bytes).digest('base64url');
      const sealed = context.req.header('x-sealed') === '1';
      const share = { id, owner: client.id, bytes: read.bytes.length, created: now(), sealed };
      const added = await store.addShare(share, read.bytes, sharesPerClient);
      if (added === 'full') {
        const said = `You have ${sharesPerClient} shares, which is all one may have.`;
        return refusal(context, 429, 'too-many', said, 'Delete one.');
      }
      const fresh = added === 'added';
      return context.json({ v: 1, id, fresh } as const, fresh ? 201 : 200);
    })
    .get('/shares', ...known, async (context) => {
      const shares = (await store.sharesOf(context.get('client').id)).map(({ id, bytes, created, sealed }) => ({
        id,
        bytes,
        created,
        sealed,
      }));
      return context.json({ v: 1, shares } as const);
    })
    .get('/shares/:id', async (context) => {
      const wait = reads.take(context.get('address'));
      if (wait > 0)
        return refusal(context, 429, 'too-many', 'Too many shares read from this address.', 'Wait a minute.', wait);
      const id = context.req.param('id');
      const found = /^[\w-]{43}$/.test(id) ? await store.share(id) : null;
      if (found === null)
        return refusal(
          context,
          404,
          'no-share',
          'There is no such share; its owner may have deleted it.',
          'Ask for another link.',
        );
      context.header('content-type', 'application/octet-stream');
      // Whatever it holds, a browser shall only ever download it.
      context.header('content-disposition', 'attachment');
      context.header('content-security-policy', "default-src 'none'; sandbox");
      context.header('cache-control', 'private, no-cache');
      context.header('etag', `"${id}"`);
      context.header('x-sealed', found.share.sealed ? '1' : '0');
      if (context.req.header('if-none-match') === `"${id}"`) return context.body(null, 304);
      return context.body(found.content.slice().buffer, 200);
    })
    .delete('/shares/:id', ...known, async (context) => {
      const removed = await store.removeShare(context.req.param('id'), context.get('client').id);
      return removed
        ? context.json({ v: 1, removed } as const)
        : refusal(context, 404, 'no-share', 'You have no such share.', 'Look at your list of shares.');
    });
}
