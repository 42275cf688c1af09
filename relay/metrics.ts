/** Counters and gauges in the text form that Prometheus and its relatives read. Labels are names of ours, never what a client sent. */

interface Family {
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly values: Map<string, number>;
  readonly read: (() => number) | null;
}

/** Series of one family; what comes after is counted under `other`. */
const MOST_SERIES = 200;

export class Metrics {
  readonly #families = new Map<string, Family>();

  counter(name: string, help: string): (labels?: Readonly<Record<string, string>>, by?: number) => void {
    const values = new Map<string, number>();
    this.#families.set(name, { help, type: 'counter', values, read: null });
    return (labels = {}, by = 1) => {
      let key = labelText(labels);
      if (!values.has(key) && values.size >= MOST_SERIES) key = labelText({ other: 'true' });
      values.set(key, (values.get(key) ?? 0) + by);
    };
  }

  gauge(name: string, help: string, read: () => number): void {
    this.#families.set(name, { help, type: 'gauge', values: new Map(), read });
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, { help, type, values, read }] of this.#families) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      if (read) lines.push(`${name} ${read()}`);
      for (const [labels, value] of values) lines.push(`${name}${labels} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, '_').slice(0, 100)}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
