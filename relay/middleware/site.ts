/** Serves the built page: plain files of one folder, nothing above it, no listings. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Vite writes a hash of the content into these names, so a name never changes its content. */
const HASHED = /^assets\/.*-[\w-]{8}\.\w+$/;

export function site(folder: string): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      context.header('allow', 'GET, HEAD');
      return context.text('Only GET and HEAD\n', 405);
    }
    const path = relativePath(new URL(context.req.url).pathname);
    const file = path === null ? null : await regularFile(folder, path);
    if (path === null || file === null) {
      await next();
      return undefined;
    }
    const tag = `W/"${file.size.toString(36)}-${Math.round(file.changed).toString(36)}"`;
    context.header('content-type', TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream');
    context.header('cache-control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    context.header('etag', tag);
    if (context.req.header('if-none-match') === tag) return context.body(null, 304);
    if (worthPacking(path, file.size) && packs(context.req.header('accept-encoding'), context.req.header('host'))) {
      context.header('content-encoding', 'gzip');
      context.header('vary', 'accept-encoding');
      if (context.req.method === 'HEAD') return context.body(null, 200);
      const packed = createReadStream(file.path).pipe(createGzip({ level: 6 }));
      return context.body(Readable.toWeb(packed) as ReadableStream, 200);
    }
    context.header('content-length', String(file.size));
    if (context.req.method === 'HEAD') return context.body(null, 200);
    return context.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream, 200);
  };
}

/** On this very machine nothing is gained by packing; over a network a compiler is a quarter of its size. */
function packs(accepted: string | undefined, host: string | undefined): boolean {
  const near = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '');
  return !near && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\b)/i.test(accepted ?? '');
}

function worthPacking(path: string, size: number): boolean {
  return size > 1_400 && /\.(css|html|js|json|jsonl|map|md|mjs|svg|tar|txt|wasm)$/.test(path);
}

/** Decoded path below the folder, or null for anything that could mean another place. */
function relativePath(pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (/[\\\0]/.test(path)) return null;
  const parts = path.split('/').slice(1);
  if (parts.at(-1) === '') parts[parts.length - 1] = 'index.html';
  return parts.some((part) => part === '' || part.startsWith('.')) ? null : parts.join('/');
}

async function regularFile(
  folder: string,
  path: string,
): Promise<{ readonly path: string; readonly size: number; readonly changed: number } | null> {
  try {
    const home = await realpath(folder);
    const real = await realpath(join(home, path));
    if (!real.startsWith(home + sep)) return null;
    const info = await stat(real);
    return info.isFile() ? { path: real, size: info.size, changed: info.mtimeMs } : null;
  } catch {
    return null;
  }
}
