/** Asks a provider, and again where that costs nothing; one that keeps failing is left alone for a while. */
import { NO_USAGE, type ModelRequest } from '../../web/engine/models/model.ts';
import type { Provider, ProviderFailure, ProviderReply } from '../../web/models/providers/provider.ts';
import { Breaker } from './breaker.ts';
import type { OfferedModel } from './catalogue.ts';

export interface TryOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Tries of one call; only those that cost nothing are repeated. */
  readonly tries: number;
  /** Longest wait between two tries; a provider that asks for more gets its failure passed on. */
  readonly longestWait: number;
  readonly told: (event: TriedAgain) => void;
}

export interface TriedAgain {
  readonly type: 'tried-again';
  readonly model: string;
  readonly kind: string;
  readonly wait: number;
}

export class Tries {
  readonly #at: TryOptions;
  readonly #breakers = new Map<string, Breaker>();

  constructor(options: TryOptions) {
    this.#at = options;
  }

  /** Never rejects. `text` is told pieces as they come. */
  async ask(
    model: OfferedModel,
    request: ModelRequest,
    signal: AbortSignal,
    text: (piece: string) => void,
  ): Promise<ProviderReply> {
    const provider = this.#at.providers.get(model.provider);
    if (!provider) return unpaid('request', 'this model’s provider is not set up');
    const breaker = this.#breakerOf(model.provider);
    for (let tries = 1; ; tries++) {
      // Stopped before it was asked, or asked again: nothing can have been charged.
      if (signal.aborted) return unpaid('stopped', 'stopped');
      const pause = breaker.admit();
      if (pause > 0)
        return unpaid('overloaded', `${model.provider} keeps failing and is left alone for a while`, pause);
      const answer = await provider.complete(request, signal, text);
      if (answer.type === 'replied') {
        breaker.succeeded();
        return answer;
      }
      if (answer.kind === 'stopped' || answer.kind === 'request') breaker.neither();
      else breaker.failed();
      const again = answer.kind === 'overloaded' || answer.kind === 'outage';
      const wait = answer.retryAfter ?? backOff(tries);
      if (!again || !costless(answer) || tries >= this.#at.tries || wait > this.#at.longestWait || signal.aborted)
        return answer;
      this.#at.told({ type: 'tried-again', model: model.name, kind: answer.kind, wait });
      await this.#at.sleep(wait, signal);
    }
  }

  #breakerOf(provider: string): Breaker {
    let breaker = this.#breakers.get(provider);
    if (!breaker) this.#breakers.set(provider, (breaker = new Breaker(this.#at.now)));
    return breaker;
  }
}

function costless({ usage }: ProviderFailure): boolean {
  return usage !== null && usage.input === 0 && usage.output === 0;
}

/** Half a second, doubled each time; what jitter there is comes from the calls' own lengths. */
function backOff(tries: number): number {
  return 500 * 2 ** (tries - 1);
}

function unpaid(kind: ProviderFailure['kind'], reason: string, retryAfter: number | null = null): ProviderFailure {
  return { type: 'failed', kind, reason, retryAfter, usage: NO_USAGE };
}
