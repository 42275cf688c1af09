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
  expect(told.steps).toEqual(['Downloading Python', '20538911', 'Starting Python']);
  const [reason, first] = told.answers as [unknown, { value: [number, number, number]; fuel: number }];
  expect(reason).toBeNull();
  expect(first.value[2]).toBeGreaterThan(0);
  const answer = (x: number) => ({ status: 'ok', value: [x * 2, 1, first.value[2]], fuel: first.fuel });
  expect(told.answers).toEqual([0, 1, 2].flatMap((x) => [null, answer(x), answer(x)]));
});
