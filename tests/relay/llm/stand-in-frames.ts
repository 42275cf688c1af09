/** A good reply as each wire sends it: what comes first, each piece of text, and what comes last with the usage. */

export type Wire = 'responses' | 'chat' | 'messages';

/** One server-sent event. */
export type Frame = readonly [event: string | null, data: unknown];

export function framesOf(wire: Wire, body: Record<string, unknown>, said: string, finish: string, given: unknown) {
  const model = body['model'];
  const input = tokens(JSON.stringify(body['messages'] ?? body['input']));
  const output = tokens(said);
  const none: Frame[] = [];
  switch (wire) {
    case 'chat': {
      const chunk = (delta: unknown, reason: string | null): Frame => [
        null,
        {
          id: 'c1',
          object: 'chat.completion.chunk',
          created: 0,
          model,
          choices: [{ index: 0, delta, finish_reason: reason }],
        },
      ];
      const usage = given ?? {
        ...{ prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      };
      const reason = finish === 'filter' ? 'content_filter' : finish === 'refusal' ? 'stop' : finish;
      const tail: Frame[] = [
        chunk(finish === 'refusal' ? { refusal: 'I will not.' } : {}, reason),
        ...(usage === null
          ? none
          : [[null, { id: 'c1', object: 'chat.completion.chunk', created: 0, model, choices: [], usage }] as Frame]),
        [null, '[DONE]'],
      ];
      return {
        head: [chunk({ role: 'assistant', content: '' }, null)],
        piece: (text: string) => chunk({ content: text }, null),
        tail,
      };
    }
    case 'messages': {
      const stop =
        { stop: 'end_turn', length: 'max_tokens', refusal: 'refusal', filter: 'refusal' }[finish] ?? 'end_turn';
      const usage = (given ?? {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
      }) as Record<string, unknown>;
      const message = {
        id: 'm1',
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      };
      return {
        head: [
          ['message_start', { type: 'message_start', message }],
          ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
        ] as Frame[],
        piece: (text: string): Frame => [
          'content_block_delta',
          { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
        ],
        tail: [
          ['content_block_stop', { type: 'content_block_stop', index: 0 }],
          [
            'message_delta',
            {
              type: 'message_delta',
              delta: { stop_reason: stop, stop_sequence: null },
              usage: { output_tokens: usage['output_tokens'] },
            },
          ],
          ['message_stop', { type: 'message_stop' }],
        ] as Frame[],
      };
    }
    case 'responses': {
      const usage = given ?? {
        ...{ input_tokens: input, output_tokens: output, total_tokens: input + output },
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      };
      const content =
        finish === 'refusal'
          ? [{ type: 'refusal', refusal: 'I will not.' }]
          : [{ type: 'output_text', text: said, annotations: [] }];
      const whole = {
        ...{ id: 'r1', object: 'response', created_at: 0, model, usage, error: null },
        status: finish === 'length' || finish === 'filter' ? 'incomplete' : 'completed',
        incomplete_details:
          finish === 'length'
            ? { reason: 'max_output_tokens' }
            : finish === 'filter'
              ? { reason: 'content_filter' }
              : null,
        output: [{ id: 'o1', type: 'message', role: 'assistant', status: 'completed', content }],
      };
      const type = whole.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
      let number = 0;
      return {
        head: [
          [
            'response.created',
            {
              type: 'response.created',
              sequence_number: number++,
              response: { ...whole, status: 'in_progress', output: [], usage: null },
            },
          ],
        ] as Frame[],
        piece: (text: string): Frame => [
          'response.output_text.delta',
          {
            type: 'response.output_text.delta',
            sequence_number: number++,
            item_id: 'o1',
            output_index: 0,
            content_index: 0,
            delta: text,
            logprobs: [],
          },
        ],
        tail: [[type, { type, sequence_number: 1_000_000, response: whole }]] as Frame[],
      };
    }
    default:
      throw new Error(`no wire is a ${JSON.stringify(wire satisfies never)}`);
  }
}

/** A token of this provider is four characters. */
export function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}
