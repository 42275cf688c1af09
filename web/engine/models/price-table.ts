/**
 * List prices of well-known models, each with its source and the day it was read. Where a price depends on the hour or is lower for
 * a while, the higher one stands here: what is reserved must be enough. Where no price for cached input was found, it is that of
 * input. Figures of OpenAI, Google and the Claude 5.5 models were read from pages that quote the source named here; the long-prompt
 * price of gpt-6.1-sol follows the rule stated for the rest of its family. Searches of the web are 10 dollars a thousand at OpenAI and at Anthropic,
 * beside the tokens of what they find. Prices change; a run's own table (`models.prices`) rules over this one.
 */
import type { ModelFacts } from './price.ts';

const OPENAI = {
  provider: 'openai',
  context: 1_050_000,
  reply: 128_000,
  temperature: 'reasoning',
  reasons: true,
  search: 0.01,
} as const;
const ANTHROPIC = {
  provider: 'anthropic',
  temperature: 'fixed',
  reasons: true,
  long: null,
  search: 0.01,
} as const;
const GOOGLE = { provider: 'google', temperature: null, reasons: true, written: null } as const;
const DEEPSEEK = {
  provider: 'deepseek',
  context: 1_000_000,
  reply: 384_000,
  temperature: null,
  reasons: true,
  written: null,
  long: null,
} as const;

const OPENAI_PAGE = { source: 'https://developers.openai.com/api/docs/pricing', date: '2026-10-26', note: '' } as const;
const CLAUDE_PAGE = {
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
  date: '2026-10-10',
  note: '',
} as const;
const GEMINI_PAGE = { source: 'https://ai.google.dev/gemini-api/docs/pricing', date: '2026-10-07', note: '' } as const;
const DEEPSEEK_PAGE = {
  source: 'https://api-docs.deepseek.com/quick_start/pricing',
  date: '2026-10-27',
  note: 'Peak price; off-peak is half of it.',
} as const;

export const PRICE_TABLE: readonly ModelFacts[] = [
  {
    model: 'gpt-6-astra',
    ...OPENAI,
    ...OPENAI_PAGE,
    ...{ input: 10, cached: 1, output: 50, written: 12.5 },
    long: { above: 272_000, input: 20, cached: 2, output: 75 },
  },
  {
    model: 'gpt-6.1-sol',
    ...OPENAI,
    ...OPENAI_PAGE,
    ...{ input: 2, cached: 0.1, output: 10, written: 2.5 },
    long: { above: 272_000, input: 4, cached: 0.2, output: 15 },
  },
  {
    model: 'gpt-6.1-terra',
    ...OPENAI,
    ...OPENAI_PAGE,
    ...{ input: 1, cached: 0.05, output: 5, written: 1.25 },
    long: { above: 272_000, input: 2, cached: 0.1, output: 7.5 },
  },
  {
    model: 'gpt-6-sol',
    ...OPENAI,
    ...OPENAI_PAGE,
    ...{ input: 2, cached: 0.2, output: 10, written: 2.5 },
    long: { above: 272_000, input: 4, cached: 0.4, output: 15 },
  },
  {
    model: 'gpt-6-luna',
    ...OPENAI,
    ...OPENAI_PAGE,
    ...{ input: 0.1, cached: 0.01, output: 0.5, written: 0.125 },
    long: { above: 272_000, input: 0.2, cached: 0.02, output: 0.75 },
  },
  {
    model: 'claude-fable-5-1',
    ...ANTHROPIC,
    ...CLAUDE_PAGE,
    ...{ context: 1_000_000, reply: 128_000, input: 10, cached: 0.25, output: 50, written: 12.5 },
  },
  {
    model: 'claude-opus-5-5',
    ...ANTHROPIC,
    ...CLAUDE_PAGE,
    ...{ context: 1_000_000, reply: 128_000, input: 4, cached: 0.2, output: 20, written: 5 },
  },
  {
    model: 'claude-opus-5',
    ...ANTHROPIC,
    ...CLAUDE_PAGE,
    ...{ context: 1_000_000, reply: 128_000, input: 5, cached: 0.5, output: 25, written: 6.25 },
  },
  {
    model: 'claude-sonnet-5-5',
    ...ANTHROPIC,
    ...CLAUDE_PAGE,
    ...{ context: null, reply: null, input: 2, cached: 0.1, output: 10, written: 2.5 },
  },
  {
    model: 'claude-sonnet-5',
    ...ANTHROPIC,
    ...CLAUDE_PAGE,
    ...{ context: 1_000_000, reply: 128_000, input: 2, cached: 0.2, output: 10, written: 2.5 },
  },
  {
    model: 'claude-haiku-5-5',
    ...ANTHROPIC,
    ...CLAUDE_PAGE,
    ...{ context: null, reply: null, input: 0.1, cached: 0.01, output: 0.5, written: 0.125 },
    long: { above: 100_000, input: 0.5, cached: 0.05, output: 2.5 },
  },
  {
    model: 'claude-haiku-4-5',
    ...ANTHROPIC,
    ...CLAUDE_PAGE,
    ...{ context: 200_000, reply: null, input: 1, cached: 0.1, output: 5, written: 1.25 },
    temperature: 'reasoning',
  },
  {
    model: 'gemini-3.8-flash',
    ...GOOGLE,
    ...GEMINI_PAGE,
    ...{ context: 1_048_576, reply: 65_536, input: 1.5, cached: 1.5, output: 7.5, long: null },
    note: 'Price from January 2027 on; half of it until then.',
  },
  {
    model: 'gemini-3.5-flash',
    ...GOOGLE,
    ...GEMINI_PAGE,
    ...{ context: 1_000_000, reply: 64_000, input: 1.5, cached: 1.5, output: 9, long: null },
  },
  {
    model: 'gemini-3.5-flash-lite',
    ...GOOGLE,
    ...GEMINI_PAGE,
    ...{ context: null, reply: null, input: 0.3, cached: 0.3, output: 2.5, long: null },
  },
  {
    model: 'gemini-3.1-pro-preview',
    ...GOOGLE,
    ...GEMINI_PAGE,
    ...{ context: null, reply: null, input: 2, cached: 2, output: 12 },
    long: { above: 200_000, input: 4, cached: 4, output: 18 },
  },
  {
    model: 'deepseek-flash',
    ...DEEPSEEK,
    ...DEEPSEEK_PAGE,
    ...{ input: 0.3, cached: 0.006, output: 1.2 },
  },
  {
    model: 'deepseek-v4-pro',
    ...DEEPSEEK,
    ...DEEPSEEK_PAGE,
    ...{ input: 1.32, cached: 0.044, output: 3.96 },
  },
];
