import type { Layer } from "../api/types";
import type { AppPort, EditKeys } from "../app/port";
import { Editor } from "./editor";
import * as kept from "./keep";
import { mapKey, pageKey } from "./keys";

/** Opens the editor of a layer, with what was left unsaved there; it has its canvas: whoever sees its tools may press on
 * the map at once. */
export async function openEditor(app: AppPort, layer: Layer): Promise<{ editor: Editor; keys: EditKeys }> {
  const work = layer.can_edit ? await kept.kept(app.config.user?.id ?? "", layer.slug) : null;
  const editor = new Editor(app, layer, work);
  await editor.board.start(editor.hand);
  const keys = {
    onMap: (event: KeyboardEvent): boolean => mapKey(editor, event),
    onPage: (event: KeyboardEvent, typing: boolean): boolean => pageKey(editor, event, typing),
  };
  return { editor, keys };
}
