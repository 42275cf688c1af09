import { expect, it } from 'vitest';

interface Told {
  readonly error?: string;
  readonly steps: readonly string[];
  readonly answers: readonly unknown[];
  readonly version: string;
}

it('fetches, freezes and runs CPython in a page', async () => {
  const worker = new Worker(new URL('./python-worker.ts', import.meta.url), { type: 'module' });
  const told = await new Promise<Told>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Told>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.terminate();
  expect(told.error).toBeUndefined();
  expect(told.version).toBe('3.11.3');
  expect(told.steps).toEqual(['Downloading Python', '20538911']);
  const random: unknown = (told.answers[1] as { value: unknown[] }).value[2];
  const answer = (x: number) => ({ status: 'ok', value: [x * 2, 1, random], fuel: 0 });
  expect(told.answers).toEqual([0, 1, 2].flatMap((x) => [null, answer(x), answer(x)]));
});
