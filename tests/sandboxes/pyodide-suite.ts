/** What packages must do in every place. */
import { describe, expect, it } from 'vitest';
import type { EvaluationHost, HostOptions } from '../../sandboxes/contract.ts';
import { createPackages, type Packages } from '../../sandboxes/pyodide/packages.ts';
import { ask, memberOptions, pyodide } from './members.ts';
import { PLAIN_EVALUATOR, told } from './trial.ts';
import { extension, lockOf, wheel } from './wheel.ts';

type Create = (options: HostOptions, packages: () => Promise<Packages>) => Promise<EvaluationHost>;

export function memberPackages(place: string, create: Create): void {
  describe(`pyodide in ${place}: compiled packages`, () => {
    it('are linked to the interpreter', async () => {
      const made = wheel({
        'tiny.so': await extension('tiny'),
        'kit/__init__.py': '',
        'kit/late.so': await extension('late'),
      });
      const lock = await lockOf({ kit: [made, []] });
      const kit = { ...lock.packages['kit']!, imports: ['tiny', 'kit'] };
      const own = createPackages({
        lock: () => Promise.resolve({ packages: { kit } }),
        base: () => Promise.resolve('http://here.test/'),
        fetch: () => Promise.resolve(new Response(made)),
        shelf: null,
      });
      const host = await create(memberOptions(pyodide, PLAIN_EVALUATOR, {}, 1), () => Promise.resolve(own));
      const text = `import tiny, kit
n = 0
def f(x):
    global n
    n += 1
    from kit import late
    return [tiny.seven(), late.seven(), n]`;
      const outcomes = await ask(host, pyodide, text, [{}, {}, {}]);
      expect(outcomes.map(told)).toMatchObject([{ value: [7, 7, 1] }, { value: [7, 7, 1] }, { value: [7, 7, 1] }]);
      host.close();
    }, 60_000);
  });
}
