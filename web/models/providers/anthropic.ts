/** Anthropic's messages, through its own SDK. Its models take no temperature: diversity has to come from prompts, models and effort. */
import Anthropic from '@anthropic-ai/sdk';
import { NO_USAGE, type ModelRequest } from '../../engine/models/model.ts';
import { failureOf, LONGEST_REPLY, tokensOf } from './failure.ts';
import { between, Found } from './found.ts';
import { keptFetch } from './kept-fetch.ts';
import { pageFetch } from './page-fetch.ts';
import type { Endpoint } from './openai-client.ts';
import type { Finish, Provider, ProviderReply, ModelTraits } from './provider.ts';

export interface AnthropicWiring {
  readonly id: string;
  readonly client: Anthropic;
  readonly now: () => number;
  readonly factsOf: (model: string) => ModelTraits | null;
}

export function anthropicClient({ baseURL, key, timeout, page = false }: Endpoint): Anthropic {
  return new Anthropic({
    apiKey: key,
    authToken: null,
    ...(baseURL === null ? {} : { baseURL }),
    maxRetries: 0,
    dangerouslyAllowBrowser: page,
    fetch: page ? pageFetch() : keptFetch(),
    timeout,
    fetchOptions: { redirect: 'error' },
    logLevel: 'off',
  });
}

interface InputUsage {
  readonly input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
}

const MOST_LISTED = 2_000;

export function createAnthropicProvider({ id, client, now, factsOf }: AnthropicWiring): Provider {
  return {
    id,
    async complete(request, signal, text): Promise<ProviderReply> {
      let begun = false;
      let said = '';
      let finish: Finish | null = null;
      const usage = { input: 0, output: 0, cached: 0, reasoning: 0 };
      let written = 0;
      const found = new Found();
      let searches: unknown = null;
      let broken = false;
      /** Sums so far: with searches the conversation is read more than once. Theirs counts the cache beside the input; ours within it. */
      const read = (sum: InputUsage | null | undefined): void => {
        const cached = Math.max(usage.cached, tokensOf(sum?.cache_read_input_tokens));
        const fresh = Math.max(usage.input - usage.cached - written, tokensOf(sum?.input_tokens));
        written = Math.max(written, tokensOf(sum?.cache_creation_input_tokens));
        usage.cached = cached;
        usage.input = fresh + cached + written;
      };
      const replied = (): ProviderReply => {
        const { sources } = found;
        const all = { ...usage, ...found.searches(searches) };
        return {
          ...{ type: 'replied', text: said, finish: finish ?? 'stop', usage: all, written },
          ...(sources.length > 0 ? { sources } : {}),
        };
      };
      try {
        const stream = await client.messages.create(bodyOf(request, factsOf(request.model)), { signal });
        begun = true;
        for await (const event of stream) {
          switch (event.type) {
            case 'message_start':
              read(event.message.usage);
              usage.output = tokensOf(event.message.usage?.output_tokens);
              break;
            case 'content_block_start': {
              const block = event.content_block;
              // Cited text comes in a block for each citation: only what stands between texts parts them.
              if (block.type !== 'text') broken = true;
              if (block.type === 'web_search_tool_result' && Array.isArray(block.content)) {
                found.count(block.tool_use_id);
                found.list(block.content);
              }
              break;
            }
            case 'content_block_delta': {
              if (event.delta.type === 'citations_delta') found.cite(event.delta.citation);
              if (event.delta.type !== 'text_delta' || event.delta.text === '') break;
              const piece = `${broken ? between(said) : ''}${event.delta.text}`;
              broken = false;
              said += piece;
              if (said.length > LONGEST_REPLY) {
                stream.controller.abort();
                return {
                  type: 'failed',
                  kind: 'outage',
                  reason: `${id} sent a reply without end`,
                  retryAfter: null,
                  usage: null,
                };
              }
              text(piece);
              break;
            }
            case 'message_delta':
              read(event.usage);
              searches = event.usage?.server_tool_use?.web_search_requests ?? searches;
              usage.output = Math.max(usage.output, tokensOf(event.usage?.output_tokens));
              usage.reasoning = Math.min(usage.output, tokensOf(event.usage?.output_tokens_details?.thinking_tokens));
              if (event.delta.stop_reason) finish = finishOf(event.delta.stop_reason);
              break;
            case 'message_stop':
              if (finish !== null) return replied();
              break;
            default:
          }
        }
        if (finish !== null) return replied();
        return failureOf(null, id, signal, true, now());
      } catch (error) {
        return failureOf(error, id, signal, begun, now());
      }
    },
    embed: () =>
      Promise.resolve({
        type: 'failed',
        kind: 'request',
        reason: `${id} makes no vectors`,
        retryAfter: null,
        usage: NO_USAGE,
      }),
    async list(signal) {
      try {
        const models: string[] = [];
        for await (const model of await client.models.list({ limit: 1000 }, { signal })) {
          if (typeof model.id === 'string') models.push(model.id);
          if (models.length >= MOST_LISTED) break;
        }
        return { type: 'ok', models };
      } catch (error) {
        const { kind, reason } = failureOf(error, id, signal, false, now());
        return { type: 'failed', kind, reason };
      }
    },
  };
}

function bodyOf(request: ModelRequest, facts: ModelTraits | null): Anthropic.MessageCreateParamsStreaming {
  const system = request.messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => content)
    .join('\n\n');
  const messages = request.messages
    .filter(({ role }) => role !== 'system')
    .map(({ role, content }) => ({ role: role as 'user' | 'assistant', content }));
  const thinks = facts?.reasons ?? false;
  return {
    model: request.model,
    max_tokens: request.tokens,
    messages,
    stream: true,
    ...(system === '' ? {} : { system }),
    ...(request.search === undefined
      ? {}
      : { tools: [{ type: 'web_search_20250305' as const, name: 'web_search' as const, max_uses: request.search }] }),
    ...(!thinks
      ? {}
      : request.effort === 'none'
        ? { thinking: { type: 'disabled' } as const }
        : { thinking: { type: 'adaptive' } as const, output_config: { effort: request.effort } }),
  };
}

function finishOf(reason: Anthropic.StopReason): Finish {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
    // A turn with searches that took too long: what was said stands, and is not all.
    case 'pause_turn':
      return 'length';
    case 'refusal':
      return 'refused';
    default:
      return 'stop';
  }
}
