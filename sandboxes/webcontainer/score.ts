/**
 * Runs an evaluator apart from the project it scores. An evaluator asks for calls in its middle, but a sandbox's session only answers: so
 * the evaluator runs again from its start for each call it makes, and is given the answers it has had. It has to ask the same each time,
 * which it does where it draws from `context.random`.
 */
import type { EvaluationRequest } from '../contract.ts';

/** Entry of the program that holds an evaluator and this. */
export const SCORE_FILE = 'genesis-score.js';

/** What a call of the project came to. */
export type Heard =
  | { readonly type: 'ok'; readonly values: readonly unknown[] }
  | { readonly type: 'failed' | 'timeout' | 'killed'; readonly reason: string };

export type Step =
  | { readonly type: 'asks'; readonly name: string; readonly calls: readonly (readonly unknown[])[] }
  | { readonly type: 'done'; readonly value: unknown }
  /** `mine`: the evaluator itself is at fault, and not what a call came to. */
  | { readonly type: 'failed'; readonly reason: string; readonly mine: boolean };

export type StepArguments = readonly [heard: readonly Heard[], request: EvaluationRequest];

/** One function body in CommonJS shape, as the JavaScript sandbox loads them. */
export function scoreText(evaluator: string): string {
  return `
const loaded = require(${JSON.stringify(evaluator)});
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296;
  };
}
exports.step = (heard, request) => new Promise((settle) => {
  if (typeof loaded.evaluate !== 'function') return settle({ type: 'failed', reason: 'the evaluator exports no function "evaluate"', mine: true });
  let made = 0;
  const send = (name, calls, many) => {
    const place = made++;
    const answer = heard[place];
    if (answer === undefined) {
      if (place === heard.length) settle({ type: 'asks', name: String(name), calls });
      return new Promise(() => {});
    }
    if (answer.type === 'ok') return Promise.resolve(many ? answer.values : answer.values[0]);
    const error = new Error(answer.reason);
    error.status = answer.type;
    return Promise.reject(error);
  };
  const candidate = {
    call: (name, ...args) => send(name, [args], false),
    callMany: (name, calls) =>
      Array.isArray(calls) ? send(name, calls, true) : Promise.reject(new Error('callMany takes a list of lists')),
  };
  const context = {
    seed: request.seed,
    picture: request.picture,
    stage: request.stage ?? 'full',
    best: request.best ?? null,
    bestFiles: request.bestFiles ?? null,
    instances: request.instances ?? null,
    random: createRandom(request.seed),
  };
  const fail = (error) => {
    const status = error && error.status;
    const told = status === 'failed' || status === 'timeout' || status === 'killed';
    settle({ type: 'failed', reason: String((error && error.message) || error), mine: !told });
  };
  try {
    Promise.resolve(loaded.evaluate(candidate, context)).then((value) => settle({ type: 'done', value }), fail);
  } catch (error) {
    fail(error);
  }
});
`;
}
