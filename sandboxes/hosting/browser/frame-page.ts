/**
 * The document of the sandbox frame. It is served as a page of its own (`sandbox.html`), so that it need not share the policy of the
 * page around it: that page then allows neither inline script nor eval. It holds nothing but a door: the first message of its parent brings
 * the supervisor's text and two ports.
 */

export const FRAME_FILE = 'sandbox.html';

/** No connection, no image, no frame: only the scripts of this document, and workers made of texts. */
export const FRAME_POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; connect-src 'none'; " +
  "img-src 'none'; style-src 'none'; font-src 'none'; media-src 'none'; frame-src 'none'; child-src blob:; " +
  "form-action 'none'; base-uri 'none'";

/** Message of the page to the frame; the ports are those of the host and of the greeting. */
export interface Connect {
  readonly type: 'connect';
  readonly supervisor: string;
}

const DOOR = `'use strict';
window.onmessage = (event) => {
  if (event.source !== window.parent || window.parent === window || event.data?.type !== 'connect') return;
  window.onmessage = null;
  const [port, hello] = event.ports;
  try {
    const worker = new Worker(URL.createObjectURL(new Blob([event.data.supervisor], { type: 'text/javascript' })));
    worker.onerror = (error) => hello.postMessage('the supervisor failed: ' + error.message);
    worker.postMessage('connect', [port, hello]);
    window.supervisor = worker; // kept from being collected
  } catch (error) {
    hello.postMessage('the supervisor did not start: ' + String(error));
  }
};`;

export const FRAME_PAGE = `<!doctype html><meta charset="utf-8"><title>Sandbox</title><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}"><script>${DOOR}</script>`;
