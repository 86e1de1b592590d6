import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import type { Layer } from "../api/types";
import type { DeletedFeature } from "../edit/client";
import type { Editor } from "../edit/editor";
import { shownShape } from "../edit/requests";
import { changedFields, type Draft, isMoved, pending } from "../edit/session";
import type { EditState } from "../edit/state";
import { formatInstant } from "../format/format";
import { isPhone } from "../state/device";
import { unsavedLayers } from "../state/unsaved";
import { EditElement } from "./edit-element";
import "./edit-issues";
import { emptiness, failure, skeleton } from "./states";
import { layerSwatch } from "./swatch";
import "../styles/edit.css";
import "../styles/edit-sheet.css";
import "./edit-icons";

/** The desk for drawing: which layer; then what is to be saved in it, and what was deleted from it. */
export class EditPanel extends EditElement {
  @state() private deleted: DeletedFeature[] | null = null;
  @state() private error: ApiError | null = null;
  private asked = "";

  protected override render(): TemplateResult | typeof nothing {
    return this.editor ? super.render() : this.choice();
  }

  private choice(): TemplateResult {
    const { catalogue } = this.state;
    if (catalogue.status === "loading") return skeleton(this.t, 4);
    if (catalogue.status === "error") return failure(this.t, catalogue.error, () => this.app.layers.load());
    const layers = catalogue.value.filter(({ can_edit }) => can_edit);
    if (!layers.length) return emptiness(this.words("desk.none"), this.words("desk.noneAdvice"));
    return html`<h3>${this.words("desk.editable")}</h3><ul class="edit-layers">${layers.map((layer) => this.layer(layer))}</ul>`;
  }

  private layer(layer: Layer): TemplateResult {
    const kept = unsavedLayers(this.app.config.user?.id ?? null).includes(layer.slug);
    return html`<li><button @click=${() => this.begin(layer)}>${layerSwatch(layer)}
      <span><strong>${layer.title}</strong>${kept ? html`<small class="edit-kept">${this.words("desk.kept")}</small>` : nothing}</span>
      <arp-icon name="chevronRight"></arp-icon></button></li>`;
  }

  /** On a phone the desk would lie over the map that is to be drawn on. */
  private begin(layer: Layer): void {
    if (isPhone()) this.app.screen.openPanel(null);
    void this.app.editing.open(layer.slug);
  }

  protected override drawn(editor: Editor, edit: EditState): TemplateResult {
    this.ask(editor, edit);
    return html`<p class="edit-current">${layerSwatch(edit.layer)}<strong>${edit.layer.title}</strong></p>
      ${edit.kept ? nothing : html`<p class="message"><arp-icon name="alert"></arp-icon><span>${this.words("kept.not")}</span></p>`}
      <button class="button button-small" @click=${() => this.app.screen.openTable(edit.layer.slug)}><arp-icon name="list"></arp-icon>${this.words("bar.table")}</button>
      ${this.changes(editor, edit)}<arp-edit-issues .app=${this.app}></arp-edit-issues>${this.removed(editor)}`;
  }

  // --- to save -----------------------------------------------------------------------------------------------------

  private changes(editor: Editor, edit: EditState): TemplateResult {
    const drafts = pending(edit.session);
    return html`<section><h3>${this.words("changes.title")}</h3>
      ${drafts.length ? html`<ul class="edit-changes">${drafts.map((draft) => this.change(editor, edit, draft))}</ul>` : html`<p class="muted">${this.words("changes.noneAdvice")}</p>`}
    </section>`;
  }

  private change(editor: Editor, edit: EditState, draft: Draft): TemplateResult {
    const named = draft.properties[edit.layer.title_field] ?? draft.base?.title;
    const title = named ? String(named) : this.words(draft.base ? "sheet.unnamed" : "sheet.new");
    return html`<li ?data-current=${draft.key === edit.active}><button class="edit-change" @click=${() => this.go(editor, draft)}><strong>${title}</strong><small>${this.what(editor, draft)}</small></button>
      <button class="icon-button" @click=${() => editor.revert(draft.key)} aria-label="${this.words("changes.revert")} : ${title}" title=${this.words("changes.revert")}><arp-icon name="undo"></arp-icon></button></li>`;
  }

  private go(editor: Editor, draft: Draft): void {
    editor.activate(draft.key);
    editor.board.show(draft.shape);
  }

  private what(editor: Editor, draft: Draft): string {
    if (draft.deleted) return this.words("changes.deleted");
    if (!draft.base) return this.words("changes.created");
    const labels = new Map(editor.fields().map(({ name, label }) => [name, label]));
    const fields = changedFields(draft).map((name) => labels.get(name) ?? name);
    return [...fields, ...(isMoved(draft) ? [this.words("changes.shape")] : [])].join(", ");
  }

  // --- deleted -----------------------------------------------------------------------------------------------------

  private ask(editor: Editor, edit: EditState): void {
    const about = `${edit.layer.slug} ${edit.writes}`;
    if (about === this.asked) return;
    this.asked = about;
    void this.load(editor);
  }

  private async load(editor: Editor): Promise<void> {
    this.error = null;
    try {
      this.deleted = await editor.client.deleted();
    } catch (error) {
      this.error = error as ApiError;
    }
  }

  private removed(editor: Editor): TemplateResult {
    return html`<details class="edit-deleted"><summary>${this.words("deleted.title")}${this.deleted?.length ? html`<span class="muted"> (${this.deleted.length})</span>` : nothing}</summary>
      ${this.error ? failure(this.t, this.error, () => void this.load(editor)) : !this.deleted ? skeleton(this.t, 2) : this.deleted.length ? html`<ul class="edit-changes">${this.deleted.map((feature) => this.removedOne(editor, feature))}</ul>` : emptiness(this.words("deleted.none"), this.words("deleted.noneAdvice"))}
    </details>`;
  }

  private removedOne(editor: Editor, feature: DeletedFeature): TemplateResult {
    const at = formatInstant(feature.at, this.state.language);
    const shape = shownShape(feature.geometry);
    return html`<li><button class="edit-change" ?disabled=${!shape} @click=${() => editor.showGone(feature)} title=${this.words("deleted.show")}><strong>${feature.title || this.words("sheet.unnamed")}</strong><small>${this.words("deleted.by", { name: feature.by || "–", at })}</small></button>
      <button class="button button-small" @click=${() => void editor.saving.restore(feature.id, feature.version, null)}><arp-icon name="history"></arp-icon>${this.words("deleted.action")}</button></li>`;
  }
}

customElements.define("arp-edit-panel", EditPanel);
