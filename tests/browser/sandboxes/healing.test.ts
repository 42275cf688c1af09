import { expect, it } from 'vitest';
import { mountFrame } from '../../../sandboxes/hosting/browser/frame.ts';
import { createBrowserHost } from '../../../sandboxes/hosting/browser/host.ts';
import { evaluate, options, REQUEST, told } from '../../sandboxes/trial.ts';

const GOOD = 'export const f = (x: number) => x + 1;';

it('settles what was pending when the frame dies, tells of it, and goes on in a new frame', async () => {
  const frame = mountFrame(document);
  const reasons: string[] = [];
  const host = createBrowserHost(frame.port, options(undefined, { milliseconds: 60_000 }), (reason) =>
    reasons.push(reason),
  );
  const opened = await host.open(
    {
      language: 'typescript',
      entry: 'm.ts',
      files: { 'm.ts': 'export const f = () => { while ($p[0]); return 1; };' },
    },
    new AbortController().signal,
  );
  if (opened.type !== 'ok') throw new Error(opened.reason);
  const request = { ...REQUEST, parameters: [1] };
  expect(told((await opened.session.evaluate([REQUEST]))[0]!).value).toBe(1);
  const pending = opened.session.evaluate([request, request]);
  for (const element of document.querySelectorAll('iframe[title=Sandbox]')) element.remove();
  expect((await pending).map((one) => told(one).status)).toEqual(['crashed', 'crashed']);
  expect(reasons).toHaveLength(1);
  expect(told((await opened.session.evaluate([REQUEST]))[0]!).value).toBe(1);
  expect(told(await evaluate(host, GOOD)).value).toBe(4);
  host.close();
  frame.remove();
  expect(document.querySelector('iframe[title=Sandbox]')).toBe(null);
});

it('fails rather than hangs when the page takes the frame away for good', async () => {
  const frame = mountFrame(document);
  const host = createBrowserHost(frame.port, options());
  expect(told(await evaluate(host, GOOD)).status).toBe('scored');
  const pending = evaluate(host, 'export const f = () => { for (;;); };');
  frame.remove();
  expect(told(await pending).status).not.toBe('scored');
  host.close();
});
