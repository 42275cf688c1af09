/** What calls can cost and have cost, as the books count it, and why the books say no. */
import { costOf, worstCostOf } from '../../web/engine/models/cost.ts';
import type { ModelRequest, Usage } from '../../web/engine/models/model.ts';
import { fromNano, nanoPerToken, nanoUp } from '../../web/engine/models/money.ts';
import type { Price } from '../../web/engine/models/price.ts';
import { readAtMost } from '../../web/engine/models/search.ts';
import { promptTokensAtMost, tokensAtMost } from '../../web/engine/models/tokens.ts';
import { hashOf } from '../access/tokens.ts';
import type { Amount, Held } from '../store/store.ts';

/** The most a call can need: the prompt at its most tokens with what searches may bring in, the reply at its longest, all at list price. */
export function worstCase(request: ModelRequest, price: Price | null): Amount {
  const prompt = promptTokensAtMost(request.messages);
  const searches = request.search ?? 0;
  const nano = price === null ? 0 : nanoUp(worstCostOf(prompt, request.tokens, price, searches));
  return { nano, tokens: readAtMost(prompt, searches) + request.tokens, calls: 1 };
}

/** What a call has cost. `written`: tokens that were written to a cache, where that costs more. */
export function charge(usage: Usage, written: number, price: Price | null): Amount {
  const tokens = usage.input + usage.output;
  if (price === null) return { nano: 0, tokens, calls: 1 };
  const surcharge = Math.max(0, (price.written ?? price.input) - price.input) * Math.max(0, written);
  return { nano: nanoUp(costOf(usage, price)) + Math.ceil(nanoPerToken(surcharge)), tokens, calls: 1 };
}

/** Everything that decides what is answered, and nothing else. */
export function digestOf(provider: string, { key: _key, purpose: _purpose, ...rest }: ModelRequest): string {
  const { model, messages, tokens, temperature, effort, seed, search } = rest;
  const said = messages.map(({ role, content }) => [role, content]);
  const searching = search === undefined ? [] : [{ search }];
  return hashOf(JSON.stringify([provider, model, said, tokens, temperature, effort, seed, ...searching]));
}

/** The same for the same texts to the same model; none that a completion has. */
export function digestOfTexts(provider: string, model: string, texts: readonly string[]): string {
  return hashOf(JSON.stringify(['vectors', provider, model, texts]));
}

const WHAT: Readonly<Record<keyof Amount, string>> = { nano: 'dollars', tokens: 'tokens', calls: 'calls' };

/** Why nothing was set aside, for people. */
export function reasonOf(held: Exclude<Held, { type: 'held' | 'answered' | 'under-way' }>): string {
  switch (held.type) {
    case 'other-request':
      return 'this call’s key was used before for another request';
    case 'no-account':
      return 'nobody has set a budget for this';
    case 'short': {
      const left =
        held.what === 'nano' ? `${fromNano(held.left).toFixed(4)} dollars` : `${held.left} ${WHAT[held.what]}`;
      return `the budget ${ofWhom(held.account)} has ${left} left, and this call may need more`;
    }
    default:
      throw new Error(`no answer is a ${JSON.stringify(held satisfies never)}`);
  }
}

function ofWhom(account: string): string {
  switch (account.slice(0, account.indexOf(':') < 0 ? undefined : account.indexOf(':'))) {
    case 'client':
      return 'given to you';
    case 'code':
      return 'of all who joined with this code';
    case 'run':
      return 'of this run';
    default:
      return 'of this relay';
  }
}

/** The most that vectors of these texts can cost. */
export function worstCaseOfVectors(texts: readonly string[], price: Price | null): Amount {
  const tokens = texts.reduce((sum, text) => sum + tokensAtMost(text) + 12, 0);
  return { nano: price === null ? 0 : nanoUp(worstCostOf(tokens, 0, price)), tokens, calls: 1 };
}
