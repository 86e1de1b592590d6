import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { type Drawing, finished, isEnough, laid, lastLaid } from "../edit/drawing";
import type { Editor } from "../edit/editor";
import { areaOf, lengthOf, polar, readPosition, rounded } from "../edit/figures";
import type { Measure } from "../edit/gps";
import type { EditState } from "../edit/state";
import { formatArea, formatLength } from "../format/format";
import { readNumber } from "../format/read";
import { fromLambert93 } from "../geo/lambert93";
import { faultOf, type Position, type Shape } from "../geo/shape";
import type { EditKey } from "../i18n/edit";
import { isPhone } from "../state/device";
import { drawerHandle } from "./drawer";
import { EditElement } from "./edit-element";
import "./edit-gps";
import "./edit-reference";

/** What to do next while something is drawn. */
export function drawingHint({ purpose, kind, enough }: Drawing, phone: boolean): EditKey {
  if (purpose === "split" && enough === 1) return phone ? "draw.splitLinePhone" : "draw.splitLine";
  if (purpose === "split") return "draw.splitHint";
  if (phone) return "draw.hintPhone";
  return kind === "point" ? "draw.hintPoint" : kind === "line" ? "draw.hintLine" : "draw.hint";
}

export function crossesItself(drawing: Drawing): boolean {
  const shape = finished(drawing);
  return shape !== null && faultOf(shape)?.kind === "crossing";
}

const TITLES: Record<Drawing["purpose"], EditKey> = {
  new: "draw.new",
  part: "draw.part",
  hole: "draw.hole",
  split: "draw.split",
};

/** The sheet while something is drawn: what it measures so far, and points by numbers instead of by pointing. */
export class EditDrawing extends EditElement {
  @state() private outside = false;

  protected override watchedStores(editor: Editor): { subscribe(listener: () => void): () => void }[] {
    return [editor.store, editor.board.aim];
  }

  protected override drawn(editor: Editor, edit: EditState): TemplateResult | typeof nothing {
    const { drawing } = edit;
    if (!drawing) return nothing;
    return html`<aside class="sheet drawer edit-sheet" aria-labelledby="edit-sheet-title">
      ${drawerHandle(this.app)}
      <header class="sheet-header"><div><p class="sheet-kind">${edit.layer.title}</p><h2 id="edit-sheet-title">${this.words(TITLES[drawing.purpose])}</h2>${this.measures(editor, drawing)}</div>
        <button class="icon-button" @click=${() => editor.pen.cancelDrawing()} aria-label=${this.words("draw.cancel")} title=${this.words("draw.cancel")}><arp-icon name="close"></arp-icon></button></header>
      <div class="sheet-body" tabindex="0" role="group" aria-labelledby="edit-sheet-title">
        ${this.hint(drawing)}${isPhone() ? nothing : this.fault(drawing)}
        ${isPhone() ? nothing : html`<arp-edit-gps .app=${this.app} .put=${(measure: Measure) => editor.pen.layMeasured(measure)}></arp-edit-gps>`}
        ${this.numbers(editor, drawing)}
      </div>
      <footer class="sheet-actions">
        <button class="button button-primary" ?disabled=${!isEnough(drawing)} @click=${() => editor.pen.finish()}><arp-icon name="check"></arp-icon>${this.words("draw.finish")}</button>
        <button class="button" ?disabled=${!drawing.groups.length} @click=${() => editor.pen.takeBack()}><arp-icon name="undo"></arp-icon>${this.words("cross.takeBack")}</button>
      </footer>
    </aside>`;
  }

  /** Figures count the point that a click would lay. */
  private measures(editor: Editor, drawing: Drawing): TemplateResult {
    const positions = laid(drawing);
    const aim = editor.board.aim.state;
    const ahead: readonly Position[] = positions.length && aim.at ? (aim.way.length ? aim.way : [aim.at]) : [];
    const line = [...positions, ...ahead];
    const { language } = this.state;
    const shape: Shape = { kind: drawing.kind === "polygon" && line.length > 2 ? "polygon" : "line", parts: [[line]] };
    const length = formatLength(line.length > 1 ? lengthOf(shape) : 0, language);
    const count = this.words(positions.length > 1 ? "draw.points" : "draw.point", { count: positions.length });
    if (drawing.kind === "point") return html``;
    const area = shape.kind === "polygon" ? `${formatArea(areaOf(shape), language)} · ` : "";
    return html`<p class="edit-measures" aria-live="off">${area}${length}<span class="muted"> · ${count}</span></p>`;
  }

  /** On a phone the sheet is low while one draws: it is said above the buttons. */
  private hint(drawing: Drawing): TemplateResult | typeof nothing {
    if (isPhone()) return nothing;
    return html`<p class="muted">${this.words(drawingHint(drawing, false))}</p><p class="muted small">${this.words("draw.keys")}</p>`;
  }

  private fault(drawing: Drawing): TemplateResult | typeof nothing {
    return crossesItself(drawing)
      ? html`<p class="message message-error" role="status"><arp-icon name="alert"></arp-icon><span>${this.words("fault.crossing")}</span></p>`
      : nothing;
  }

  private numbers(editor: Editor, drawing: Drawing): TemplateResult {
    const last = lastLaid(drawing);
    return html`<form class="edit-numbers" novalidate @submit=${(event: Event) => this.addPosition(editor, event)}><h3>${this.words("draw.byPosition")}</h3>
        <div class="field-pair">${this.box("east", "draw.east")}${this.box("north", "draw.north")}</div>
        ${this.outside ? html`<p class="field-fault" role="alert"><arp-icon name="alert"></arp-icon>${this.words("draw.outside")}</p>` : nothing}
        <button class="button"><arp-icon name="plus"></arp-icon>${this.words("draw.add")}</button></form>
      ${
        last && drawing.kind !== "point"
          ? html`<form class="edit-numbers" novalidate @submit=${(event: Event) => this.addPolar(editor, last, event)}><h3>${this.words("draw.byLength")}</h3>
        <div class="field-pair">${this.box("length", "draw.lengthM")}${this.box("bearing", "draw.bearing")}</div>
        <p class="field-help">${this.words("draw.bearingHelp")}</p>
        <button class="button"><arp-icon name="plus"></arp-icon>${this.words("draw.add")}</button></form>`
          : nothing
      }
      <arp-edit-reference .app=${this.app} .put=${(at: Position) => this.lay(editor, at)}></arp-edit-reference>`;
  }

  private box(name: string, label: EditKey): TemplateResult {
    return html`<label class="field"><span class="field-label">${this.words(label)}</span><input name=${name} inputmode="decimal" autocomplete="off" /></label>`;
  }

  private addPosition(editor: Editor, event: Event): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const at = readPosition(written(form, "east"), written(form, "north"));
    this.outside = at === null;
    if (at) this.add(editor, at, form);
  }

  private addPolar(editor: Editor, from: Position, event: Event): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [length, bearing] = [readNumber(written(form, "length")), readNumber(written(form, "bearing"))];
    if (length !== null && length > 0 && bearing !== null)
      this.add(editor, rounded(polar(from, length, bearing)), form);
  }

  private add(editor: Editor, at: Position, form: HTMLFormElement): void {
    this.lay(editor, at);
    form.reset();
    form.querySelector("input")?.focus();
  }

  private lay(editor: Editor, at: Position): void {
    editor.pen.lay([at]);
    this.app.view.goTo({ center: fromLambert93([at[0], at[1]]) });
  }
}

const written = (form: HTMLFormElement, name: string): string =>
  (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";

customElements.define("arp-edit-drawing", EditDrawing);
