/** A class in one room: the page over plain HTTP from a teacher's machine, which browsers hold to be insecure. */
import { expect, it } from 'vitest';
import { builtPage, improved } from './open-page.ts';

const built = builtPage({ name: 'teacher.test' });

it('over plain HTTP from another machine a run starts, is kept over a reload, and a compiled language runs', async () => {
  const page = await built.open();
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await improved(page);
  await page.reload();
  await improved(page);
  await page.getByRole('combobox', { name: 'Example' }).selectOption('wat-gcd');
  await page.getByRole('heading', { level: 1, name: 'Greatest common divisor' }).waitFor();
  await page.getByText(/^Running\. Best .* after [1-9]\d* evaluations/).waitFor();
});
