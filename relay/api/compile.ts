/** The compile endpoint: source in, WebAssembly out. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { failure } from '../../wasm-toolchains/diagnostics.ts';
import { faultOf } from '../../wasm-toolchains/source.ts';
import type { CompileService } from '../compile/index.ts';
import { authenticate, paced } from '../middleware/authenticate.ts';
import type { ApiEnvironment, Services } from '../services.ts';
import { bodyOf } from './body.ts';

const Request = v.strictObject({
  language: v.picklist(
    ['rust', 'go', 'zig', 'c', 'cpp', 'assemblyscript', 'wat'],
    'must be a language that is compiled',
  ),
  files: v.record(
    v.pipe(v.string(), v.maxLength(200)),
    v.pipe(v.string('must be text'), v.maxLength(2_000_000, 'is too long')),
  ),
  entry: v.pipe(v.string('must be text'), v.maxLength(200)),
  options: v.strictObject({ optimise: v.picklist(['speed', 'size', 'none']), simd: v.optional(v.boolean()) }),
});

export function compileApi(services: Services) {
  const service: CompileService = services.compile;
  const known = [authenticate(services), paced(services)] as const;
  return new Hono<ApiEnvironment>()
    .get('/compile', ...known, (context) => {
      context.header('cache-control', 'no-store');
      return context.json({ v: 1, languages: service.languages() } as const);
    })
    .post('/compile', ...known, async (context) => {
      const body = await bodyOf(context, Request, services.config.limits.bodyBytes);
      if (body.type === 'refused') return body.response;
      const { options, ...rest } = body.value;
      const { simd, ...others } = options;
      const request = { ...rest, options: simd === undefined ? others : { ...others, simd } };
      const fault = faultOf(request);
      if (fault !== null) return context.json({ v: 1, result: failure([], fault) } as const);
      const result = await service.compile(request, context.req.raw.signal);
      context.header('cache-control', 'no-store');
      if (result.type !== 'ok')
        return context.json({ v: 1, result } as const, result.type === 'unavailable' ? 503 : 200);
      const { shape, diagnostics, milliseconds } = result;
      context.header('content-type', 'application/wasm');
      context.header(
        'x-compiled',
        encodeURIComponent(JSON.stringify({ shape, diagnostics: diagnostics.slice(0, 5), milliseconds })),
      );
      return context.body(result.wasm.buffer);
    });
}
