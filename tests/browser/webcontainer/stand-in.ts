/**
 * A stand-in for the service behind the WebContainer client: it speaks the client's frame protocol (an `init` message with a port, Comlink
 * over it) and keeps files, but runs nothing. Its `node` answers as the script at its end says, its `npm` as its manifest asks.
 */
import type { expose, proxy } from 'comlink';
import { ANSWER } from '../../../sandboxes/webcontainer/runner.ts';

// The client brings a Comlink of its own, whose messages differ from those of today's; the page puts it here.
const { Comlink } = globalThis as unknown as {
  readonly Comlink: { readonly expose: typeof expose; readonly proxy: typeof proxy };
};

type Node = { d: Record<string, Node> } | { f: { c: string } };
type Listener = (data: Uint8Array | null) => unknown;
interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

const files = new Map<string, string>();
const encoder = new TextEncoder();

const fs = {
  mkdir: () => {},
  writeFile: (path: string, text: string) => void files.set(path, text),
  readFile: (path: string) => files.get(path) ?? Promise.reject(new Error(`ENOENT: ${path}`)),
  readdir: () => [...files.keys()],
  rm(path: string) {
    for (const name of [...files.keys()]) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
  },
};

function put(folder: string, node: Node): void {
  if (!('d' in node)) return void files.set(folder, node.f.c);
  for (const [name, child] of Object.entries(node.d)) put(folder === '' ? name : `${folder}/${name}`, child);
}

function launch({ command, args, cwd = '' }: Launch, output: Listener) {
  let end: (code: number) => void = () => {};
  const onExit = new Promise<number>((resolve) => (end = resolve));
  const say = (text: string): void => void output(encoder.encode(text));
  const answer = (value: unknown): void => say(`\r\n${ANSWER}${JSON.stringify(value)}\r\n`);
  const exit = (code: number): void => {
    output(null);
    end(code);
  };
  if (command === 'npm') {
    const broken = (files.get(`${cwd}/package.json`) ?? '').includes('no-such-package');
    say(broken ? 'npm error 404 no-such-package' : 'added 1 package');
    files.set('.installs', `${Number(files.get('.installs') ?? 0) + 1}`);
    exit(broken ? 1 : 0);
  } else if (command === 'node' && files.has(`${cwd}/${args[0]}`)) {
    if ([...files.keys()].includes(`${cwd}/broken.js`)) {
      answer({ type: 'broken', reason: 'SyntaxError: broken.js:1' });
      exit(1);
    } else answer({ type: 'ready' });
  } else exit(127);
  const script: Record<string, (id: number, list: readonly unknown[]) => void> = {
    echo: (id, list) => answer({ type: 'ok', id, value: list }),
    chatty(id) {
      say('{"id":1,"type":"ok"} not an answer\n');
      const text = `${ANSWER}${JSON.stringify({ type: 'ok', id, value: 'whole' })}\n`;
      say(text.slice(0, 12));
      say(text.slice(12));
    },
    throws: (id) => answer({ type: 'failed', id, reason: 'Error: no' }),
    never: () => {},
    floods: () => say('x'.repeat(100_000)),
    dies: () => exit(3),
  };
  return Comlink.proxy({
    onExit,
    write(line: string) {
      say(line); // As a terminal echoes what is typed into it.
      const { id, name, args: list } = JSON.parse(line) as { id: number; name: string; args: unknown[] };
      script[name]?.(id, list);
    },
    kill: () => exit(143),
    resize: () => {},
  });
}

const instance = {
  fs: () => Comlink.proxy(fs),
  previewScript: () => Comlink.proxy({}),
  runtimeInfo: () => ({ path: '/bin', cwd: '/home/genesis' }),
  run: (config: Launch, _out: unknown, _err: unknown, output: Listener) => launch(config, output),
  loadFiles(payload: Uint8Array, { mountPoints = '' }: { mountPoints?: string }) {
    put(mountPoints, JSON.parse(new TextDecoder().decode(payload)) as Node);
  },
  on: () => Comlink.proxy(() => {}),
  teardown: () => files.clear(),
};

const { port1, port2 } = new MessageChannel();
Comlink.expose({ build: () => Comlink.proxy(instance) }, port1);
window.parent.postMessage({ type: 'init' }, '*', [port2]);
