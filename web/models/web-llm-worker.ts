/** A model on the graphics card, by WebLLM, in a worker of its own: the page stays free while it thinks. */
import { MLCEngine } from '@mlc-ai/web-llm';
import * as Comlink from 'comlink';
import type { CardCommands } from './web-llm-protocol.ts';

/** The library's models are set to 4,096, which a program with a few others beside it passes. */
const CONTEXT = 8_192;

const engine = new MLCEngine({ logLevel: 'SILENT' });
let loaded = '';

const commands: CardCommands = {
  async load(id, report) {
    if (loaded === id) return;
    loaded = '';
    engine.setInitProgressCallback(({ progress, text }) => {
      const fetching = /fetch/i.test(text);
      report({ step: fetching ? 'Downloading the model' : 'Putting the model on the graphics card', share: progress });
    });
    await engine.reload(id, { context_window_size: CONTEXT });
    loaded = id;
  },
  async complete({ id, messages, tokens, temperature, seed }, said) {
    await commands.load(id, () => {});
    const chunks = await engine.chat.completions.create({
      messages: messages.map(({ role, content }) => ({ role, content })),
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: tokens,
      temperature,
      seed,
    });
    let text = '';
    let finish: 'stop' | 'length' = 'stop';
    let usage = { input: 0, output: 0 };
    for await (const chunk of chunks) {
      const piece = chunk.choices[0]?.delta.content ?? '';
      if (piece !== '') said(piece);
      text += piece;
      const reason = chunk.choices[0]?.finish_reason;
      if (reason === 'length' || reason === 'abort') finish = 'length';
      if (chunk.usage) usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens };
    }
    return { text, finish, ...usage };
  },
  async stop() {
    await engine.interruptGenerate();
  },
};

Comlink.expose(commands);
