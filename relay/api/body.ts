/** Reads a request's JSON body: bounded in size and time, checked field by field. */
import type { Context } from 'hono';
import * as v from 'valibot';
import { refusal } from './refusal.ts';

export type Body<T> =
  { readonly type: 'ok'; readonly value: T } | { readonly type: 'refused'; readonly response: Response };

/** A body that has not come whole by then is given up. */
const LONGEST = 20_000;

/** Throws at bytes that are none; each call of `decode` stands for itself. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

export async function bodyOf<S extends v.GenericSchema>(
  context: Context,
  schema: S,
  bytes: number,
): Promise<Body<v.InferOutput<S>>> {
  const no = (status: 400 | 408 | 413 | 415, code: string, error: string, remedy: string): Body<never> => ({
    type: 'refused',
    response: refusal(context, status, code, error, remedy),
  });
  if (!/^application\/json\s*(;|$)/i.test(context.req.header('content-type') ?? '')) {
    return no(415, 'not-json', 'The body must be JSON.', 'Send it with content-type: application/json.');
  }
  const read = await readAll(context.req.raw, bytes);
  if (read.type !== 'ok') {
    return read.type === 'long'
      ? no(413, 'too-large', `The body is larger than ${bytes} bytes.`, 'Send less at a time.')
      : no(408, 'too-slow', 'The body did not come in time.', 'Send it again.');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(UTF8.decode(read.bytes));
  } catch {
    return no(400, 'not-json', 'The body is no valid JSON in UTF-8.', 'Send JSON.');
  }
  const result = v.safeParse(schema, parsed, { abortEarly: false, abortPipeEarly: true });
  if (result.success) return { type: 'ok', value: result.output as v.InferOutput<S> };
  const issues = result.issues.slice(0, 5).map((issue) => `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`);
  return no(400, 'bad-field', issues.join('; ').slice(0, 1_000), 'Mend the fields that are named.');
}

export type Read = { readonly type: 'ok'; readonly bytes: Uint8Array } | { readonly type: 'long' | 'slow' };

export async function readAll(request: Request, most: number): Promise<Read> {
  const told = request.headers.get('content-length');
  if (Number(told ?? 0) > most) return { type: 'long' };
  const { promise: late, resolve } = Promise.withResolvers<'slow'>();
  const timer = setTimeout(() => resolve('slow'), LONGEST);
  timer.unref();
  try {
    // The server takes no more than was told, so it need not be counted as it comes; read as a whole it never becomes a stream of the web,
    // which costs more than all else here. Where it is late the server reads the rest off and drops it.
    if (told !== null && !request.headers.has('transfer-encoding')) {
      const whole = await Promise.race([request.arrayBuffer().catch(() => 'slow' as const), late]);
      if (whole === 'slow') return { type: 'slow' };
      return whole.byteLength > most ? { type: 'long' } : { type: 'ok', bytes: new Uint8Array(whole) };
    }
    return await readCounting(request, most, late);
  } finally {
    clearTimeout(timer);
  }
}

async function readCounting(request: Request, most: number, late: Promise<'slow'>): Promise<Read> {
  if (!request.body) return { type: 'ok', bytes: new Uint8Array() };
  const reader = request.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const part = await Promise.race([reader.read().catch(() => 'slow' as const), late]);
    if (part === 'slow') {
      void reader.cancel().catch(() => {});
      return { type: 'slow' };
    }
    if (part.done) break;
    length += part.value.length;
    if (length > most) {
      void reader.cancel().catch(() => {});
      return { type: 'long' };
    }
    parts.push(part.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { type: 'ok', bytes };
}
