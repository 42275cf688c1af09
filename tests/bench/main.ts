/** Runs the named figures and prints them. Started by `scripts/bench.mjs`, which installs and builds what they need. */
import { engine } from './engine.ts';
import { headers } from './headers.ts';
import { languages } from './languages.ts';
import type { Figure, Group } from './figure.ts';
import { page } from './page.ts';
import { parse } from './parse.ts';
import { relay } from './relay.ts';
import { sandbox } from './sandbox.ts';

const GROUPS: readonly Group[] = [engine, parse, sandbox, page, languages, headers, relay];

const args = process.argv.slice(2);
const json = args.includes('--json');
const names = args.filter((arg) => !arg.startsWith('--'));
const known = GROUPS.flatMap((group) => group.figures.map(({ name }) => name));
/** `languages` means all that begins with `language`. */
const begins = (figure: string, prefix: string): boolean => figure.startsWith(prefix.replace(/s$/, ''));
const unknown = names.filter((name) => !known.some((figure) => begins(figure, name)));

if (unknown.length > 0) {
  console.error(`No figure begins with ${unknown.join(' or ')}. There are:\n  ${known.join('\n  ')}`);
  process.exitCode = 2;
} else {
  process.exitCode = await measureAll();
}

async function measureAll(): Promise<number> {
  let missing = 0;
  if (!json) console.log(`${'figure'.padEnd(42)}${'value'.padStart(12)}  ${'unit'.padEnd(10)}aim`);
  for (const group of GROUPS) {
    const asked = group.figures.filter(
      ({ name }) => names.length === 0 || names.some((prefix) => begins(name, prefix)),
    );
    const left = new Set(asked.map(({ name }) => name));
    if (left.size === 0) continue;
    try {
      for await (const figure of group.measure(new Set(left))) {
        left.delete(figure.name);
        print(figure, asked.find(({ name }) => name === figure.name)?.aim ?? '');
      }
    } catch (error) {
      console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    for (const name of left) console.error(`${name} could not be measured`);
    missing += left.size;
  }
  return missing > 0 ? 1 : 0;
}

function print(figure: Figure, aim: string): void {
  const { name, value, unit } = figure;
  if (json) console.log(JSON.stringify({ name, value, unit }));
  else console.log(`${name.padEnd(42)}${String(value).padStart(12)}  ${unit.padEnd(10)}${aim}`);
}
