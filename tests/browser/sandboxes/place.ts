import { mountFrame, type MountedFrame } from '../../../sandboxes/hosting/browser/frame.ts';
import { createBrowserHost } from '../../../sandboxes/hosting/browser/host.ts';
import type { Place } from '../../sandboxes/trial.ts';

/** One frame a host; `close` takes the frame away too. */
export function pagePlace(): Place {
  const frames: MountedFrame[] = [];
  return {
    name: 'page',
    async create(options) {
      const frame = mountFrame(document);
      frames.push(frame);
      const reason = await frame.ready;
      if (reason !== null) throw new Error(reason);
      const host = createBrowserHost(frame.port, options);
      return {
        open: host.open.bind(host),
        stats: host.stats.bind(host),
        close() {
          host.close();
          frame.remove();
        },
      };
    },
    dispose() {
      for (const frame of frames) frame.remove();
    },
  };
}
