/** A relay, or a stand-in of a provider, in a process of its own for `relay.ts`. Run with `--expose-gc`. */
import { serve } from '../../relay/main.ts';
import { startStandIn, type Behaviour } from '../relay/llm/stand-in.ts';

export type Asked =
  | { readonly type: 'stand-in' }
  | { readonly type: 'next'; readonly behaviour: Behaviour; readonly times: number }
  | { readonly type: 'relay'; readonly file: string; readonly environment: Readonly<Record<string, string>> }
  | { readonly type: 'weigh' }
  | { readonly type: 'work' }
  | { readonly type: 'end' };

export type Said =
  | { readonly type: 'at'; readonly url: string }
  | { readonly type: 'ok' }
  /** After a collection of garbage; bytes. `open`: calls of models under way. */
  | { readonly type: 'weight'; readonly heap: number; readonly resident: number; readonly open: number }
  /** Processor time of the whole process since it began, microseconds. */
  | { readonly type: 'worked'; readonly time: number };

let open = (): number => 0;
let next: (behaviour: Behaviour, times: number) => void = () => {};
let end: () => Promise<void> = async () => {};

async function answer(asked: Asked): Promise<Said> {
  switch (asked.type) {
    case 'stand-in': {
      const standIn = await startStandIn();
      standIn.answer = () => 'Here is one of many possible answers. '.repeat(10);
      next = (behaviour, times) => standIn.next(...Array.from({ length: times }, () => behaviour));
      end = () => standIn.close();
      return { type: 'at', url: standIn.url };
    }
    case 'next':
      next(asked.behaviour, asked.times);
      return { type: 'ok' };
    case 'relay': {
      const { file, environment } = asked;
      const serving = await serve({ site: '/', file, flags: { port: 0 }, environment, further: 0, say: () => {} });
      if (serving.type === 'failed') throw new Error(serving.problems.join('\n'));
      open = () => serving.services.gateway.open;
      end = () => serving.close();
      return { type: 'at', url: serving.url.replace(/\/$/, '') };
    }
    case 'weigh': {
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      return { type: 'weight', heap: heapUsed, resident: rss, open: open() };
    }
    case 'work': {
      const { user, system } = process.cpuUsage();
      return { type: 'worked', time: user + system };
    }
    case 'end':
      await end();
      return { type: 'ok' };
    default:
      throw new Error(`nothing is a ${JSON.stringify(asked satisfies never)}`);
  }
}

process.on('message', (asked: Asked) => {
  void answer(asked).then((said) => {
    process.send?.(said);
    if (asked.type === 'end') process.disconnect();
  });
});
process.on('disconnect', () => process.exit());
