import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { formatArea } from "../format/format";
import type { ChooseWords } from "../i18n/choose";
import { deskOf, type ParcelDesk } from "../parcels/desk";
import { communeText, type DrawKind, FARTHEST_M, MOST_IN_SHEET, totals, WAYS, type Way } from "../parcels/selection";
import { filingUrl } from "../permits/deadlines";
import { focusMap } from "../state/focus";
import type { ChosenParcel } from "../state/state";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";
import { emptiness, failure } from "./states";
import "../styles/choose.css";

const ROWS = 100;
/** So many unknown references are named; the list keeps them all. */
const MOST_NAMED = 12;
const WAY_ICONS: Record<Way, IconName> = { click: "choose", draw: "draw", list: "list" };
const KINDS: [DrawKind, IconName][] = [
  ["point", "pin"],
  ["line", "road"],
  ["area", "area"],
];

const typed = (event: Event): string => (event.target as HTMLInputElement | HTMLTextAreaElement).value;

/** The desk for choosing parcels: by clicking, drawing or naming them; then their table, their sheet. */
export class ChoosePanel extends ArpentElement {
  @state() private rows = ROWS;
  private stopWatching: (() => void) | null = null;

  private get desk(): ParcelDesk {
    return deskOf(this.app);
  }

  private get words(): ChooseWords {
    return this.desk.words;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = this.desk.store.subscribe(() => this.requestUpdate());
    this.desk.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
    this.desk.close();
    this.app.view.hover(null);
  }

  /** Opened by its key, on the map: the ways of choosing are the next thing to decide. */
  protected override firstUpdated(): void {
    if (document.activeElement?.matches(".map-canvas")) {
      this.querySelector<HTMLElement>("input[name=choose-way]:checked")?.focus();
    }
  }

  protected override updated(): void {
    if (!this.desk.focusing) return;
    this.desk.focusing = false;
    this.querySelector<HTMLElement>("#choose-result")?.focus();
  }

  protected override render(): TemplateResult {
    const { way, said, asking } = this.desk.state;
    const parts: Record<Way, () => TemplateResult> = {
      click: () => this.clicking(),
      draw: () => this.drawing(),
      list: () => this.list(),
    };
    return html`<fieldset class="segments"><legend class="sr-only">${this.words("way.label")}</legend>
        ${WAYS.map((one) => this.segment("choose-way", WAY_ICONS[one], this.words(`way.${one}`), one === way, () => this.desk.setWay(one)))}</fieldset>
      ${parts[way]()}
      <p class="choose-said" role="status">${asking ? this.words("said.asking") : said}</p>
      ${this.failed()}
      ${this.unknown()}${this.truncated()}
      ${this.result(this.desk.parcels)}`;
  }

  /** A question that the server refused as it is gets the same answer again: it is changed, not repeated. */
  private failed(): TemplateResult | typeof nothing {
    const { failed } = this.desk.state;
    if (!failed) return nothing;
    if (!this.desk.refused) return failure(this.t, failed.error, failed.retry);
    const words = failed.error.detail || failed.error.title || this.t("error.title");
    return html`<div class="choose-warning" role="alert"><arp-icon name="alert"></arp-icon><p>${words}</p></div>`;
  }

  private segment(name: string, icon: IconName, text: string, checked: boolean, choose: () => void): TemplateResult {
    return html`<label><input type="radio" name=${name} .checked=${live(checked)} @change=${choose} /><span><arp-icon name=${icon}></arp-icon>${text}</span></label>`;
  }

  // --- ways of choosing --------------------------------------------------------------------------------------------

  private clicking(): TemplateResult {
    return html`<p class="muted">${this.words("click.hint")}</p>
      <button class="button wide-only" @click=${focusMap}><arp-icon name="coordinates"></arp-icon>${this.words("click.keyboard")}</button>`;
  }

  private drawing(): TemplateResult {
    const { kind, distance, fault } = this.desk.state;
    const wrong = fault === "distance";
    // Kept at every key: the panel may be drawn again while somebody types.
    const type = (event: Event): void => this.desk.type({ distance: typed(event) });
    return html`<fieldset class="segments"><legend class="sr-only">${this.words("draw.kind")}</legend>
        ${KINDS.map(([one, icon]) => this.segment("choose-kind", icon, this.words(`draw.${one}`), one === kind, () => this.desk.draw(one)))}</fieldset>
      <div class="choose-field choose-distance"><label for="choose-distance">${this.words("draw.distance")}</label>
        <input id="choose-distance" type="number" inputmode="numeric" min="0" max=${FARTHEST_M} step="any" .value=${live(distance)}
          aria-invalid=${wrong} aria-describedby=${wrong ? "choose-distance-wrong" : nothing} @input=${type} @change=${() => void this.desk.askAround()} />
        ${wrong ? html`<p class="choose-fault" id="choose-distance-wrong">${this.words("draw.distanceWrong")}</p>` : nothing}</div>
      ${this.drawActions(kind)}`;
  }

  private drawActions(kind: DrawKind): TemplateResult {
    const { measure } = this.state;
    if (measure?.finished) {
      return html`<div class="button-row">
        ${kind === "area" && !this.desk.refused ? html`<button class="button button-small" @click=${this.openZone}>${this.words("draw.zone")}</button>` : nothing}
        <button class="button button-small" @click=${() => this.desk.draw(kind)}>${this.words("draw.again")}</button></div>`;
    }
    if (measure?.points.length) {
      return html`<div class="button-row">
        <button class="button button-primary" @click=${() => this.app.measure.finish()}><arp-icon name="check"></arp-icon>${this.words("draw.finish")}</button>
        <button class="button" @click=${() => this.app.measure.removePoint()}><arp-icon name="undo"></arp-icon>${this.words("draw.undo")}</button></div>`;
    }
    if (kind === "point") return html`<p class="muted">${this.words("draw.hintPoint")}</p>`;
    return html`<p class="muted wide-only">${this.words("draw.hint")}</p><p class="muted phone-only">${this.words("draw.hintPhone")}</p>`;
  }

  /** It takes the place of the button that ends a drawing: the second click of a double click was not meant for it. */
  private openZone = ({ detail }: MouseEvent): void => {
    if (detail < 2) this.desk.openZone();
  };

  private list(): TemplateResult {
    const { text, commune, communes, fault, asking } = this.desk.state;
    const faults = { references: "list.missing", tooMany: "list.tooMany" } as const;
    const wrong = fault === "references" || fault === "tooMany" ? this.words(faults[fault]) : null;
    const strange = fault === "commune";
    return html`<form class="choose-list" novalidate @submit=${this.submit}>
      <div class="choose-field"><label for="choose-references">${this.words("list.label")}</label>
        <textarea id="choose-references" rows="5" spellcheck="false" autocapitalize="characters" .value=${live(text)} aria-invalid=${wrong !== null}
          aria-describedby="choose-references-hint" @input=${(event: Event) => this.desk.type({ text: typed(event) })}></textarea>
        <p class=${wrong ? "choose-fault" : "muted small"} id="choose-references-hint">${wrong ?? this.words("list.hint")}</p></div>
      <div class="choose-field"><label for="choose-commune">${this.words("list.commune")}</label>
        <input id="choose-commune" type="text" list="choose-communes" autocomplete="off" .value=${live(commune)} aria-invalid=${strange}
          aria-describedby="choose-commune-hint" @input=${(event: Event) => this.desk.type({ commune: typed(event) })} />
        <datalist id="choose-communes">${communes.map((one) => html`<option value=${communeText(one)}></option>`)}</datalist>
        <p class=${strange ? "choose-fault" : "muted small"} id="choose-commune-hint">${this.words(strange ? "list.communeWrong" : "list.communeHint")}</p></div>
      <button class="button button-primary" ?disabled=${asking}><arp-icon name="plus"></arp-icon>${this.words("list.add")}</button>
    </form>`;
  }

  private submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    await this.desk.askReferences();
    await this.settled();
    this.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  };

  private unknown(): TemplateResult | typeof nothing {
    const { unknown } = this.desk.state;
    if (!unknown.length) return nothing;
    const title = this.words(unknown.length === 1 ? "list.unknownOne" : "list.unknownMany", { count: unknown.length });
    const first = unknown.slice(0, MOST_NAMED).map((one) => one.replaceAll(" ", "\u00a0"));
    const named = first.join(", ") + (unknown.length > MOST_NAMED ? "…" : "");
    return html`<div class="choose-warning" role="alert"><arp-icon name="alert"></arp-icon><p>${title} <strong>${named}</strong></p></div>`;
  }

  private truncated(): TemplateResult | typeof nothing {
    if (!this.desk.state.truncated) return nothing;
    return html`<div class="choose-warning" role="alert"><arp-icon name="alert"></arp-icon><p>${this.words("result.truncated")}</p></div>`;
  }

  // --- what is chosen ----------------------------------------------------------------------------------------------

  private result(parcels: readonly ChosenParcel[]): TemplateResult {
    const title = html`<h3 id="choose-result" tabindex="-1">${this.words("result.title")}</h3>`;
    if (!parcels.length) {
      return html`<section class="choose-result" aria-labelledby="choose-result">${title}${emptiness(this.words("result.empty"), this.words("result.emptyAdvice"))}</section>`;
    }
    return html`<section class="choose-result" aria-labelledby="choose-result">
      <header>${title}<span>${this.desk.count(parcels.length)}</span></header>
      ${this.actions(parcels.length)}${this.notes()}${this.table(parcels)}
    </section>`;
  }

  private actions(count: number): TemplateResult {
    const many = count > MOST_IN_SHEET;
    const small = (icon: IconName, words: string, act: () => void): TemplateResult =>
      html`<button class="button button-small" @click=${act}><arp-icon name=${icon}></arp-icon>${words}</button>`;
    return html`<button class="button button-primary button-wide" ?disabled=${many} aria-describedby=${many ? "choose-most" : nothing} @click=${() => this.desk.openSheet()}>${this.words(count === 1 ? "result.sheetOne" : "result.sheet")}</button>
      ${many ? html`<p class="muted small" id="choose-most">${this.words("result.sheetMost")}</p>` : nothing}
      <div class="button-row choose-actions">
        ${small("frame", this.words("result.show"), () => this.desk.show())}
        <button class="button button-small" ?disabled=${this.desk.state.saving} aria-label=${this.words("result.csvTip")} title=${this.words("result.csvTip")} @click=${() => void this.desk.saveTable()}><arp-icon name="download"></arp-icon>${this.words("result.csv")}</button>
        ${this.filing()}
        ${small("close", this.words("result.clear"), () => void this.clear())}
      </div>`;
  }

  /** For whoever may file a planning application on these parcels. */
  private filing(): TemplateResult | typeof nothing {
    const idus = this.desk.parcels.map(({ idu }) => idu);
    const url = filingUrl(this.app.config.urls.file_permit, idus);
    return url
      ? html`<a class="button button-small" href=${url}><arp-icon name="permits"></arp-icon>${this.words("result.apply")}</a>`
      : nothing;
  }

  private notes(): TemplateResult | typeof nothing {
    if (this.desk.kept) return nothing;
    return html`<p class="muted small">${this.words(this.state.chosen.secret ? "result.linkSecret" : "result.linkMany")}</p>`;
  }

  private table(parcels: readonly ChosenParcel[]): TemplateResult {
    const sums = totals(parcels);
    return html`<table class="choose-table"><caption class="sr-only">${this.words("result.title")}</caption>
      <thead><tr><th scope="col">${this.words("result.parcel")}</th><th scope="col">${this.words("result.area")}</th><th scope="col">${this.words("result.measured")}</th><td></td></tr></thead>
      <tbody>${parcels.slice(0, this.rows).map((parcel) => this.row(parcel))}</tbody>
      <tfoot><tr><th scope="row">${this.words("result.total")}</th><td>${this.area(sums.area_m2)}</td><td>${this.area(sums.measured_m2)}</td><td></td></tr></tfoot>
    </table>
    ${parcels.length > this.rows ? html`<button class="button button-wide" @click=${this.more}>${this.words("result.more")}</button>` : nothing}`;
  }

  private row(parcel: ChosenParcel): TemplateResult {
    const over = (on: boolean) => (): void => this.app.view.hover(on ? { layer: "parcels", id: parcel.id } : null);
    const words = this.words("result.remove", { label: parcel.label });
    return html`<tr @pointerenter=${over(true)} @pointerleave=${over(false)}>
      <th scope="row"><button @click=${() => this.desk.show([parcel])} @focus=${over(true)} @blur=${over(false)}>${parcel.label}<small>${parcel.commune ?? parcel.insee}</small></button></th>
      <td>${this.area(parcel.area_m2)}</td><td>${this.area(parcel.measured_m2)}</td>
      <td><button class="icon-button" data-remove=${parcel.id} aria-label=${words} title=${words} @click=${() => void this.takeOut(parcel)}><arp-icon name="close"></arp-icon></button></td>
    </tr>`;
  }

  private area(squareMetres: number | null): string {
    return squareMetres === null ? this.words("result.unknownArea") : formatArea(squareMetres, this.state.language);
  }

  private more = (): void => {
    this.rows += ROWS;
  };

  /** The line that takes the place of the one that went keeps the focus there. */
  private async takeOut(parcel: ChosenParcel): Promise<void> {
    const place = this.desk.parcels.indexOf(parcel);
    this.desk.remove(parcel);
    const next = this.desk.parcels[Math.min(place, this.desk.parcels.length - 1)];
    await this.settled();
    const button = next && this.querySelector<HTMLElement>(`[data-remove="${next.id}"]`);
    (button || this.querySelector<HTMLElement>("#choose-result"))?.focus();
  }

  private async clear(): Promise<void> {
    this.desk.clear();
    await this.settled();
    this.querySelector<HTMLElement>("#choose-result")?.focus();
  }

  /** The state's listeners run a little later, then the screen is drawn. */
  private async settled(): Promise<void> {
    await Promise.resolve();
    await this.updateComplete;
  }
}

customElements.define("arp-choose-panel", ChoosePanel);
