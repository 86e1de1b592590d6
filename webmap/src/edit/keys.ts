import type { Editor } from "./editor";
import type { Tool } from "./state";

const TOOL_KEYS: Record<string, Tool> = { v: "select", m: "move", g: "many" };

/** Keys while the map has the focus; true when the key meant something here. */
export function mapKey(editor: Editor, { key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || editor.readOnly) return false;
  editor.hand.keyboard = true;
  const tool = TOOL_KEYS[key.toLowerCase()];
  const actions: Record<string, () => void> = {
    Enter: () => editor.hand.act(),
    Backspace: () => (editor.state.drawing ? editor.pen.takeBack() : editor.pen.removeVertex()),
    Delete: () => (editor.state.chosen ? editor.pen.removeVertex() : editor.remove()),
    d: () => editor.pen.draw(),
    f: () => editor.pen.finish(),
    s: () => editor.setSnapping({ on: !editor.state.snapping.on }),
    t: () => editor.toggleTracing(),
    i: () => editor.hand.insertHere(),
  };
  const action = actions[key.length === 1 ? key.toLowerCase() : key] ?? (tool && (() => editor.setTool(tool)));
  action?.();
  return action !== undefined;
}

/** A box of the editor whose text is in the draft already. */
const isTaken = (box: Element | null): boolean =>
  box instanceof HTMLElement && box.closest(".edit-form, .vertex-list") !== null && !box.dataset["writing"];

/** Keys wherever the focus is: save; undo and redo, unless a text box has its own. */
export function pageKey(editor: Editor, event: KeyboardEvent, typing: boolean): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || editor.readOnly) return false;
  const key = event.key.toLowerCase();
  if (key === "s") {
    // What is being written counts: leaving the box takes it.
    if (document.activeElement instanceof HTMLElement && typing) document.activeElement.blur();
    void editor.saving.save();
    return true;
  }
  if ((key !== "z" && key !== "y") || (typing && !isTaken(document.activeElement))) return false;
  if (key === "y" || event.shiftKey) editor.redo();
  else editor.undo();
  return true;
}
