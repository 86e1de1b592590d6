import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import type { Editor } from "../edit/editor";
import type { Position } from "../geo/shape";
import type { EditKey } from "../i18n/edit";
import { EditElement } from "./edit-element";

/** Roads that are numbered and measured are this layer. */
const ROADS = "road-sections";

/** A place by its reference on a numbered road, `D 2020 PR 12+350`, where roads are known: pointing without pointing. */
export class EditReference extends EditElement {
  @property({ attribute: false }) put: (at: Position) => void = () => {};
  @property() action: EditKey = "reference.add";
  @state() private asking = false;
  @state() private fault = "";

  protected override drawn(editor: Editor): TemplateResult | typeof nothing {
    if (!this.app.layers.get(ROADS)) return nothing;
    const { fault } = this;
    return html`<form class="edit-numbers" novalidate @submit=${(event: Event) => void this.find(editor, event)}><h3>${this.words("reference.title")}</h3>
      <label class="field"><span class="field-label">${this.words("reference.label")}</span>
        <input name="reference" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="80" placeholder="D 2020 PR 12+350" aria-invalid=${fault !== ""} aria-describedby="edit-reference-fault" /></label>
      <p class="field-fault" id="edit-reference-fault" role="alert" ?hidden=${!fault}><arp-icon name="alert"></arp-icon><span>${fault}</span></p>
      <button class="button" ?disabled=${this.asking}><arp-icon name=${this.action === "reference.add" ? "plus" : "move"}></arp-icon>${this.words(this.action)}</button></form>`;
  }

  private async find(editor: Editor, event: Event): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const box = form.elements.namedItem("reference") as HTMLInputElement;
    const text = box.value.trim();
    if (this.asking) return;
    if (!text) return void box.focus();
    this.asking = true;
    this.fault = "";
    const { drawing, active } = editor.state;
    try {
      const at = await editor.client.placeOf(text);
      // Meanwhile something else may be drawn, or open.
      if (drawing?.purpose !== editor.state.drawing?.purpose || active !== editor.state.active) return;
      form.reset();
      this.put(at);
    } catch (error) {
      const { offline, detail, title } = error as ApiError;
      this.fault = offline ? this.t("error.offlineTitle") : detail || title || this.t("error.title");
    } finally {
      this.asking = false;
    }
    if (this.isConnected) box.focus();
  }
}

customElements.define("arp-edit-reference", EditReference);
