/** What calls cost, in US dollars rounded up to whole nano-dollars (money.ts). */
import type { Usage } from './model.ts';
import { fromNano, nanoPerToken, nanoUp } from './money.ts';
import type { Price } from './price.ts';
import { readAtMost } from './search.ts';

/**
 * What a call cost. A usage does not tell what was written to a cache, so that is charged as plain input here: a gateway that has
 * caches written for money should report its dollars itself.
 */
export function costOf(usage: Usage, price: Price): number {
  const tier = price.long && usage.input > price.long.above ? price.long : price;
  const cached = Math.min(count(usage.cached), count(usage.input));
  const nano =
    (count(usage.input) - cached) * nanoPerToken(tier.input) +
    cached * nanoPerToken(tier.cached) +
    count(usage.output) * nanoPerToken(tier.output);
  return up(nano + searchesCost(usage.searches ?? 0, price));
}

/**
 * Most a call can cost whose prompt has at most `own` tokens and whose reply at most `reply`, at list price. With `searches` of the web
 * it is that of all of them and of what they may bring in (`readAtMost`).
 */
export function worstCostOf(own: number, reply: number, price: Price, searches = 0): number {
  const prompt = readAtMost(own, searches);
  const dearest = Math.max(price.input, price.cached, price.written ?? 0);
  const short = price.long ? Math.min(prompt, price.long.above) : prompt;
  let nano = short * nanoPerToken(dearest) + reply * nanoPerToken(price.output);
  if (price.long && prompt > price.long.above) {
    const { input, cached, output } = price.long;
    // Written tokens are as much dearer than others in a long prompt as in a short one.
    const factor = price.input > 0 ? Math.max(1, (price.written ?? 0) / price.input) : 1;
    const long = prompt * nanoPerToken(Math.max(input * factor, cached)) + reply * nanoPerToken(output);
    nano = Math.max(nano, long);
  }
  return up(nano + searchesCost(searches, price));
}

/** Nano-dollars. */
function searchesCost(searches: number, { search = 0 }: Price): number {
  return count(searches) * nanoUp(search);
}

/** Whole nano-dollars, up; a product that misses a whole number by rounding alone counts as that number. */
function up(nano: number): number {
  const near = Math.round(nano);
  return fromNano(Math.abs(near - nano) < Math.max(1e-6, nano * 1e-15) ? near : Math.ceil(nano));
}

function count(tokens: number): number {
  return tokens > 0 ? tokens : 0;
}
