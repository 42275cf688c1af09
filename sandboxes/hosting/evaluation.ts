/** Looks at what an evaluator returned, outside its realm: only finite numbers and plain JSON of bounded size get through. */
import type { EvaluationOutcome, HostEvaluation, Json } from '../contract.ts';
import type { RawOutcome } from './protocol.ts';

const NAMES = 64;
/** Instances a score may be given for. */
const INSTANCES = 1_000;
const NAME_LENGTH = 80;
/** Dropped figures of a kind that are named: what an evaluator says itself shall not be cut for them. */
const TOLD = 5;
const FEEDBACK_LENGTH = 4000;
const REASON_LENGTH = 500;
/** Values in all artifacts together, and characters in their texts. */
const ARTIFACT_NODES = 200_000;
const ARTIFACT_TEXT = 1_000_000;
const ARTIFACT_DEPTH = 24;

export function checkOutcome(raw: RawOutcome, fuelLimit: number): EvaluationOutcome {
  const milliseconds = finite(raw.milliseconds) ?? 0;
  if (raw.type === 'failed') {
    return { type: 'failed', status: raw.status, reason: clip(raw.reason, REASON_LENGTH), milliseconds };
  }
  if (typeof raw.value !== 'object' || raw.value === null || Array.isArray(raw.value)) {
    return { type: 'failed', status: 'crashed', reason: 'the evaluator returned no evaluation', milliseconds };
  }
  const fuel = finite(raw.fuel) ?? fuelLimit;
  return { type: 'scored', evaluation: checkEvaluation(raw.value as Record<string, unknown>, fuel), milliseconds };
}

function checkEvaluation(value: Record<string, unknown>, fuel: number): HostEvaluation {
  const notes: string[] = [];
  const claimed = value['fitness'];
  let fitness: number | null = null;
  let correct = value['correct'] === true;
  if (typeof claimed === 'number' && Number.isFinite(claimed)) fitness = claimed;
  else if (claimed !== null && claimed !== undefined) {
    correct = false;
    notes.push(
      `The fitness is ${typeof claimed === 'number' ? String(claimed) : `a ${typeof claimed}`}, not a finite number.`,
    );
  }
  const artifacts = copyArtifacts(value['artifacts']);
  if (artifacts === null) notes.push('The artifacts were dropped: they are too large or no plain data.');
  const metrics = numbers(value['metrics'], 'metrics', notes);
  const hidden = numbers(value['hidden'], 'hidden', notes);
  const features = numbers(value['features'], 'features', notes);
  const scores = numbers(value['scores'], 'scores', notes, INSTANCES);
  const said = typeof value['feedback'] === 'string' ? value['feedback'] : '';
  const feedback = clip([...notes, said].filter((line) => line !== '').join('\n'), FEEDBACK_LENGTH);
  return { fitness, correct, metrics, hidden, feedback, features, scores, artifacts: artifacts ?? {}, fuel };
}

function numbers(value: unknown, kind: string, notes: string[], most = NAMES): Record<string, number> {
  const result: Record<string, number> = {};
  if (typeof value !== 'object' || value === null) return result;
  let count = 0;
  const dropped: string[] = [];
  for (const [name, figure] of Object.entries(value)) {
    if (count++ >= most) continue;
    if (name === '__proto__' || name.length > NAME_LENGTH) continue;
    const number = finite(figure);
    if (number !== null) result[name] = number;
    else dropped.push(name);
  }
  for (const name of dropped.slice(0, TOLD)) notes.push(`${kind}.${name} is not a finite number.`);
  if (dropped.length > TOLD) notes.push(`Nor are ${dropped.length - TOLD} more of ${kind}.`);
  if (count > most) notes.push(`Of ${count} ${kind} only the first ${most} were taken.`);
  return result;
}

function copyArtifacts(value: unknown): Record<string, Json> | null {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  let nodes = ARTIFACT_NODES;
  let text = ARTIFACT_TEXT;
  const refuse = Symbol();
  const copy = (item: unknown, depth: number): Json | typeof refuse | undefined => {
    if (--nodes < 0 || depth > ARTIFACT_DEPTH) return refuse;
    switch (typeof item) {
      case 'number':
        // JSON has no NaN: a picture with a hole in it stays a picture.
        return Number.isFinite(item) ? item : null;
      case 'boolean':
        return item;
      case 'string':
        text -= item.length;
        return text < 0 ? refuse : item;
      case 'undefined':
        return undefined;
      case 'object':
        break;
      default:
        return refuse;
    }
    if (item === null) return null;
    if (Array.isArray(item) || ArrayBuffer.isView(item)) {
      const list: Json[] = [];
      const source = item as unknown as ArrayLike<unknown>;
      if (source.length > nodes) return refuse;
      for (let i = 0; i < source.length; i++) {
        const part = copy(source[i], depth + 1);
        if (part === refuse) return refuse;
        list.push((part as Json | undefined) ?? null);
      }
      return list;
    }
    const result: Record<string, Json> = {};
    for (const [name, inner] of Object.entries(item)) {
      if (name === '__proto__') continue;
      text -= name.length;
      const part = copy(inner, depth + 1);
      if (part === refuse || text < 0) return refuse;
      if (part !== undefined) result[name] = part as Json;
    }
    return result;
  };
  const result = copy(value, 0);
  return result === refuse || result === undefined ? null : (result as Record<string, Json>);
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function clip(text: unknown, length: number): string {
  const plain = typeof text === 'string' ? text : '';
  return plain.length > length ? `${plain.slice(0, length)}…` : plain;
}
