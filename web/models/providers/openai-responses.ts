/** OpenAI's Responses, through its own SDK. */
import type OpenAI from 'openai';
import type { ModelRequest } from '../../engine/models/model.ts';
import { failureOf, LONGEST_REPLY, tokensOf } from './failure.ts';
import { between, Found } from './found.ts';
import type { Provider, ProviderReply, ModelTraits } from './provider.ts';
import { embedWith, listWith, type Wiring } from './openai-client.ts';

export function createResponsesProvider({ id, client, now, factsOf }: Wiring): Provider {
  return {
    id,
    async complete(request, signal, text): Promise<ProviderReply> {
      let begun = false;
      let said = '';
      const found = new Found();
      // The item of the answer that text came from last.
      let item: number | null = null;
      try {
        const stream = await client.responses.create(bodyOf(request, factsOf(request.model)), { signal });
        begun = true;
        for await (const event of stream) {
          switch (event.type) {
            case 'response.output_text.delta': {
              const piece = `${item === null || item === event.output_index ? '' : between(said)}${event.delta}`;
              item = event.output_index;
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
            case 'response.output_text.annotation.added':
              if (event.annotation?.type === 'url_citation') found.cite(event.annotation);
              break;
            case 'response.output_item.done':
              take(found, event.item);
              break;
            case 'response.completed':
            case 'response.incomplete': {
              const { usage, incomplete_details: why, output, tool_usage: tools } = event.response;
              for (const each of output) take(found, each);
              // What is charged stands in the usage; where it does not, each question of a search may be.
              const questions = output.reduce((sum, each) => sum + questionsIn(each), 0);
              const { sources } = found;
              const refused = output.some(
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
                  ...found.searches(tools?.web_search?.num_requests ?? questions),
                },
                written: tokensOf(usage?.input_tokens_details?.cache_write_tokens),
                ...(sources.length > 0 ? { sources } : {}),
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

/** Opening a page and looking for words in it are calls as well, and not charged as searches. */
function take(found: Found, item: OpenAI.Responses.ResponseOutputItem): void {
  if (item.type === 'message') {
    for (const part of item.content) {
      if (part.type !== 'output_text') continue;
      for (const note of part.annotations ?? []) if (note.type === 'url_citation') found.cite(note);
    }
  }
  if (item.type !== 'web_search_call') return;
  const { action } = item;
  if (action?.type === 'search') {
    if (item.status !== 'failed') found.count(item.id);
    found.list(action.sources);
  } else if (action?.type === 'open_page') found.list([{ url: action.url }]);
}

function questionsIn(item: OpenAI.Responses.ResponseOutputItem): number {
  if (item.type !== 'web_search_call' || item.action?.type !== 'search' || item.status === 'failed') return 0;
  const { queries } = item.action;
  return Array.isArray(queries) ? Math.max(1, queries.length) : 1;
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
    ...(request.search === undefined
      ? {}
      : {
          tools: [{ type: 'web_search', search_context_size: 'low' }],
          max_tool_calls: request.search,
          include: ['web_search_call.action.sources'],
        }),
    ...(reasons ? { reasoning: { effort: request.effort } } : {}),
    ...(request.temperature !== null && warm ? { temperature: request.temperature } : {}),
  };
}
