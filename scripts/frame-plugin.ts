/** Serves the sandbox frame's document while developing and testing, and puts it beside the page when building. */
import type { Plugin } from 'vite';
import { FRAME_FILE, FRAME_PAGE } from '../sandboxes/hosting/browser/frame-page.ts';

export function sandboxFrame(): Plugin {
  return {
    name: 'sandbox-frame',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (request.url?.split(/[?#]/)[0]?.endsWith(`/${FRAME_FILE}`) !== true) return next();
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(FRAME_PAGE);
      });
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: FRAME_FILE, source: FRAME_PAGE });
    },
  };
}
