import { setBlockType, toggleMark } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import type { Command, EditorState } from "prosemirror-state";
import {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  isInTable,
  selectedRect,
} from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { MOST_CELLS } from "./markup";
import { documentOf, LETTER } from "./schema";

export type Word =
  | "bold"
  | "paragraph"
  | "heading"
  | "smaller"
  | "bullets"
  | "table"
  | "row"
  | "column"
  | "lessRow"
  | "lessColumn"
  | "lessTable"
  | "page"
  | "undo"
  | "redo";

const { nodes, marks } = LETTER;

function known<Found>(found: Found | undefined): Found {
  if (!found) throw new Error("schema");
  return found;
}

export const BOLD = toggleMark(known(marks["strong"]));
const BULLETS = wrapInList(known(nodes["bullets"]));
const NO_BULLETS = liftListItem(known(nodes["bullet"]));
const EMPTY = { text: "", bold: false };

/** A new block after what is selected. */
function insert(blocks: Parameters<typeof documentOf>[0]): Command {
  return (state, dispatch) => {
    if (isInTable(state)) return false;
    dispatch?.(state.tr.replaceSelectionWith(known(documentOf(blocks).firstChild ?? undefined)).scrollIntoView());
    return true;
  };
}

/** One column more, where the markup has room for it. */
const column: Command = (state, dispatch) =>
  isInTable(state) && selectedRect(state).map.width < MOST_CELLS && addColumnAfter(state, dispatch);

const twoCells = () => [[EMPTY], [EMPTY]];
const COMMANDS: Readonly<Record<Word, Command>> = {
  bold: BOLD,
  paragraph: setBlockType(known(nodes["paragraph"])),
  heading: setBlockType(known(nodes["heading"]), { level: 1 }),
  smaller: setBlockType(known(nodes["heading"]), { level: 2 }),
  bullets: (state, dispatch) => NO_BULLETS(state, dispatch) || BULLETS(state, dispatch),
  table: insert([{ kind: "table", rows: [twoCells(), twoCells()] }]),
  row: addRowAfter,
  column,
  lessRow: deleteRow,
  lessColumn: deleteColumn,
  lessTable: deleteTable,
  page: insert([{ kind: "break" }]),
  undo,
  redo,
};
/** Shown inside a table alone. */
const IN_TABLE: readonly Word[] = ["row", "column", "lessRow", "lessColumn", "lessTable"];

function isPressed(word: Word, state: EditorState): boolean | null {
  const { $from, from, to, empty } = state.selection;
  if (word === "bold") {
    const strong = known(marks["strong"]);
    return empty ? !!strong.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, strong);
  }
  if (word === "heading" || word === "smaller") {
    const { type, attrs } = $from.parent;
    return type.name === "heading" && attrs["level"] === (word === "heading" ? 1 : 2);
  }
  return word === "bullets" ? $from.node(-1)?.type.name === "bullet" : null;
}

/** The buttons above a letter: each does one thing to what is selected, and says whether it holds there. */
export class Toolbar {
  readonly element = document.createElement("div");
  private readonly buttons = new Map<Word, HTMLButtonElement>();

  constructor(words: Readonly<Record<Word | "toolbar", string>>, view: () => EditorView) {
    this.element.className = "letter-toolbar";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", words.toolbar);
    for (const word of Object.keys(COMMANDS) as Word[]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words[word];
      button.addEventListener("click", () => {
        COMMANDS[word](view().state, view().dispatch, view());
        view().focus();
      });
      this.buttons.set(word, button);
      this.element.append(button);
    }
  }

  show(state: EditorState): void {
    const inTable = isInTable(state);
    for (const [word, button] of this.buttons) {
      button.hidden = IN_TABLE.includes(word) && !inTable;
      button.disabled = !COMMANDS[word](state);
      const pressed = isPressed(word, state);
      if (pressed !== null) button.setAttribute("aria-pressed", String(pressed));
    }
  }
}
