import { html, nothing, type TemplateResult } from "lit";
import type { Remark } from "../edit/client";
import type { Editor } from "../edit/editor";
import { areaOf, lengthOf } from "../edit/figures";
import { askedOf, differing, faultsOf, isStray, MIXED } from "../edit/form";
import { type Draft, isChanged } from "../edit/session";
import { activeDraft, activeShape, type EditState, pickedDrafts, remarksOn } from "../edit/state";
import { formatArea, formatLength } from "../format/format";
import { EDIT_TABS, type EditTab } from "../state/state";
import { drawerHandle } from "./drawer";
import "./edit-drawing";
import { EditElement } from "./edit-element";
import { faultWords, fieldRow } from "./edit-form";
import "./edit-geometry";
import "./edit-history";
import "./attachments";
import { emptiness, failure, skeleton } from "./states";

const TITLE = "#edit-sheet-title";

/** The right sheet while editing: what is being drawn, the feature that is open, or several at once. */
export class EditSheet extends EditElement {
  private shown: string | null = null;
  private pointed = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("input", this.writing);
    this.addEventListener("change", this.written);
    this.addEventListener("focusout", this.written);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("input", this.writing);
    this.removeEventListener("change", this.written);
    this.removeEventListener("focusout", this.written);
  }

  /** A figure that is being written is the box's own to undo; what was taken is the editor's. */
  private writing = ({ target }: Event): void => {
    if (target instanceof HTMLInputElement && target.inputMode === "decimal") target.dataset["writing"] = "true";
  };

  private written = ({ target }: Event): void => {
    if (target instanceof HTMLElement) delete target.dataset["writing"];
  };

  protected override drawn(editor: Editor, edit: EditState): TemplateResult | typeof nothing {
    const draft = activeDraft(edit);
    if (edit.drawing) return html`<arp-edit-drawing .app=${this.app}></arp-edit-drawing>`;
    if (edit.picked.length) return this.several(editor, edit);
    return draft ? this.one(editor, edit, draft) : nothing;
  }

  protected override updated(): void {
    this.focusOpened();
    this.focusFault();
  }

  /** What was pointed at takes the focus: the first fault, else the first remark. */
  private focusFault(): void {
    const pointed = this.editor?.state.pointed ?? 0;
    if (pointed === this.pointed) return;
    this.pointed = pointed;
    const within = ":is(input, select, textarea, button)";
    const at = ["[data-fault]", "[data-remark]"].map((one) => this.querySelector<HTMLElement>(`${one} ${within}`));
    const first = at.find((one) => one !== null);
    first?.focus({ preventScroll: true });
    first?.closest(".field, .message")?.scrollIntoView({ block: "center" });
  }

  private focusOpened(): void {
    const { editor } = this;
    const now = editor ? `${editor.state.active} ${editor.state.picked.length > 0}` : null;
    if (now === this.shown) return;
    this.shown = now;
    // Somebody who works on the map, or in the table, goes on there: the sheet is announced, not jumped to.
    const first = editor?.state.active?.startsWith("new ") ? ".field :is(input, select, textarea)" : TITLE;
    if (first === TITLE && !editor?.focusing) return;
    if (editor) editor.focusing = false;
    this.querySelector<HTMLElement>(first)?.focus({ preventScroll: true });
  }

  private frame(
    title: string,
    kind: string,
    body: TemplateResult,
    footer: TemplateResult | typeof nothing,
    close: () => void,
  ): TemplateResult {
    return html`<aside class="sheet drawer edit-sheet" aria-labelledby="edit-sheet-title">
      ${drawerHandle(this.app)}
      <header class="sheet-header"><div><p class="sheet-kind">${kind}</p><h2 id="edit-sheet-title" tabindex="-1" aria-live="polite">${title}</h2></div>
        <button class="icon-button" @click=${close} aria-label=${this.words("sheet.close")} title=${this.words("sheet.close")}><arp-icon name="close"></arp-icon></button></header>
      ${body}${footer}
    </aside>`;
  }

  // --- one ---------------------------------------------------------------------------------------------------------

  private one(editor: Editor, edit: EditState, draft: Draft): TemplateResult {
    const named = draft.properties[edit.layer.title_field];
    const title = named ? String(named) : this.words(draft.base ? "sheet.unnamed" : "sheet.new");
    const body = draft.deleted
      ? this.deletedBody(editor, draft)
      : html`${this.tabs(editor, edit)}<div class="sheet-body" role="tabpanel" id="edit-tabpanel" aria-labelledby="tab-${edit.tab}" tabindex="0">${this.tab(editor, edit, draft)}</div>`;
    return this.frame(
      title,
      edit.layer.title,
      body,
      editor.readOnly || draft.deleted ? nothing : this.actions(editor, edit, draft),
      () => editor.close(),
    );
  }

  private tabs(editor: Editor, edit: EditState): TemplateResult {
    const offered: readonly EditTab[] = editor.readOnly ? ["history"] : EDIT_TABS;
    const step = (event: KeyboardEvent): void => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const next = offered[(offered.indexOf(edit.tab) + by + offered.length) % offered.length];
      if (next) editor.setTab(next);
      void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#tab-${next}`)?.focus());
    };
    return html`<div class="tabs" role="tablist" aria-label=${this.words("sheet.tabs")} @keydown=${step}>${offered.map(
      (
        tab,
      ) => html`<button role="tab" id="tab-${tab}" aria-selected=${edit.tab === tab} aria-controls="edit-tabpanel" tabindex=${edit.tab === tab ? 0 : -1}
        @click=${() => editor.setTab(tab)}>${this.words(`tab.${tab}`)}${this.tabMark(editor, edit, tab)}</button>`,
    )}</div>`;
  }

  /** A dot with words where something is to be corrected. */
  private tabMark(editor: Editor, edit: EditState, tab: EditTab): TemplateResult | typeof nothing {
    const draft = activeDraft(edit);
    const faulty = tab === "values" && draft && edit.judged && Object.keys(this.faults(editor, draft)).length > 0;
    return faulty ? html`<arp-icon name="alert" class="tab-mark"></arp-icon>` : nothing;
  }

  private tab(editor: Editor, edit: EditState, draft: Draft): TemplateResult {
    switch (edit.tab) {
      case "values":
        return this.form(editor, edit, draft);
      case "geometry":
        return html`<arp-edit-geometry .app=${this.app}></arp-edit-geometry>`;
      case "photos":
        return this.photos(editor, edit, draft);
      case "history":
        return html`<arp-edit-history .app=${this.app}></arp-edit-history>`;
    }
  }

  private photos(editor: Editor, edit: EditState, draft: Draft): TemplateResult {
    if (!draft.base) return emptiness(this.words("photos.none"), this.words("photos.afterSave"));
    return html`<arp-attachments .app=${this.app} .layer=${edit.layer} .feature=${draft.base.id} .editable=${!editor.readOnly}></arp-attachments>`;
  }

  private form(editor: Editor, edit: EditState, draft: Draft): TemplateResult {
    const { fields } = edit;
    if (fields.status === "loading") return skeleton(this.t, 5);
    if (fields.status === "error") return failure(this.t, fields.error, () => void editor.loadSchema());
    const faults = this.faults(editor, draft);
    const refused = edit.refused[draft.key] ?? {};
    const remarks = remarksOn(edit, draft);
    return html`${this.figures(edit)}
      ${refused[""] || refused["geometry"] ? html`<p class="message message-error" role="alert"><arp-icon name="alert"></arp-icon><span>${refused[""] ?? refused["geometry"]}</span></p>` : nothing}
      ${remarks.filter(({ field }) => field === "geometry").map((remark) => this.ofPlace(editor, draft, remark))}
      ${fields.value.length ? nothing : html`<p class="muted">${this.words("form.none")}</p>`}
      <form class="edit-form" novalidate @submit=${(event: Event) => event.preventDefault()}>${askedOf(fields.value, [
        draft.properties,
      ]).map((field) =>
        fieldRow(field, draft.properties[field.name] ?? null, {
          words: this.words,
          language: this.state.language,
          stray: isStray(field, draft.properties),
          remark: remarks.find((one) => one.field === field.name)?.message ?? null,
          fault: refused[field.name] ?? this.faultOf(edit, faults[field.name]),
          change: (value) => editor.setValue(field.name, value),
        }),
      )}</form>`;
  }

  /** Where it lies, saved all the same: how far from where it would lie better, and a button that takes it there. */
  private ofPlace(editor: Editor, draft: Draft, remark: Remark): TemplateResult {
    const distance = formatLength(remark.distance_m ?? 0, this.state.language);
    const move = (): void => void editor.saving.follow(draft, remark);
    return html`<div class="message message-warning" role="status" data-remark><arp-icon name="alert"></arp-icon><div><span>${remark.message}</span>
      ${remark.move_to ? html`<button class="button button-small" @click=${move}><arp-icon name="magnet"></arp-icon>${this.words("remark.snap", { distance })}</button>` : nothing}</div></div>`;
  }

  private faults(editor: Editor, draft: Draft): ReturnType<typeof faultsOf> {
    return faultsOf(editor.fields(), draft.properties, draft.base?.properties ?? null);
  }

  /** What is missing is told once saving was asked for; what is wrong at once. */
  private faultOf(edit: EditState, fault: ReturnType<typeof faultsOf>[string] | undefined): string | null {
    if (!fault || (fault.key === "required" && !edit.judged)) return null;
    return faultWords(this.words, fault, this.state.language);
  }

  private figures(edit: EditState): TemplateResult | typeof nothing {
    const shape = activeShape(edit);
    if (!shape || shape.kind === "point") return nothing;
    const { language } = this.state;
    const length = formatLength(lengthOf(shape), language);
    return html`<dl class="figures">
      ${shape.kind === "polygon" ? html`<div><dt>${this.words("draw.area")}</dt><dd>${formatArea(areaOf(shape), language)}</dd></div>` : nothing}
      <div><dt>${this.words(shape.kind === "polygon" ? "draw.perimeter" : "draw.length")}</dt><dd>${length}</dd></div></dl>`;
  }

  private deletedBody(editor: Editor, draft: Draft): TemplateResult {
    return html`<div class="sheet-body"><div class="message"><arp-icon name="remove"></arp-icon><div><strong>${this.words("sheet.deleted")}</strong>
      <button class="button" @click=${() => editor.keepAfterAll(draft.key)}><arp-icon name="undo"></arp-icon>${this.words("sheet.keep")}</button></div></div></div>`;
  }

  private actions(editor: Editor, edit: EditState, draft: Draft): TemplateResult {
    const changed = isChanged(draft);
    return html`<footer class="sheet-actions">
      <button class="button button-primary" ?disabled=${!changed || edit.saving} @click=${() => void editor.saving.save()}><arp-icon name="save"></arp-icon>${this.words("bar.save")}</button>
      <button class="button button-icon" @click=${() => editor.board.show(draft.shape)} aria-label=${this.t("sheet.frame")} title=${this.t("sheet.frame")}><arp-icon name="frame"></arp-icon></button>
      <button class="button button-danger" @click=${() => editor.remove()}><arp-icon name="remove"></arp-icon>${this.words("sheet.remove")}</button>
    </footer>`;
  }

  // --- several -----------------------------------------------------------------------------------------------------

  private several(editor: Editor, edit: EditState): TemplateResult {
    const drafts = pickedDrafts(edit);
    const title = drafts.length === 1 ? this.words("many.one") : this.words("many.count", { count: drafts.length });
    const body = html`<div class="sheet-body" tabindex="0" role="group" aria-labelledby="edit-sheet-title">
      <p class="muted small wide-only">${this.words("many.advice")}</p><p class="muted small phone-only">${this.words("many.advicePhone")}</p>
      ${edit.opening.length ? html`<p role="status" class="muted">${this.words("sheet.loading")}…</p>` : nothing}
      <h3>${this.words("many.fields")}</h3><p class="muted small">${this.words("many.fieldsNote")}</p>
      ${this.commonForm(editor, edit)}${this.merging(editor, edit, drafts)}
    </div>`;
    const footer = html`<footer class="sheet-actions">
      <button class="button button-primary" ?disabled=${!drafts.some(isChanged) || edit.saving} @click=${() => void editor.saving.save()}><arp-icon name="save"></arp-icon>${this.words("bar.save")}</button>
      <button class="button button-danger" @click=${() => editor.remove()}><arp-icon name="remove"></arp-icon>${this.words("many.remove")}</button></footer>`;
    return this.frame(title, edit.layer.title, body, footer, () => editor.close());
  }

  private commonForm(editor: Editor, edit: EditState): TemplateResult {
    const common = editor.common();
    return html`<form class="edit-form" novalidate @submit=${(event: Event) => event.preventDefault()}>${askedOf(
      editor.fields(),
      pickedDrafts(edit).map(({ properties }) => properties),
    )
      .filter(({ readOnly }) => !readOnly)
      .map((field) =>
        fieldRow(field, common[field.name] ?? null, {
          words: this.words,
          language: this.state.language,
          fault: this.commonFault(editor, edit, field.name),
          // Emptied without having been written in: the different values stay.
          change: (value) =>
            value === null && common[field.name] === MIXED ? undefined : editor.setValue(field.name, value),
        }),
      )}</form>`;
  }

  private commonFault(editor: Editor, edit: EditState, name: string): string | null {
    for (const draft of pickedDrafts(edit)) {
      const told = edit.refused[draft.key]?.[name];
      const fault = told ?? this.faultOf(edit, this.faults(editor, draft)[name]);
      if (fault) return fault;
    }
    return null;
  }

  private merging(editor: Editor, edit: EditState, drafts: readonly Draft[]): TemplateResult | typeof nothing {
    if (drafts.length < 2 || edit.layer.geometry_type === "point") return nothing;
    if (editor.saving.blocked(drafts)) return html`<p class="muted small">${this.words("many.mergeUnsaved")}</p>`;
    const name = (draft: Draft): string => draft.base?.title || this.words("sheet.unnamed");
    const merge = (): void => {
      const index = Number(this.querySelector<HTMLSelectElement>("#merge-from")?.value ?? 0);
      const kept = drafts[index];
      if (kept) void editor.saving.merge(kept);
    };
    const apart = differing(editor.fields(), editor.common());
    return html`<section class="edit-merge"><h3>${this.words("many.merge")}</h3>
      <label class="field-label" for="merge-from">${this.words("many.mergeFrom")}</label>
      <span class="select"><select id="merge-from">${drafts.map((draft, i) => html`<option value=${i}>${name(draft)}</option>`)}</select><arp-icon name="chevronDown"></arp-icon></span>
      ${apart.length ? html`<p class="muted small">${this.words("many.mergeApart", { fields: apart.join(", ") })}</p>` : nothing}
      <button class="button" ?disabled=${edit.saving} @click=${merge}><arp-icon name="merge"></arp-icon>${this.words("many.merge")}</button></section>`;
  }
}

customElements.define("arp-edit-sheet", EditSheet);
