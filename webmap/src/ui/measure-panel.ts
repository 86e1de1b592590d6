import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { formatArea, formatLength } from "../format/format";
import { lineLength, ringArea } from "../geo/geodesy";
import type { LonLat } from "../geo/mercator";
import { focusMap } from "../state/focus";
import type { Measure, MeasureKind } from "../state/state";
import { ArpentElement } from "./element";
import "./terrain-profile";

const KINDS: MeasureKind[] = ["length", "area"];

/** Geodesic lengths and areas, by pointer, finger or keyboard. */
export class MeasurePanel extends ArpentElement {
  private stopPointer: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopPointer = this.app.pointer.subscribe(() => this.requestUpdate());
    if (!this.state.measure) this.app.measure.resume();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopPointer?.();
  }

  protected override render(): TemplateResult {
    const measure = this.state.measure ?? { kind: "length", points: [], finished: false };
    return html`<fieldset class="segments"><legend class="sr-only">${this.t("measure.kind")}</legend>
        ${KINDS.map(
          (
            kind,
          ) => html`<label><input type="radio" name="measure" .checked=${measure.kind === kind} @change=${() => this.app.measure.start(kind)} />
            <span><arp-icon name=${kind}></arp-icon>${this.t(`measure.${kind}`)}</span></label>`,
        )}
      </fieldset>
      ${this.result(measure)}
      ${
        measure.points.length
          ? this.actions(measure)
          : html`<p class="muted wide-only">${this.t("measure.hint")}</p><p class="muted phone-only">${this.t("measure.hintPhone")}</p>
        <button class="button wide-only" @click=${focusMap}><arp-icon name="coordinates"></arp-icon>${this.t("measure.keyboard")}</button>`
      }
      ${this.terrain(measure)}
      <p class="muted small">${this.t("measure.note")}</p>`;
  }

  private result(measure: Measure): TemplateResult {
    const { language } = this.state;
    const points = this.pointsWithCursor(measure);
    const [first] = points;
    const closed = first && points.length > 2 ? [...points, first] : points;
    const length = formatLength(lineLength(measure.kind === "area" ? closed : points), language);
    const area = formatArea(ringArea(points), language);
    return html`<dl class="figures measure-result">
      ${measure.kind === "area" ? html`<div><dt>${this.t("measure.area")}</dt><dd>${area}</dd></div>` : nothing}
      <div><dt>${this.t(measure.kind === "area" ? "measure.perimeter" : "measure.length")}</dt><dd>${length}</dd></div>
    </dl>${this.segments(measure)}`;
  }

  private segments(measure: Measure): TemplateResult | typeof nothing {
    if (measure.kind !== "length" || measure.points.length < 3) return nothing;
    const { language } = this.state;
    return html`<ol class="segments-list">${measure.points.slice(1).map((point, i) => {
      const from = measure.points[i] as LonLat;
      return html`<li><span>${this.t("measure.segment", { number: i + 1 })}</span><span>${formatLength(lineLength([from, point]), language)}</span></li>`;
    })}</ol>`;
  }

  /** Of a line that is done; another line begins without one. */
  private terrain({ kind, points, finished }: Measure): TemplateResult | typeof nothing {
    if (kind !== "length" || points.length < 2 || !finished) return nothing;
    return html`${keyed(JSON.stringify(points), html`<arp-terrain-profile .app=${this.app} .points=${points}></arp-terrain-profile>`)}`;
  }

  /** While measuring, the figure already counts the point that is about to be placed. */
  private pointsWithCursor({ points, finished }: Measure): LonLat[] {
    const cursor = this.app.pointer.state.position;
    return cursor && !finished && points.length ? [...points, cursor] : points;
  }

  private actions(measure: Measure): TemplateResult {
    return html`<div class="button-row">
      ${
        measure.finished
          ? html`<button class="button button-primary" @click=${() => this.app.measure.start(measure.kind)}><arp-icon name="plus"></arp-icon>${this.t("measure.again")}</button>`
          : html`<button class="button button-primary" @click=${() => this.app.measure.finish()}><arp-icon name="check"></arp-icon>${this.t("measure.finish")}</button>`
      }
      <button class="button" @click=${() => this.app.measure.removePoint()}><arp-icon name="undo"></arp-icon>${this.t("measure.undo")}</button>
    </div>`;
  }
}

customElements.define("arp-measure-panel", MeasurePanel);
