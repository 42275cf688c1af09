/** The built-in examples as the page sees them: names and summaries at once, files when one is opened. */

export interface Example {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Path → text of the example's folder. */
  load(): Promise<Record<string, string>>;
}

const titles = import.meta.glob<string>('./*/experiment.json', { eager: true, import: 'title' });
const summaries = import.meta.glob<string>('./*/experiment.json', { eager: true, import: 'summary' });
const files = import.meta.glob<string>(['./*/*.{js,ts,py,c,cpp,rs,wat,md}', './*/experiment.json'], {
  query: '?raw',
  import: 'default',
});

/** The default first, the rest by title. */
const FIRST = 'circle-packing';

export const catalogue: readonly Example[] = Object.keys(titles)
  .map((path) => {
    const name = path.split('/')[1] as string;
    return { name, title: titles[path] ?? name, summary: summaries[path] ?? '', load: () => load(name) };
  })
  .sort((a, b) => Number(b.name === FIRST) - Number(a.name === FIRST) || a.title.localeCompare(b.title));

async function load(name: string): Promise<Record<string, string>> {
  const prefix = `./${name}/`;
  const paths = Object.keys(files).filter((path) => path.startsWith(prefix));
  const texts = await Promise.all(paths.map((path) => files[path]?.() ?? ''));
  return Object.fromEntries(paths.map((path, i) => [path.slice(prefix.length), texts[i] ?? '']));
}
