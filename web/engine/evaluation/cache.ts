/** Remembers scores, so that the same text under the same request is not run twice. Logs do not depend on it: a hit counts as spent. */
import type { Experiment } from '../experiment.ts';
import type {
  CandidateSource,
  EvaluationOutcome,
  EvaluationPort,
  EvaluationRequest,
  EvaluationSession,
  Opened,
} from '../ports.ts';

/** Outcomes kept where nothing else is said. */
const MOST = 10_000;
/** Characters of candidates kept, as a bound on memory. */
const MOST_CHARACTERS = 20_000_000;

interface Known {
  readonly candidate: string;
  readonly outcome: EvaluationOutcome;
}

/** A text of which outcomes are kept. Keys of outcomes name it by number, so that it is held once. */
interface Candidate {
  readonly number: number;
  outcomes: number;
}

/**
 * Outcomes by evaluator, limits, armed text and request; those used last are kept. One may serve many runs, one after the
 * other or at once: a run that is started again with its seed, or forked, then goes over known ground without a realm. A run that is to
 * check scores must not have it.
 * Not remembered are crashes and failures by time or memory, which may come of the machine; searches (`parameters`, `entry`), which
 * rarely ask the same twice; and pictures, which are large. The key is the text itself, so that no collision can lend a score.
 */
export class EvaluationCache {
  readonly #mostOutcomes: number;
  readonly #mostCharacters: number;
  readonly #candidates = new Map<string, Candidate>();
  readonly #outcomes = new Map<string, Known>();
  #numbers = 0;
  #characters = 0;

  constructor(mostOutcomes: number = MOST, mostCharacters: number = MOST_CHARACTERS) {
    this.#mostOutcomes = mostOutcomes;
    this.#mostCharacters = mostCharacters;
  }

  /** Outcomes remembered. */
  get size(): number {
    return this.#outcomes.size;
  }

  /** The port with this memory. */
  wrap(
    port: EvaluationPort,
    { evaluator, limits, sandbox }: Pick<Experiment, 'evaluator' | 'limits' | 'sandbox'>,
  ): EvaluationPort {
    const judge = [sandbox, evaluator.entry, sorted(evaluator.files), sorted(limits)];
    return {
      open: async (candidate, signal) => {
        const text = JSON.stringify([judge, candidate.language, candidate.entry, sorted(candidate.files)]);
        // What opened before will open again. What is new is opened at once, since that it cannot be is for the caller to see.
        const session = this.#candidates.has(text) ? null : await port.open(candidate, signal);
        if (session?.type === 'failed') return session;
        const open = (): Promise<Opened> => (session ? Promise.resolve(session) : port.open(candidate, signal));
        return { type: 'ok', session: new CachedSession(this, text, open, session !== null) };
      },
    };
  }

  get(text: string, request: string): EvaluationOutcome | undefined {
    const candidate = this.#candidates.get(text);
    if (!candidate) return undefined;
    const key = `${candidate.number} ${request}`;
    const known = this.#outcomes.get(key);
    if (!known) return undefined;
    this.#outcomes.delete(key);
    this.#outcomes.set(key, known);
    return known.outcome;
  }

  set(text: string, request: string, outcome: EvaluationOutcome): void {
    if (outcome.type === 'failed' && outcome.status !== 'build-failed') return;
    let candidate = this.#candidates.get(text);
    if (!candidate) {
      this.#candidates.set(text, (candidate = { number: this.#numbers++, outcomes: 0 }));
      this.#characters += text.length;
    }
    const key = `${candidate.number} ${request}`;
    if (!this.#outcomes.delete(key)) candidate.outcomes++;
    this.#outcomes.set(key, { candidate: text, outcome });
    for (const [oldest, known] of this.#outcomes) {
      if (this.#outcomes.size <= this.#mostOutcomes && this.#characters <= this.#mostCharacters) break;
      this.#outcomes.delete(oldest);
      this.#leave(known.candidate);
    }
  }

  #leave(text: string): void {
    const candidate = this.#candidates.get(text);
    if (!candidate || --candidate.outcomes > 0) return;
    this.#candidates.delete(text);
    this.#characters -= text.length;
  }
}

/** Opens a realm of a known candidate when it first has to. */
class CachedSession implements EvaluationSession {
  readonly #cache: EvaluationCache;
  readonly #candidate: string;
  readonly #open: () => Promise<Opened>;
  #opened: Promise<Opened> | null;
  #closed = false;

  constructor(cache: EvaluationCache, candidate: string, open: () => Promise<Opened>, isOpen: boolean) {
    this.#cache = cache;
    this.#candidate = candidate;
    this.#open = open;
    this.#opened = isOpen ? open() : null;
  }

  async evaluate(requests: readonly EvaluationRequest[]): Promise<readonly EvaluationOutcome[]> {
    const keys = requests.map(keyOf);
    const known = keys.map((key) => (key === null ? undefined : this.#cache.get(this.#candidate, key)));
    const missing = requests.filter((_, i) => !known[i]);
    const made = missing.length === 0 ? [] : await this.#run(missing);
    let next = 0;
    const outcomes: EvaluationOutcome[] = [];
    for (const [i, key] of keys.entries()) {
      const before = known[i];
      const outcome = before ? { ...before, milliseconds: 0 } : made[next++];
      // A session that was closed meanwhile answers less than it was asked.
      if (!outcome) break;
      if (!before && key !== null) this.#cache.set(this.#candidate, key, outcome);
      outcomes.push(outcome);
    }
    return outcomes;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#opened?.then((opened) => {
      if (opened.type === 'ok') opened.session.close();
    });
  }

  async #run(requests: readonly EvaluationRequest[]): Promise<readonly EvaluationOutcome[]> {
    if (this.#closed) return [];
    const opened = await (this.#opened ??= this.#open());
    if (opened.type === 'ok') return await opened.session.evaluate(requests);
    const { status, reason } = opened;
    return requests.map(() => ({ type: 'failed', status, reason, milliseconds: 0 }));
  }
}

/** Null for a request whose outcome is not kept. */
function keyOf(request: EvaluationRequest): string | null {
  const { parameters, entry, picture, seed, stage, best, bestFiles, instances } = request;
  if (parameters.length > 0 || entry !== undefined || picture) return null;
  return JSON.stringify([seed, stage ?? 'full', best ?? null, bestFiles ? sorted(bestFiles) : null, instances ?? null]);
}

function sorted(record: CandidateSource['files'] | Experiment['limits']): unknown {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
