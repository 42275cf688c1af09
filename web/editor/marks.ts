/** Findings of compilers at their lines: a dot in the gutter, the place underlined, the words below the line. */
import { RangeSet, StateEffect, StateField } from '@codemirror/state';
import type { EditorState, Extension, Range } from '@codemirror/state';
import { Decoration, EditorView, gutter, GutterMarker, WidgetType } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';
import type { Mark } from '../state/diagnostics.ts';

const put = StateEffect.define<readonly Mark[]>();

interface Shown {
  readonly decorations: DecorationSet;
  readonly dots: RangeSet<GutterMarker>;
}

const NONE: Shown = { decorations: Decoration.none, dots: RangeSet.empty };

const field = StateField.define<Shown>({
  create: () => NONE,
  update(shown, transaction) {
    const set = transaction.effects.find((effect) => effect.is(put));
    if (set) return shownFor(transaction.state, set.value as readonly Mark[]);
    if (!transaction.docChanged || shown === NONE) return shown;
    return { decorations: shown.decorations.map(transaction.changes), dots: shown.dots.map(transaction.changes) };
  },
  provide: (self) => EditorView.decorations.from(self, ({ decorations }) => decorations),
});

class Dot extends GutterMarker {
  readonly severity: string;

  constructor(severity: string) {
    super();
    this.severity = severity;
  }

  override eq(other: Dot): boolean {
    return other.severity === this.severity;
  }

  override toDOM(): Node {
    const dot = document.createElement('span');
    dot.className = `cm-dot cm-dot-${this.severity}`;
    return dot;
  }
}

class Words extends WidgetType {
  readonly mark: Mark;

  constructor(mark: Mark) {
    super();
    this.mark = mark;
  }

  override eq(other: Words): boolean {
    return other.mark.message === this.mark.message && other.mark.severity === this.mark.severity;
  }

  override toDOM(): HTMLElement {
    const words = document.createElement('div');
    words.className = `cm-finding cm-finding-${this.mark.severity}`;
    words.textContent = this.mark.message;
    return words;
  }
}

const theme = EditorView.theme({
  '.cm-dots': { width: '12px' },
  '.cm-dot': {
    display: 'block',
    width: '8px',
    height: '8px',
    margin: '0.45em 0 0 3px',
    borderRadius: '50%',
    backgroundColor: 'var(--bad)',
  },
  '.cm-dot-warning, .cm-dot-note': { backgroundColor: 'var(--warn-ink)' },
  '.cm-finding': {
    padding: '2px 8px 3px',
    backgroundColor: 'var(--bad-wash)',
    color: 'var(--bad)',
    fontFamily: 'var(--sans)',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-finding-warning, .cm-finding-note': { backgroundColor: 'var(--warn-wash)', color: 'var(--warn-ink)' },
  '.cm-place': { textDecoration: 'underline wavy var(--bad)', textUnderlineOffset: '4px' },
});

export function marks(): Extension {
  return [field, gutter({ class: 'cm-dots', markers: (view) => view.state.field(field).dots }), theme];
}

export function putMarks(view: EditorView, list: readonly Mark[]): void {
  view.dispatch({ effects: put.of(list) });
}

function shownFor(state: EditorState, list: readonly Mark[]): Shown {
  const decorations: Range<Decoration>[] = [];
  const dots: Range<GutterMarker>[] = [];
  for (const mark of list) {
    const line = state.doc.line(Math.min(Math.max(1, mark.line), state.doc.lines));
    const [from, to] = placeIn(line.text, mark.column);
    if (to > from) decorations.push(Decoration.mark({ class: 'cm-place' }).range(line.from + from, line.from + to));
    if (mark.message !== '')
      decorations.push(Decoration.widget({ widget: new Words(mark), block: true, side: 1 }).range(line.to));
    if (!dots.some(({ from: at }) => at === line.from)) dots.push(new Dot(mark.severity).range(line.from));
  }
  return { decorations: Decoration.set(decorations, true), dots: RangeSet.of(dots, true) };
}

/** The word at a column (from 1), or all of the line that is not space. */
function placeIn(text: string, column: number): [number, number] {
  const first = text.search(/\S/);
  if (first < 0) return [0, 0];
  if (column < 1 || column > text.length) return [first, text.trimEnd().length];
  const from = column - 1;
  const word = /^[\w$]+|^[^\w\s]/.exec(text.slice(from));
  return [from, from + Math.max(1, word?.[0].length ?? 1)];
}
