import { LetterEditor } from "./editor";
import { Preview } from "./preview";
import type { Word } from "./toolbar";

/** What the server writes for the page of a draft (`letters/editor.html`). */
interface Config {
  preview: string;
  words: Record<Word | "toolbar" | "asText" | "asPage" | "live" | "failed", string>;
}

/** The editor in the place of the field; the field itself is one press away, and what is sent. */
function begin(field: HTMLTextAreaElement, { words, preview }: Config): void {
  const { form } = field;
  const label = document.querySelector<HTMLLabelElement>(`label[for="${field.id}"]`);
  if (!form || !label) return;
  const place = document.createElement("div");
  place.className = "letter-editor";
  const other = document.createElement("button");
  other.type = "button";
  other.className = "quiet";
  field.before(place);
  field.after(other);
  const editor = new LetterEditor(place, field, label, words);

  function show(asText: boolean): void {
    field.hidden = !asText;
    place.hidden = asText;
    other.textContent = asText ? words.asPage : words.asText;
    if (!asText) editor.read();
  }

  other.addEventListener("click", () => {
    show(field.hidden === true);
    if (field.hidden === true) editor.focus();
    else field.focus();
  });
  label.addEventListener("click", () => field.hidden === true && editor.focus());
  // What was typed before the page was loaded anew (static/gis_core/drafts.js).
  form.addEventListener("arpent:restored", () => editor.read());
  field.required = false;
  show(false);
  beginPreview(form, preview, words);
}

function beginPreview(form: HTMLFormElement, address: string, words: Config["words"]): void {
  const sheet = document.querySelector<HTMLElement>("[data-letter-preview]");
  const title = document.getElementById("preview-title");
  if (!sheet || !title) return;
  title.textContent = words.live;
  const said = document.createElement("p");
  said.className = "hint";
  said.setAttribute("role", "status");
  sheet.before(said);
  new Preview(form, sheet, address, (failed) => {
    said.textContent = failed ? words.failed : "";
  });
}

const config = document.getElementById("letter-editor-config")?.textContent;
const field = document.querySelector<HTMLTextAreaElement>('textarea[name="body"]');
if (config && field) begin(field, JSON.parse(config) as Config);
