import { html, nothing, type TemplateResult } from "lit";
import { isEnough } from "../edit/drawing";
import type { Editor } from "../edit/editor";
import type { Measure } from "../edit/gps";
import { activeDraft, type EditState, type SnapReach } from "../edit/state";
import { isPhone } from "../state/device";
import { crossesItself, drawingHint } from "./edit-drawing";
import { EditElement } from "./edit-element";
import "./edit-gps";

/** States in which one would wonder why nothing is snapped to. */
const NOT_SNAPPING: readonly SnapReach[] = ["far", "error", "some"];

/** What one snaps to, in words; on a phone, big buttons that act where the crosshair is. */
export class EditCross extends EditElement {
  protected override watchedStores(editor: Editor): { subscribe(listener: () => void): () => void }[] {
    return [editor.store, editor.board.aim];
  }

  protected override drawn(editor: Editor, edit: EditState): TemplateResult {
    const far = this.state.view.zoom < edit.layer.min_zoom + 0.49;
    return html`${far ? html`<div class="map-banner" role="status"><arp-icon name="info"></arp-icon>${this.words("bar.far")}</div>` : nothing}
      ${this.told(editor, edit)}
      ${editor.readOnly ? nothing : html`<div class="cross-tools phone-only">${this.remark(edit)}${this.gps(editor, edit)}<div class="cross-buttons">${this.buttons(editor, edit)}</div></div>`}`;
  }

  /** What is on its way, what one snaps to, or why one does not. */
  private told(editor: Editor, edit: EditState): TemplateResult | typeof nothing {
    const { hit } = editor.board.aim.state;
    if (edit.opening.length) return html`<p class="snap-told" role="status">${this.words("sheet.loading")}…</p>`;
    if (!edit.drawing && !edit.dragged) return nothing;
    const layer = hit && (this.app.layers.get(hit.layer)?.title ?? hit.layer);
    if (hit) return html`<p class="snap-told" aria-hidden="true">${this.words(`snap.hit.${hit.kind}`)} · ${layer}</p>`;
    return NOT_SNAPPING.includes(edit.reach)
      ? html`<p class="snap-told" role="status">${this.words(`snap.${edit.reach}`)}</p>`
      : nothing;
  }

  /** What to do, then what is wrong: the sheet, which says it on a wide screen, is low here. */
  private remark({ drawing }: EditState): TemplateResult | typeof nothing {
    if (!drawing || !isPhone()) return nothing;
    if (crossesItself(drawing))
      return html`<p class="cross-remark cross-fault" role="status"><arp-icon name="alert"></arp-icon>${this.words("fault.crossing")}</p>`;
    return isEnough(drawing)
      ? nothing
      : html`<p class="cross-remark" role="status">${this.words(drawingHint(drawing, true))}</p>`;
  }

  /** Under the thumb, where the sheet of the drawing is low; beside the numbers on a wide screen. */
  private gps(editor: Editor, { drawing }: EditState): TemplateResult | typeof nothing {
    if (!drawing || !isPhone()) return nothing;
    const put = (measure: Measure): void => editor.pen.layMeasured(measure);
    return html`<arp-edit-gps .app=${this.app} .put=${put}></arp-edit-gps>`;
  }

  private buttons(editor: Editor, edit: EditState): TemplateResult | typeof nothing {
    if (edit.drawing) return this.drawing(editor, edit);
    if (edit.held) return this.held(editor);
    const draft = activeDraft(edit);
    if (!draft || edit.tool !== "select" || edit.tab !== "geometry") return nothing;
    if (draft.shape?.kind === "point" && draft.shape.parts.length === 1) {
      return html`<button class="button button-primary" @click=${() => editor.hand.takePoint()}><arp-icon name="move"></arp-icon>${this.words("cross.move")}</button>`;
    }
    return html`<button class="button" ?disabled=${!edit.chosen} @click=${() => editor.pen.removeVertex()}><arp-icon name="minus"></arp-icon>${this.words("cross.remove")}</button>
      <button class="button button-primary" @click=${() => editor.hand.act()}><arp-icon name="hold"></arp-icon>${this.words("cross.hold")}</button>
      <button class="button" @click=${() => editor.hand.insertHere()}><arp-icon name="plus"></arp-icon>${this.words("cross.insert")}</button>`;
  }

  private drawing(editor: Editor, { drawing }: EditState): TemplateResult {
    return html`<button class="button" ?disabled=${!drawing?.groups.length} @click=${() => editor.pen.takeBack()}><arp-icon name="undo"></arp-icon>${this.words("cross.takeBack")}</button>
      <button class="button button-primary" @click=${() => editor.hand.act()}><arp-icon name="plus"></arp-icon>${this.words("cross.point")}</button>
      <button class="button" ?disabled=${!drawing || !isEnough(drawing)} @click=${() => editor.pen.finish()}><arp-icon name="check"></arp-icon>${this.words("cross.finish")}</button>`;
  }

  private held(editor: Editor): TemplateResult {
    return html`<button class="button" @click=${() => editor.hand.letGo()}><arp-icon name="close"></arp-icon>${this.words("cross.free")}</button>
      <button class="button button-primary" @click=${() => editor.hand.drop()}><arp-icon name="check"></arp-icon>${this.words("cross.drop")}</button>`;
  }
}

customElements.define("arp-edit-cross", EditCross);
