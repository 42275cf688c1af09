/** Pairs an evaluator in a sandbox of its own with Node projects in a container. */
import type {
  CallResult,
  EvaluationHost,
  EvaluationOutcome,
  EvaluationRequest,
  FailedStatus,
  HostOptions,
  Limits,
  Sandbox,
  Session,
} from '../contract.ts';
import { checkOutcome } from '../hosting/evaluation.ts';
import type { RawOutcome } from '../hosting/protocol.ts';
import { prepare } from '../javascript/prepare.ts';
import { SCORE_FILE, scoreText, type Heard, type Step } from './score.ts';

/** What an evaluation may weigh: it may carry a picture. */
const EVALUATION_BYTES = 4_194_304;

type Failure = Exclude<CallResult, { readonly type: 'ok' }>;

/** `scorer` runs evaluators: the JavaScript sandbox. `projects` is this folder's own, or one that stands for it. Both close with the host. */
export function createContainerHost(scorer: Sandbox, projects: Sandbox, options: HostOptions): EvaluationHost {
  const { evaluator, limits } = options;
  const prepared = prepare({ language: 'typescript', files: evaluator.files, entry: evaluator.entry });
  let scoring: Promise<Session | string> | null = null;
  let closed = false;

  function scorerSession(): Promise<Session | string> {
    scoring ??= (async () => {
      if (prepared.type !== 'ok') return `evaluator: ${prepared.reason}`;
      const { modules, entry } = prepared.program;
      const program = {
        kind: 'script',
        modules: { ...modules, [SCORE_FILE]: scoreText(entry) },
        entry: SCORE_FILE,
      } as const;
      const opened = await scorer.open({ type: 'ok', hash: `score-${prepared.hash}`, program }, scorerLimits(limits));
      return opened.type === 'ok' ? opened.session : opened.reason;
    })();
    return scoring;
  }

  async function score(request: EvaluationRequest, project: Session, evaluate: Session): Promise<RawOutcome> {
    const started = performance.now();
    const spent = (): number => performance.now() - started;
    const failed = (status: FailedStatus, reason: string): RawOutcome => ({
      type: 'failed',
      status,
      reason,
      milliseconds: spent(),
    });
    if (request.entry !== undefined) return failed('build-failed', 'a Node project has one entry; leave “brood” out');
    let fuel = 0;
    const heard: Heard[] = [];
    let worst: Failure | null = null;
    for (;;) {
      if (spent() > limits.milliseconds) return failed('timed-out', `more than ${limits.milliseconds} ms`);
      const answer = await evaluate.call('step', [heard, request], []);
      if (answer.type !== 'ok') return failed(statusOf(answer), `the evaluator failed: ${answer.reason}`);
      const step = answer.value as Step;
      switch (step.type) {
        case 'done':
          return { type: 'returned', value: step.value, fuel, milliseconds: spent() };
        case 'failed':
          if (step.mine || worst === null) return failed('crashed', `the evaluator failed: ${step.reason}`);
          return failed(statusOf(worst), step.reason);
        case 'asks': {
          if (heard.length >= limits.messages)
            return failed('crashed', `more than ${limits.messages} calls in one evaluation`);
          const values: unknown[] = [];
          let broken: Failure | null = null;
          for (const args of step.calls) {
            // The first call of an evaluation finds the project as it is when it has just been loaded.
            const fresh = heard.length === 0 && values.length === 0;
            const result = await project.call(step.name, args, fresh ? request.parameters : undefined);
            if (result.type !== 'ok') {
              broken = result;
              break;
            }
            fuel += result.fuel;
            values.push(result.value);
          }
          if (broken !== null) {
            worst = broken;
            heard.push({ type: heardType(broken.type), reason: broken.reason });
          } else heard.push({ type: 'ok', values });
          break;
        }
        default:
          step satisfies never;
          return failed('crashed', 'the evaluator’s sandbox gave no answer');
      }
    }
  }

  return {
    async open(candidate, signal) {
      const refuse = (status: FailedStatus, reason: string) => ({ type: 'failed', status, reason }) as const;
      if (closed) return refuse('crashed', 'the sandbox is closed');
      if (prepared.type !== 'ok') return refuse('build-failed', `evaluator: ${prepared.reason}`);
      const project = await projects.prepare(candidate, signal);
      if (project.type !== 'ok') return refuse('build-failed', project.reason);
      const [evaluate, opened] = await Promise.all([scorerSession(), projects.open(project, limits, signal)]);
      if (opened.type !== 'ok') return refuse('build-failed', opened.reason);
      if (typeof evaluate === 'string') {
        opened.session.close();
        scoring = null;
        return refuse('crashed', evaluate);
      }
      return {
        type: 'ok',
        session: {
          async evaluate(requests) {
            const outcomes: EvaluationOutcome[] = [];
            for (const request of requests)
              outcomes.push(checkOutcome(await score(request, opened.session, evaluate), limits.fuel));
            return outcomes;
          },
          close: () => opened.session.close(),
        },
      };
    },
    stats: () => projects.stats(),
    close() {
      closed = true;
      scorer.close();
      projects.close();
    },
  };
}

function scorerLimits(limits: Limits): Limits {
  return { ...limits, outputBytes: EVALUATION_BYTES, fuel: Number.MAX_SAFE_INTEGER, messages: Number.MAX_SAFE_INTEGER };
}

function heardType(type: Failure['type']): Exclude<Heard['type'], 'ok'> {
  return type === 'timeout' || type === 'failed' ? type : 'killed';
}

function statusOf(result: Failure): FailedStatus {
  switch (result.type) {
    case 'timeout':
      return 'timed-out';
    case 'out-of-memory':
      return 'out-of-memory';
    case 'failed':
    case 'crashed':
    case 'killed':
      return 'crashed';
    default:
      return result satisfies never;
  }
}
