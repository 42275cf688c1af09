/** A service that never answers, in a page of its own: the client waits for it until the page is loaded anew. */
import { expect, it } from 'vitest';
import { bootContainer } from '../../../sandboxes/webcontainer/boot.ts';
import { createWebContainerSandbox } from '../../../sandboxes/webcontainer/index.ts';

it('gives up in time, says what to do, and nothing else waits for it', async () => {
  // Nothing listens here; the client's own promise would stay open.
  Object.assign(globalThis, { WEBCONTAINER_API_IFRAME_URL: 'https://webcontainer.invalid' });
  const booted = await bootContainer({ isolated: true, milliseconds: 200 });
  expect(booted).toMatchObject({ type: 'missing', remedy: expect.stringContaining('reload the page') as string });
  const sandbox = createWebContainerSandbox({ isolated: true });
  const prepared = await sandbox.prepare({ language: 'javascript', files: { 'a.js': '' }, entry: 'a.js' });
  if (prepared.type !== 'ok') throw new Error(prepared.reason);
  const limits = { milliseconds: 100, megabytes: 1, outputBytes: 1, messages: 1, fuel: 1 };
  const opened = await sandbox.open(prepared, limits);
  expect(opened).toMatchObject({ type: 'failed', reason: expect.stringContaining('did not answer') as string });
  sandbox.close();
});
