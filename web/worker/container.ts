/** Node projects as a run's sandbox: the evaluator in the frame, the projects in the page's container. */
import type { EvaluationHost, HostOptions } from '../../sandboxes/contract.ts';
import { connectFrame } from '../../sandboxes/hosting/browser/connect-frame.ts';
import { createJavaScriptSandbox } from '../../sandboxes/javascript/index.ts';
import { createContainerHost } from '../../sandboxes/webcontainer/host.ts';
import { prepareProject } from '../../sandboxes/webcontainer/prepare.ts';
import { remoteSandbox } from '../../sandboxes/webcontainer/remote.ts';

export function openContainerHost(frame: MessagePort, container: MessagePort, options: HostOptions): EvaluationHost {
  const scorer = createJavaScriptSandbox(connectFrame(frame), { megabytes: options.limits.megabytes });
  return createContainerHost(scorer, remoteSandbox(container, prepareProject), options);
}
