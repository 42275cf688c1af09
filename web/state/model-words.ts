/** Models in words: where they come from, where the text goes, what they cost. */
import type { Price } from '../engine/models/price.ts';
import type { EndpointKind, ModelSource } from '../models/source.ts';
import type { Source } from './model-source.ts';

export interface EndpointPreset {
  readonly id: string;
  readonly title: string;
  readonly kind: EndpointKind;
  /** What stands in the address field; null: the provider's own, no field is shown. */
  readonly base: string | null;
  readonly key: 'needed' | 'optional';
}

/** On this computer first: it costs nothing and nothing leaves it. */
export const PRESETS: readonly EndpointPreset[] = [
  { id: 'ollama', title: 'Ollama', kind: 'compatible', base: 'http://localhost:11434/v1', key: 'optional' },
  { id: 'lm-studio', title: 'LM Studio', kind: 'compatible', base: 'http://localhost:1234/v1', key: 'optional' },
  { id: 'vllm', title: 'vLLM', kind: 'compatible', base: 'http://localhost:8000/v1', key: 'optional' },
  { id: 'llama-cpp', title: 'llama.cpp', kind: 'compatible', base: 'http://localhost:8080/v1', key: 'optional' },
  { id: 'openai', title: 'OpenAI', kind: 'openai', base: null, key: 'needed' },
  { id: 'anthropic', title: 'Anthropic', kind: 'anthropic', base: null, key: 'needed' },
  { id: 'google', title: 'Google', kind: 'google', base: null, key: 'needed' },
  { id: 'deepseek', title: 'DeepSeek', kind: 'deepseek', base: null, key: 'needed' },
  { id: 'openrouter', title: 'OpenRouter', kind: 'openrouter', base: null, key: 'needed' },
  { id: 'other', title: 'Another address', kind: 'compatible', base: '', key: 'optional' },
];

const PROVIDERS: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
  deepseek: 'DeepSeek',
  openrouter: 'OpenRouter',
};

export function providerTitle(provider: string): string {
  return PROVIDERS[provider] ?? provider;
}

/** What is wrong with an endpoint's address, for people; empty where nothing is. */
export function addressProblem(address: string): string {
  try {
    const { protocol, username, password } = new URL(address.trim());
    if (protocol !== 'http:' && protocol !== 'https:') return 'An address begins with http:// or https://.';
    return username === '' && password === '' ? '' : 'An address holds no name and no password.';
  } catch {
    return 'This is no address. One looks like http://localhost:11434/v1.';
  }
}

/** Whether what is sent there stays on this computer. */
export function isThisMachine(address: string): boolean {
  try {
    const { hostname } = new URL(address);
    return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
  } catch {
    return false;
  }
}

export function sourceTitle(source: ModelSource, own: string | null): string {
  switch (source.type) {
    case 'relay':
      return source.base === own ? 'This page’s relay' : `Relay at ${hostOf(source.base)}`;
    case 'endpoint': {
      const preset = PRESETS.find(({ kind, base }) => kind === source.kind && base === source.base);
      if (preset !== undefined) return preset.title;
      return source.base === null ? providerTitle(source.kind) : hostOf(source.base);
    }
    case 'page':
      return 'This page';
    case 'recorded':
      return 'A stored run';
    default:
      return source satisfies never;
  }
}

/** Where a prompt goes, short: it stands in every row. */
export function whereWords(source: ModelSource, provider: string, own: string | null): string {
  switch (source.type) {
    case 'relay': {
      const through = source.base === own ? 'this page’s relay' : `the relay at ${hostOf(source.base)}`;
      return `To ${providerTitle(provider)}, through ${through}`;
    }
    case 'endpoint':
      if (source.base !== null && isThisMachine(source.base)) return `Stays on this computer (${hostOf(source.base)})`;
      return `To ${source.base === null ? providerTitle(source.kind) : hostOf(source.base)}, from this page`;
    case 'page':
      return 'Stays in this page';
    case 'recorded':
      return 'Nowhere: replies of a stored run';
    default:
      return source satisfies never;
  }
}

/** US dollars per million tokens, read and written, and of a search of the web where it can make one. */
export function priceWords(price: Price | null): string {
  if (price === null) return 'unknown';
  const search = price.search === undefined ? '' : `, ${dollars(price.search)} a web search`;
  if (isFree(price)) return price.search === undefined ? 'free' : 'free, and so are web searches';
  return `${dollars(price.input)} in, ${dollars(price.output)} out${search}`;
}

/** What follows a source's name: who one is there, and how many models it has. */
export function sourceWords({ way, standing, listed }: Source): string {
  const who =
    standing === null ? '' : standing.member.role === 'owner' ? 'yours' : `you joined as ${standing.member.name}`;
  const kept = way.type === 'endpoint' && way.key !== null ? 'with your key, in memory' : '';
  const texts = listed?.type === 'ok' ? listed.models.filter(({ purpose }) => purpose === 'text').length : null;
  const models =
    listed === null ? 'asking…' : texts === null ? '' : texts === 1 ? '1 model' : `${String(texts)} models`;
  return [who, kept, models].filter((part) => part !== '').join(' · ');
}

export function isFree(price: Price): boolean {
  const { input, cached, output, written, long, search } = price;
  const figures = [input, cached, output, written, long?.input, long?.cached, long?.output, search];
  return figures.every((figure) => (figure ?? 0) === 0);
}

/** A sum that a person sets: `$0.50`, `$12`, `$0.005`. */
export function sumWords(value: number): string {
  return Number.isInteger(value) ? `$${value}` : `$${value.toFixed(Math.round(value * 1000) % 10 === 0 ? 2 : 3)}`;
}

export const FREE: Price = { input: 0, cached: 0, output: 0, written: null, long: null };

function dollars(value: number): string {
  const plain = String(Number(value.toPrecision(3)));
  return `$${/\.\d$/.test(plain) ? `${plain}0` : plain}`;
}

function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}
