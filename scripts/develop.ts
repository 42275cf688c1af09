/** Vite's development server with the relay's endpoints on the same port. Started by `dev.mjs`. */
import { getRequestListener } from '@hono/node-server';
import { createServer, type Plugin } from 'vite';
import { createApp } from '../relay/app.ts';

const [port] = process.argv.slice(2);

const relay: Plugin = {
  name: 'genesis-relay',
  configureServer(server) {
    const answer = getRequestListener(createApp({ site: null }).fetch);
    server.middlewares.use((request, response, next) => {
      if (request.url?.startsWith('/api/')) void answer(request, response);
      else next();
    });
  },
};

const server = await createServer({
  configFile: 'vite.config.ts',
  plugins: [relay],
  server: port === undefined ? {} : { port: Number(port), strictPort: true },
});
await server.listen();
server.printUrls();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
