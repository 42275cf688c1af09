/** A relay in a process of its own that serves the built page, over a provider that changes one number of circle packing per reply. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { responsesEvents } from '../relay/llm/search-streams.ts';
import { startStandIn, STAND_IN_KEY, type Behaviour, type StandIn } from '../relay/llm/stand-in.ts';
import { startRelay, type RelayProcess } from '../relay/relay-process.ts';

export const site = fileURLToPath(new URL('../../dist', import.meta.url));

export interface ModelRelay {
  readonly standIn: StandIn;
  readonly url: string;
  /** As it was printed; empty where no class was asked for. */
  readonly code: string;
  kill(): Promise<void>;
  /** On the same port and store. */
  again(): Promise<void>;
  close(): Promise<void>;
}

/** Page that the provider's searches find. */
export const FOUND = { url: 'https://packings.example/circles', title: 'Circles in a square' };

/**
 * A provider that answers prompts about circle packing with another number, and a relay's settings for it. `searching`: it searches the web
 * where it is let, and what comes out of that is what it answers with.
 */
export async function startProvider(
  searching = false,
): Promise<{ readonly standIn: StandIn; readonly providers: readonly unknown[] }> {
  const standIn = await startStandIn();
  let replies = 0;
  standIn.answer = (body) => {
    const prompt = textOf(body);
    if (prompt.includes('You judge one program')) return '<SCORE>0.75</SCORE>\n<REASON>It is short.</REASON>';
    return replyTo(prompt, ++replies);
  };
  const price = { input: 1, output: 4 };
  if (searching) {
    standIn.behave = (path, body) => (path === '/responses' && 'tools' in body ? searched(standIn.answer(body)) : null);
    const models = [{ name: 'stand-in-large', price: { ...price, search: 0.01 }, reply: 4_000 }];
    return { standIn, providers: [{ kind: 'openai', baseURL: `${standIn.url}/v1`, keyFrom: 'STAND_IN_KEY', models }] };
  }
  const providers = [
    {
      ...{ kind: 'compatible', id: 'stand-in', baseURL: `${standIn.url}/v1`, keyFrom: 'STAND_IN_KEY' },
      models: [
        { name: 'stand-in-large', price, reply: 4_000 },
        { name: 'stand-in-vectors', purpose: 'vectors', price: { input: 0.02, output: 0 } },
      ],
    },
  ];
  return { standIn, providers };
}

/** `local`: whether a page on this machine is let in without a code; `search`: whether models may search the web, and can. */
export async function startModelRelay(local: boolean, search = false): Promise<ModelRelay> {
  const folder = mkdtempSync(join(tmpdir(), 'genesis-models-'));
  const { standIn, providers } = await startProvider(search);
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ providers, local, search }));
  const args = ['--config', config, '--store', join(folder, 'store.sqlite'), '--site', site];
  const lesson = ['--class', 'circles', '--dollars', '2', '--each', '0.5', '--seats', '30'];
  const start = (port: string, more: readonly string[]): Promise<RelayProcess> =>
    startRelay({ args: [...args, '--port', port, ...more], environment: { STAND_IN_KEY } });
  let relay = await start('0', lesson);
  const { url } = relay;
  const printed = async (): Promise<string> => {
    for (let i = 0; i < 100; i++) {
      const found = /seats: (\S+)/.exec(relay.printed())?.[1];
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no code was printed: ${relay.printed()}`);
  };
  const code = await printed();
  return {
    ...{ standIn, url, code },
    async kill() {
      await relay.end('SIGKILL');
    },
    async again() {
      relay = await start(new URL(url).port, []);
    },
    async close() {
      await relay.end('SIGTERM').catch(() => {});
      await standIn.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The stand-in as a provider that lets pages of other origins ask it. */
export async function letPagesAsk(standIn: StandIn): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const origin = request.headers.origin ?? '*';
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-headers', '*, authorization, content-type');
    if (request.method === 'OPTIONS') {
      const wanted = request.headers['access-control-request-headers'];
      if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted);
      response.writeHead(204).end();
      return;
    }
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { authorization = '', 'content-type': type = 'application/json' } = request.headers;
      const answer = await fetch(`${standIn.url}${request.url ?? ''}`, {
        ...{ method: request.method ?? 'GET', headers: { authorization, 'content-type': type } },
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
      if (answer.body) for await (const piece of answer.body) response.write(piece);
      response.end();
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** One search, and the answer to the prompt that cites what it found. */
function searched(text: string): Behaviour {
  const usage = { input_tokens: 2_000, output_tokens: 100, total_tokens: 2_100 };
  const parts = [
    { search: 'circles in a square', pages: [FOUND] },
    { text, cites: [FOUND] },
  ];
  return { type: 'events', events: responsesEvents(parts, { usage, tools: { num_requests: 1 } }) };
}

function textOf(body: Record<string, unknown>): string {
  const messages = (body['messages'] ?? body['input']) as readonly { readonly content: unknown }[];
  return messages.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content))).join('\n\n');
}

/** Another growth of the circles, as a diff or as a whole program: whichever the prompt asks for. */
function replyTo(prompt: string, count: number): string {
  const program = /current program\b[\s\S]*?\n```\w*\n([\s\S]*?)\n```/i.exec(prompt)?.[1] ?? '';
  const line = /^ *let growth = [^\n]*$/m.exec(program)?.[0];
  if (line === undefined) return 'I see no program.';
  const changed = `  let growth = ${(0.008 + 0.0007 * count).toFixed(4)};`;
  const name = '<NAME>other-growth</NAME>\n<DESCRIPTION>The circles grow at another pace.</DESCRIPTION>\n';
  if (!prompt.includes('<DIFF>')) return `${name}<CODE>\n\`\`\`js\n${program.replace(line, changed)}\n\`\`\`\n</CODE>`;
  return `${name}<DIFF>\n<<<<<<< SEARCH\n${line}\n=======\n${changed}\n>>>>>>> REPLACE\n</DIFF>`;
}
