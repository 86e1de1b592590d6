import { type EditorConfig, StyleEditor } from "./editor";

const text = document.getElementById("style-config")?.textContent;
const place = document.getElementById("style-editor");
const field = document.querySelector<HTMLInputElement>('input[name="style"]');

if (text && place && field) {
  const editor = new StyleEditor();
  editor.config = JSON.parse(text) as EditorConfig;
  editor.field = field;
  place.replaceChildren(editor);
}
