/** What every compiler owes its caller. */
import { describe, expect, it } from 'vitest';
import type { Compile, CompileRequest, Compiled } from '../../wasm-toolchains/contract.ts';
import type { Sample } from './programs.ts';

const never = new AbortController().signal;

/** `compile` must not be behind a cache. */
export function toolchainSuite({ language, entry, good, bad }: Sample, compile: Compile): void {
  const request = (files: Readonly<Record<string, string>>, more: Partial<CompileRequest> = {}): CompileRequest => ({
    ...{ language, files, entry, options: { optimise: 'speed' } },
    ...more,
  });
  const ok = (result: Compiled): Extract<Compiled, { type: 'ok' }> => {
    if (result.type !== 'ok') throw new Error(`${result.type}: ${'reason' in result ? result.reason : ''}`);
    return result;
  };

  describe(`the compiler of ${language}`, () => {
    it('makes a module that exports what the program does, the same bytes for the same request', async () => {
      const first = ok(await compile(request({ [entry]: good }), never));
      const second = ok(await compile(request({ [entry]: good }), never));
      expect(second.wasm).toEqual(first.wasm);
      expect(first.shape).toBe('reactor');
      expect(WebAssembly.Module.exports(new WebAssembly.Module(first.wasm)).map(({ name }) => name)).toContain('add');
    }, 90_000);

    it('says of a fault where it is', async () => {
      const result = await compile(request({ [entry]: bad }), never);
      if (result.type !== 'failed') throw new Error(result.type);
      expect(result.diagnostics[0]).toMatchObject({ severity: 'error', file: entry, line: 2 });
      expect(result.diagnostics[0]?.column).toBeGreaterThan(0);
      expect(result.reason).toMatch(new RegExp(`^${entry.replace('.', '\\.')}:2:\\d+: .`));
    });

    it('settles on what is no program: nothing, noise, a name it does not have', async () => {
      expect((await compile(request({ [entry]: 'ÿ\u0001 )))((( \n{{{{' }), never)).type).toBe('failed');
      expect((await compile(request({ other: good }), never)).type).toBe('failed');
      expect(['failed', 'ok']).toContain((await compile(request({ [entry]: '' }), never)).type);
    });

    it.each(['../x.c', '/etc/x.c', 'a/../../x.c', '-o', 'a\nb', 'a\\b.c', ''])(
      'refuses a file named %j',
      async (name) => {
        const result = await compile(request({ [entry]: good, [name]: 'x' }), never);
        expect(result.type).toBe('failed');
      },
    );

    it('stops when it is told to, and goes on afterwards', async () => {
      const stop = new AbortController();
      const going = compile(request({ [entry]: `${good}\n${language === 'wat' ? ';;' : '//'} again` }), stop.signal);
      stop.abort();
      expect((await going).type).toBe('stopped');
      ok(await compile(request({ [entry]: good }), never));
    });
  });
}
