/** Chat completions, as OpenAI, Google, DeepSeek, OpenRouter, Ollama, LM Studio, vLLM and llama.cpp speak them, through OpenAI's SDK. */
import type OpenAI from 'openai';
import type { ModelRequest, Usage } from '../../engine/models/model.ts';
import { failureOf, LONGEST_REPLY, tokensOf } from './failure.ts';
import { embedWith, listWith, type Wiring } from './openai-client.ts';
import type { Finish, Provider, ProviderReply, ModelTraits } from './provider.ts';

export interface Dialect {
  /** Newer models of OpenAI count thinking in; everybody else knows `max_tokens` alone. */
  readonly limit: 'max_tokens' | 'max_completion_tokens';
  /** Whether `reasoning_effort` is understood. */
  readonly effort: boolean;
  /** Whether `seed` is. */
  readonly seed: boolean;
}

export function createChatProvider({ id, client, now, factsOf }: Wiring, dialect: Dialect): Provider {
  return {
    id,
    async complete(request, signal, text): Promise<ProviderReply> {
      let begun = false;
      let said = '';
      let finish: Finish | null = null;
      let usage: Usage | null = null;
      try {
        const stream = await client.chat.completions.create(bodyOf(request, factsOf(request.model), dialect), {
          signal,
        });
        begun = true;
        for await (const chunk of stream) {
          if (chunk.usage) usage = usageOf(chunk.usage);
          const choice = chunk.choices?.[0];
          if (choice?.finish_reason) finish = finishOf(choice.finish_reason);
          const { content, refusal } = choice?.delta ?? {};
          if (typeof refusal === 'string' && refusal !== '') finish = 'refused';
          if (typeof content !== 'string' || content === '') continue;
          said += content;
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
          text(content);
        }
        // Without a reason to end, it was cut.
        if (finish === null) return { ...failureOf(null, id, signal, true, now()), usage };
        return { type: 'replied', text: said, finish, usage: usage ?? unsaid(request, said), written: 0 };
      } catch (error) {
        return failureOf(error, id, signal, begun, now());
      }
    },
    embed: (model, texts, signal) => embedWith(client, id, now, model, texts, signal),
    list: (signal) => listWith(client, id, now, signal),
  };
}

function bodyOf(
  request: ModelRequest,
  facts: ModelTraits | null,
  dialect: Dialect,
): OpenAI.Chat.ChatCompletionCreateParamsStreaming {
  const reasons = facts?.reasons ?? false;
  const warm =
    facts === null ||
    facts.temperature === null ||
    facts.temperature === 'free' ||
    (facts.temperature === 'reasoning' && request.effort === 'none');
  const effort = dialect.effort && reasons ? { reasoning_effort: request.effort } : {};
  return {
    model: request.model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    [dialect.limit]: request.tokens,
    ...effort,
    ...(request.temperature !== null && warm ? { temperature: request.temperature } : {}),
    ...(dialect.seed ? { seed: request.seed } : {}),
  };
}

/** DeepSeek counts cache hits beside the prompt's tokens under a name of its own; Google's thoughts come within the output's details. */
function usageOf(usage: OpenAI.CompletionUsage): Usage {
  const more = usage as OpenAI.CompletionUsage & { readonly prompt_cache_hit_tokens?: unknown };
  const reasoning = tokensOf(usage.completion_tokens_details?.reasoning_tokens);
  const input = tokensOf(usage.prompt_tokens);
  // Some count thoughts beside the completion's tokens; the total tells.
  const output = Math.max(tokensOf(usage.completion_tokens), tokensOf(usage.total_tokens) - input);
  const cached = tokensOf(usage.prompt_tokens_details?.cached_tokens) || tokensOf(more.prompt_cache_hit_tokens);
  return { input, output, cached: Math.min(input, cached), reasoning: Math.min(output, reasoning) };
}

/** An endpoint that reports no usage is taken to cost as much as the texts can have had tokens. */
function unsaid(request: ModelRequest, said: string): Usage {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const input = request.messages.reduce((sum, { content }) => sum + bytes(content), 0);
  return { input, output: Math.min(request.tokens, bytes(said)), cached: 0, reasoning: 0 };
}

function finishOf(reason: string): Finish {
  switch (reason) {
    case 'length':
      return 'length';
    case 'content_filter':
      return 'filtered';
    case 'refusal':
      return 'refused';
    default:
      return 'stop';
  }
}
