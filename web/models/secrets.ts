/** Keys and tokens are taken out of whatever an endpoint or a relay sends back: one that repeats them must not get them into a log. */
import type { ModelReply, Source } from '../engine/models/model.ts';
import type { ModelSource } from './source.ts';

/** Shorter ones are no secrets, such as the `ollama` that some programs want: they would be found in any text. */
const SHORTEST = 12;
const MASK = '•••';

export function secretsOf(source: ModelSource): readonly string[] {
  const secret = source.type === 'endpoint' ? source.key : source.type === 'relay' ? source.token : null;
  return secret !== null && secret.length >= SHORTEST ? [secret] : [];
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

export function masked(reply: ModelReply, secrets: readonly string[]): ModelReply {
  if (secrets.length === 0) return reply;
  return reply.type === 'replied'
    ? { ...reply, text: withoutSecrets(reply.text, secrets), ...sourcesOf(reply.sources, secrets) }
    : { ...reply, reason: withoutSecrets(reply.reason, secrets) };
}

/** An address with a secret in it is left out: with a mask in its place it would be another. */
function sourcesOf(sources: readonly Source[] | undefined, secrets: readonly string[]) {
  if (sources === undefined) return {};
  const kept = sources.filter(({ url }) => withoutSecrets(url, secrets) === url);
  return { sources: kept.map(({ url, title }) => ({ url, title: withoutSecrets(title, secrets) })) };
}

/** The same for a text that comes in pieces: what may be the beginning of a secret is held back until it is known. */
export class Masking {
  readonly #secrets: readonly string[];
  #held = '';

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** What can be shown of the text so far and was not shown before. */
  take(piece: string): string {
    if (this.#secrets.length === 0) return piece;
    const text = withoutSecrets(this.#held + piece, this.#secrets);
    const from = text.length - this.#open(text);
    this.#held = text.slice(from);
    return text.slice(0, from);
  }

  /** What was held back. */
  rest(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  /** Length of the longest end of the text that a secret begins with. */
  #open(text: string): number {
    let longest = 0;
    for (const secret of this.#secrets) {
      for (let length = Math.min(secret.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(secret.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
