/** Answers with searches of the web as the two providers that make them send them: text, searches, results and citations in turn. */
import type { Behaviour } from './stand-in.ts';

type Event = Extract<Behaviour, { type: 'events' }>['events'][number] & Readonly<Record<string, unknown>>;

export interface Page {
  readonly url: unknown;
  readonly title: unknown;
}

export type Part =
  | { readonly text: string; readonly cites?: readonly Page[] }
  /** `error`: the search came to nothing, and is not charged. */
  | { readonly search: string; readonly pages?: readonly Page[]; readonly error?: string; readonly content?: string };

/** `usage`: of the last event. `first`: tokens of the prompt as they are known at the beginning. */
export function anthropicEvents(
  parts: readonly Part[],
  { stop = 'end_turn', usage = {}, first = 40 }: { stop?: string; usage?: unknown; first?: number } = {},
): Event[] {
  const message = {
    ...{
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      stop_sequence: null,
    },
    usage: { input_tokens: first, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
  };
  const events: Event[] = [{ type: 'message_start', message }];
  let index = -1;
  const block = (content: unknown, deltas: readonly unknown[] = []): void => {
    index++;
    events.push({ type: 'content_block_start', index, content_block: content });
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
  };
  for (const part of parts) {
    if ('text' in part) {
      const half = Math.ceil(part.text.length / 2);
      block({ type: 'text', text: '' }, [
        ...(part.cites ?? []).map(({ url, title }) => ({
          type: 'citations_delta',
          citation: { type: 'web_search_result_location', url, title, cited_text: 'it says', encrypted_index: 'x' },
        })),
        ...[part.text.slice(0, half), part.text.slice(half)].map((text) => ({ type: 'text_delta', text })),
      ]);
      continue;
    }
    const id = `srvtoolu_${index}`;
    block({ type: 'server_tool_use', id, name: 'web_search', input: {}, caller: { type: 'direct' } }, [
      { type: 'input_json_delta', partial_json: JSON.stringify({ query: part.search }) },
    ]);
    const content =
      part.error !== undefined
        ? { type: 'web_search_tool_result_error', error_code: part.error }
        : (part.pages ?? []).map(({ url, title }) => ({
            ...{ type: 'web_search_result', url, title, encrypted_content: part.content ?? 'sealed', page_age: null },
          }));
    block({ type: 'web_search_tool_result', tool_use_id: id, content, caller: { type: 'direct' } });
  }
  events.push(
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage: usage as object },
    { type: 'message_stop' },
  );
  return events;
}

/** `tools`: what is said of searches that are charged. */
export function responsesEvents(
  parts: readonly Part[],
  { reason = null, usage = {}, tools }: { reason?: string | null; usage?: unknown; tools?: unknown } = {},
): Event[] {
  const output: unknown[] = [];
  const events: Event[] = [
    { type: 'response.created', response: { id: 'r1', object: 'response', status: 'in_progress', output: [] } },
  ];
  for (const [at, part] of parts.entries()) {
    const where = { output_index: at, item_id: `i${at}` };
    if ('text' in part) {
      const half = Math.ceil(part.text.length / 2);
      for (const delta of [part.text.slice(0, half), part.text.slice(half)]) {
        events.push({ type: 'response.output_text.delta', ...where, content_index: 0, delta, logprobs: [] });
      }
      const annotations = (part.cites ?? []).map((page) => ({
        ...{ type: 'url_citation', start_index: 0, end_index: 1 },
        ...page,
      }));
      for (const annotation of annotations) {
        events.push({ type: 'response.output_text.annotation.added', ...where, annotation });
      }
      const content = [{ type: 'output_text', text: part.text, annotations }];
      output.push({ id: `i${at}`, type: 'message', role: 'assistant', status: 'completed', content });
      continue;
    }
    const sources = (part.pages ?? []).map(({ url }) => ({ type: 'url', url }));
    const item = {
      ...{ id: `i${at}`, type: 'web_search_call', status: part.error === undefined ? 'completed' : 'failed' },
      action: { type: 'search', queries: part.search.split('|'), sources },
    };
    for (const type of ['in_progress', 'searching', 'completed']) {
      events.push({ type: `response.web_search_call.${type}`, ...where });
    }
    events.push({ type: 'response.output_item.done', output_index: at, item });
    output.push(item);
  }
  const response = {
    ...{ id: 'r1', object: 'response', output, usage, error: null },
    ...(tools === undefined ? {} : { tool_usage: { web_search: tools } }),
    incomplete_details: reason === null ? null : { reason },
  };
  events.push({ type: reason === null ? 'response.completed' : 'response.incomplete', response });
  return events;
}
