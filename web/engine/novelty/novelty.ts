/** What the pipeline asks before it spends an evaluation: whether a text is news. */
import type { Asking } from '../asking.ts';
import type { Files, ProgramId } from '../program.ts';

export interface Novelty {
  judge(files: Files, asking: Asking): Promise<Judged>;
}

export interface Judged {
  readonly novel: boolean;
  /** Why not, in words for people and for the model that wrote it. */
  readonly reason: string;
  readonly nearest: { readonly program: ProgramId; readonly similarity: number } | null;
  /** Vector that a service made, for the log (vector-text.ts); null for those that can be made again from the text. */
  readonly vector: string | null;
  /** Why no service was asked for it, or gave none; empty where nothing is to be said. */
  readonly remark: string;
}
