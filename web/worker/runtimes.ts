/** What programs run in besides the browser's own engine. */
import type { Runtime } from './loads.ts';

/** The page starts it when the first project is opened; here it is only asked for, since it comes from elsewhere. */
const webcontainer: Runtime = {
  id: 'webcontainer',
  title: 'a WebContainer',
  bytes: 0,
  from: {
    place: 'stackblitz.com',
    terms: 'free for personal and open-source use; commercial use needs a licence of StackBlitz',
  },
  needed: ({ sandbox }) => sandbox === 'webcontainer',
  ready: () => false,
  load: () => Promise.resolve(),
};

export const runtimes: readonly Runtime[] = [webcontainer];
