/** A place that models come from, as the page shows it. */
import type { Listed, ModelSource } from '../models/source.ts';
import type { Standing } from './relay-access.ts';

export interface Source {
  readonly id: string;
  readonly title: string;
  /** Tells models of the same name apart. */
  readonly place: string;
  readonly way: ModelSource;
  /** null: it is being asked. */
  readonly listed: Listed | null;
  /** Who the page is at a relay, and what is left there. */
  readonly standing: Standing | null;
}
