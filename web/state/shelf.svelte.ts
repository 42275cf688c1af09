/** The experiments there are: the examples, then what the person has written, kept in this browser. */
import { Draft } from './drafts.svelte.ts';
import type { Folder } from './drafts.svelte.ts';
import { freeName, ownEntries, removeOwn, writeOwn } from './own-experiments.ts';
import type { CatalogueEntry } from './services.ts';
import type { TemplateId } from './templates/index.ts';

export class Shelf {
  entries = $state.raw<readonly CatalogueEntry[]>([]);
  readonly #examples: readonly CatalogueEntry[];

  constructor(examples: readonly CatalogueEntry[]) {
    this.#examples = examples;
    this.listOwn();
  }

  get first(): CatalogueEntry {
    const first = this.find('circle-packing') ?? this.#examples[0];
    if (!first) throw new Error('the catalogue is empty');
    return first;
  }

  find(name: string): CatalogueEntry | null {
    return this.entries.find((entry) => entry.name === name) ?? null;
  }

  listOwn(): void {
    this.entries = [...this.#examples, ...ownEntries()];
  }

  /** Name of a new experiment from a template; null where the browser keeps none. */
  async add(template: TemplateId, title: string): Promise<string | null> {
    const { templateFolder } = await import('./templates/index.ts');
    const name = freeName(
      title,
      this.entries.map((each) => each.name),
    );
    return this.put(name, templateFolder(template, name, title)) ? name : null;
  }

  /** False where the browser keeps none. */
  put(name: string, folder: Folder): boolean {
    if (!writeOwn(name, folder)) return false;
    this.listOwn();
    return true;
  }

  /** False where there is none of that name that the person wrote. */
  remove(name: string): boolean {
    if (this.find(name)?.own !== true) return false;
    removeOwn(name);
    this.listOwn();
    return true;
  }
}

export function draftOf({ name, own }: CatalogueEntry, folder: Folder): Draft {
  return new Draft(name, folder, own === true ? (files) => writeOwn(name, files) : null);
}
