import { baseKeymap, chainCommands } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { splitListItem } from "prosemirror-schema-list";
import { type Command, EditorState } from "prosemirror-state";
import { goToNextCell, isInTable, tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import "prosemirror-view/style/prosemirror.css";
import { readMarkup, writeMarkup } from "./markup";
import { blocksOf, documentOf, LETTER } from "./schema";
import { BOLD, Toolbar, type Word } from "./toolbar";

/** A line below in the same paragraph. */
const breakLine: Command = (state, dispatch) => {
  const hardBreak = LETTER.nodes["hard_break"];
  if (!hardBreak || state.selection.$from.parent.type.name !== "paragraph") return false;
  dispatch?.(state.tr.replaceSelectionWith(hardBreak.create()).scrollIntoView());
  return true;
};

/** A cell is one line of the markup. */
const stayInCell: Command = (state) => isInTable(state);

function plugins() {
  const bullet = LETTER.nodes["bullet"];
  const split: Command = bullet ? splitListItem(bullet) : () => false;
  return [
    history(),
    keymap({
      "Mod-z": undo,
      "Mod-y": redo,
      "Shift-Mod-z": redo,
      "Mod-b": BOLD,
      Enter: chainCommands(stayInCell, split),
      "Shift-Enter": breakLine,
      Tab: goToNextCell(1),
      "Shift-Tab": goToNextCell(-1),
    }),
    keymap(baseKeymap),
    tableEditing(),
  ];
}

/** The text of a letter as it will look: what is typed becomes the markup of its field, and nothing else is sent. */
export class LetterEditor {
  private readonly view: EditorView;
  private readonly toolbar: Toolbar;

  constructor(
    place: HTMLElement,
    private readonly field: HTMLTextAreaElement,
    label: HTMLElement,
    words: Readonly<Record<Word | "toolbar", string>>,
  ) {
    this.toolbar = new Toolbar(words, () => this.view);
    const typed = document.createElement("div");
    typed.className = "letter-typed";
    place.append(this.toolbar.element, typed);
    label.id ||= "letter-text-label";
    const described = field.getAttribute("aria-describedby");
    this.view = new EditorView(typed, {
      state: this.begin(),
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": label.id,
        lang: "fr",
        ...(described ? { "aria-describedby": described } : {}),
      },
      dispatchTransaction: (transaction) => {
        this.view.updateState(this.view.state.apply(transaction));
        this.toolbar.show(this.view.state);
        if (transaction.docChanged) this.tell();
      },
    });
    this.toolbar.show(this.view.state);
  }

  /** Take up what the field holds now. */
  read(): void {
    this.view.updateState(this.begin());
    this.toolbar.show(this.view.state);
  }

  focus(): void {
    this.view.focus();
  }

  private begin(): EditorState {
    return EditorState.create({ doc: documentOf(readMarkup(this.field.value)), plugins: plugins() });
  }

  /** The field says what was typed, as if it had been typed there. */
  private tell(): void {
    this.field.value = writeMarkup(blocksOf(this.view.state.doc));
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
