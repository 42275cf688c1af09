/** OpenAI's Responses, through its own SDK. */
import type OpenAI from 'openai';
import type { ModelRequest } from '../../engine/models/model.ts';
import { failureOf, LONGEST_REPLY, tokensOf } from './failure.ts';
import type { Provider, ProviderReply, ModelTraits } from './provider.ts';
import { embedWith, listWith, type Wiring } from './openai-client.ts';

export function createResponsesProvider({ id, client, now, factsOf }: Wiring): Provider {
  return {
    id,
    async complete(request, signal, text): Promise<ProviderReply> {
      let begun = false;
      let said = '';
      try {
        const stream = await client.responses.create(bodyOf(request, factsOf(request.model)), { signal });
        begun = true;
        for await (const event of stream) {
          switch (event.type) {
            case 'response.output_text.delta':
              said += event.delta;
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
              text(event.delta);
              break;
            case 'response.completed':
            case 'response.incomplete': {
              const { usage, incomplete_details: why } = event.response;
              const refused = event.response.output.some(
                (item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'),
              );
              const finish =
                why?.reason === 'content_filter' ? 'filtered' : refused ? 'refused' : why ? 'length' : 'stop';
              return {
                type: 'replied',
                text: said,
                finish,
                usage: {
                  input: tokensOf(usage?.input_tokens),
                  output: tokensOf(usage?.output_tokens),
                  cached: tokensOf(usage?.input_tokens_details?.cached_tokens),
                  reasoning: tokensOf(usage?.output_tokens_details?.reasoning_tokens),
                },
                written: tokensOf(usage?.input_tokens_details?.cache_write_tokens),
              };
            }
            case 'response.failed':
            case 'error':
              return {
                type: 'failed',
                kind: 'outage',
                reason: `${id} gave up in the middle of its answer`,
                retryAfter: null,
                usage: null,
              };
            default:
          }
        }
        return failureOf(null, id, signal, true, now());
      } catch (error) {
        return failureOf(error, id, signal, begun, now());
      }
    },
    embed: (model, texts, signal) => embedWith(client, id, now, model, texts, signal),
    list: (signal) => listWith(client, id, now, signal),
  };
}

function bodyOf(request: ModelRequest, facts: ModelTraits | null): OpenAI.Responses.ResponseCreateParamsStreaming {
  const instructions = request.messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => content)
    .join('\n\n');
  const input = request.messages
    .filter(({ role }) => role !== 'system')
    .map(({ role, content }) => ({ role: role as 'user' | 'assistant', content }));
  const reasons = facts?.reasons ?? false;
  const warm = facts?.temperature === 'free' || (facts?.temperature === 'reasoning' && request.effort === 'none');
  return {
    model: request.model,
    input,
    stream: true,
    store: false,
    max_output_tokens: request.tokens,
    ...(instructions === '' ? {} : { instructions }),
    ...(reasons ? { reasoning: { effort: request.effort } } : {}),
    ...(request.temperature !== null && warm ? { temperature: request.temperature } : {}),
  };
}
