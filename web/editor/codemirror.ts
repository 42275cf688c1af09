/** The editor's own assembly of CodeMirror; loaded only when somebody opens it. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  syntaxTree,
} from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, RangeSetBuilder } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  ViewPlugin,
} from '@codemirror/view';
import type { DecorationSet, ViewUpdate } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Mark } from '../state/diagnostics.ts';
import { languageFor } from './languages.ts';
import { marks, putMarks } from './marks.ts';

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly path: string;
  readonly label: string;
  readonly onchange: (text: string) => void;
  readonly onsubmit: () => void;
}

export interface Editor {
  /** Puts another text in, unless it is what stands there. */
  setText(text: string): void;
  /** Shows findings at their lines until the next ones are put. */
  setMarks(list: readonly Mark[]): void;
  /** Goes to a line, counted from 1. */
  goTo(line: number): void;
  focus(): void;
  destroy(): void;
}

/** Colours are the page's tokens, so both themes come for nothing. */
const style = HighlightStyle.define([
  { tag: [tags.comment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.self, tags.null, tags.bool], color: 'var(--series-4)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--series-2)' },
  { tag: [tags.number], color: 'var(--series-1)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--series-0)' },
  { tag: [tags.heading], fontWeight: '600' },
]);

const theme = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: '0.8125rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', minHeight: '320px', maxHeight: '60vh' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in oklab, var(--accent) 7%, transparent)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-wash) !important' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)' },
  '.cm-textfield, .cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    borderColor: 'var(--edge)',
  },
  '.cm-broken': { textDecoration: 'underline wavy var(--bad)', textUnderlineOffset: '4px' },
});

/** Underlines where the text does not parse. */
const broken = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = faults(view);
    }

    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state)) {
        this.decorations = faults(update.view);
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const mark = Decoration.mark({ class: 'cm-broken', attributes: { title: 'This does not parse' } });

function faults(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const length = view.state.doc.length;
  let end = -1;
  syntaxTree(view.state).iterate({
    enter: (node) => {
      if (!node.type.isError || length === 0) return;
      const from = Math.min(node.from, length - 1);
      const to = Math.max(from + 1, Math.min(node.to, length));
      if (from >= end) {
        builder.add(from, to, mark);
        end = to;
      }
    },
  });
  return builder.finish();
}

function languageOf(path: string): Extension {
  if (path.endsWith('.ts')) return [javascript({ typescript: true }), broken];
  if (/\.m?js$/.test(path)) return [javascript(), broken];
  if (path.endsWith('.json')) return javascript();
  return [];
}

export function createEditor(options: EditorOptions): Editor {
  // Tab leaves the editor for those who came by keyboard, and indents for those who clicked or typed.
  let entered = false;
  const language = new Compartment();
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of('  '),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        syntaxHighlighting(style),
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          spellcheck: 'false',
          autocapitalize: 'off',
          // Not every browser lets Tab reach what is only editable, and the keyboard scrolls through it.
          tabindex: '0',
        }),
        keymap.of([
          { key: 'Mod-Enter', run: () => (options.onsubmit(), true) },
          { key: 'Escape', run: (target) => ((entered = false), target.contentDOM.blur(), true) },
          {
            ...indentWithTab,
            run: (target) => entered && (indentWithTab.run?.(target) ?? false),
            shift: (target) => entered && (indentWithTab.shift?.(target) ?? false),
          },
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        language.of(languageOf(options.path)),
        marks(),
        EditorView.domEventHandlers({
          mousedown: () => {
            entered = true;
          },
          blur: () => {
            entered = false;
          },
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          entered = true;
          options.onchange(update.state.doc.toString());
        }),
      ],
    }),
  });
  let gone = false;
  languageFor(options.path)?.then(
    (extension) => {
      if (!gone) view.dispatch({ effects: language.reconfigure(extension) });
    },
    () => {}, // Without its colours a file can still be written.
  );
  return {
    setText(text) {
      if (view.state.doc.toString() === text) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    setMarks: (list) => putMarks(view, list),
    goTo(line) {
      const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy() {
      gone = true;
      view.destroy();
    },
  };
}
