/** Serves the stand-in where the WebContainer client looks for its service. */
import type { Plugin } from 'vite';

const PAGE = `<!doctype html><script type="module">
import { Comlink } from '/node_modules/@webcontainer/api/dist/vendor/index.js';
globalThis.Comlink = Comlink;
await import('/tests/browser/webcontainer/stand-in.ts');
</script>`;

export function containerStandIn(): Plugin {
  return {
    name: 'container-stand-in',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (!/^\/headless(\?|$)/.test(request.url ?? '')) return next();
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(PAGE);
      });
    },
  };
}
