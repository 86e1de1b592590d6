import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { ApiError } from "../api/client";
import { HIGHEST_LINE_M, LINE_KINDS, type Line, type LineKind, lengthOf, WIDEST_M } from "../simulation/lines";
import { HIGHEST_M } from "../simulation/project";
import { SimulateElement } from "./simulate-element";
import { failure } from "./states";

const MOST_APART_M = 100;
const MOST_LEVELS = 100;

const value = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** What is not a volume: roads, walls, hedges and trenches; buildings that are pulled down; footprints of a file. */
export class SimulateWorks extends SimulateElement {
  @state() private limit = 0;
  @state() private apart = 0.5;
  @state() private eaves = 3;
  @state() private levels: number | null = 1;
  @state() private notes: readonly string[] = [];
  @state() private fault: ApiError | null = null;
  @state() private reading = false;

  protected override render(): TemplateResult {
    return html`<details class="simulate-more"><summary>${this.words("line.title")}</summary>${this.adding()}${this.lines()}</details>
      ${this.buildings()}
      <details class="simulate-more"><summary>${this.words("import.title")}</summary>${this.importing()}</details>`;
  }

  // --- lines with a width --------------------------------------------------------------------------------------------

  private adding(): TemplateResult {
    const { lineKind } = this.desk.state;
    const { limits } = this.desk;
    const limit = limits[this.limit] ?? limits[0];
    const setKind = (event: Event): void => this.desk.store.update({ lineKind: value(event) as LineKind });
    const setLimit = (event: Event): void => {
      this.limit = Number(value(event));
    };
    const setApart = (metres: number): void => {
      this.apart = metres;
    };
    return html`<div class="field"><label for="simulate-line-kind">${this.words("line.kind")}</label>
        <select id="simulate-line-kind" @change=${setKind}>${LINE_KINDS.map((one) => html`<option value=${one} .selected=${live(one === lineKind)}>${this.words(`line.${one}`)}</option>`)}</select></div>
      <button type="button" class="button button-small" @click=${() => this.desk.setMode("line")}><arp-icon name="draw"></arp-icon>${this.words("line.draw")}</button>
      ${
        limit
          ? html`<div class="simulate-row"><div class="field"><label for="simulate-line-limit">${this.words("line.along")}</label>
          <select id="simulate-line-limit" @change=${setLimit}>${limits.map(({ number, label }, i) => html`<option value=${i} .selected=${live(limits[i] === limit)}>${number} · ${label}</option>`)}</select></div>
          ${this.numberField({ id: "simulate-line-apart", label: this.words("line.apart"), value: this.apart, least: 0, most: MOST_APART_M, apply: setApart })}</div>
        <button type="button" class="button button-small" @click=${() => this.desk.works.addLineAlong(limit, this.apart)}><arp-icon name="plus"></arp-icon>${this.words("line.add")}</button>`
          : nothing
      }`;
  }

  private lines(): TemplateResult | typeof nothing {
    const { lines } = this.desk.project;
    return lines.length ? html`<ul class="simulate-lines">${lines.map((line) => this.line(line))}</ul>` : nothing;
  }

  private line(line: Line): TemplateResult {
    const { id, kind, width, height } = line;
    const name = this.words("line.named", { kind: this.words(`line.${kind}`), number: id });
    const removal = this.words("line.remove", { name });
    const deep = kind === "trench";
    return html`<li><strong>${name}</strong> <span class="muted small">${this.metres(lengthOf(line))}</span>
      <div class="simulate-row">
        ${this.numberField({ id: `simulate-line-width-${id}`, label: this.words("line.width"), value: width, least: 0.05, most: WIDEST_M, apply: (metres) => this.desk.works.patchLine(id, { width: metres }) })}
        ${kind === "road" ? nothing : this.numberField({ id: `simulate-line-height-${id}`, label: this.words(deep ? "line.depth" : "line.height"), value: height, least: 0, most: HIGHEST_LINE_M, apply: (metres) => this.desk.works.patchLine(id, { height: metres }) })}
      </div>
      <button type="button" class="button button-small" aria-label=${removal} @click=${() => this.desk.works.removeLine(id)}><arp-icon name="minus"></arp-icon>${this.words("volume.remove")}</button></li>`;
  }

  // --- buildings -----------------------------------------------------------------------------------------------------

  private buildings(): TemplateResult | typeof nothing {
    const { buildings } = this.desk;
    const { demolished } = this.desk.project;
    if (!buildings.length) return nothing;
    const toggle = (id: number) => (event: Event) =>
      this.desk.works.demolish(id, (event.target as HTMLInputElement).checked);
    return html`<details class="simulate-more"><summary>${this.words("demolish.title", { count: demolished.length })}</summary>
      <fieldset><legend class="sr-only">${this.words("demolish.legend")}</legend>
        ${buildings.map(({ id, area }, i) => html`<label class="check"><input type="checkbox" .checked=${live(demolished.includes(id))} @change=${toggle(id)} /><span>${this.words("demolish.one", { number: i + 1, area: this.area(area) })}</span></label>`)}</fieldset></details>`;
  }

  // --- files ---------------------------------------------------------------------------------------------------------

  private importing(): TemplateResult {
    const setEaves = (metres: number): void => {
      this.eaves = metres;
    };
    const setLevels = (levels: number): void => {
      this.levels = Math.round(levels);
    };
    const without = (): void => {
      this.levels = null;
    };
    const { fault } = this;
    return html`<p class="muted small">${this.words("import.hint")}</p>
      <div class="simulate-row">
        ${this.numberField({ id: "simulate-import-eaves", label: this.words("field.height"), value: this.eaves, least: 0, most: HIGHEST_M, apply: setEaves })}
        ${this.numberField({ id: "simulate-import-levels", label: this.words("field.levels"), value: this.levels, least: 0, most: MOST_LEVELS, apply: setLevels, empty: without })}</div>
      <div class="field"><label for="simulate-file">${this.words("import.file")}</label>
        <input id="simulate-file" type="file" multiple accept=".geojson,.json,.dxf,.shp,.shx,.dbf,.prj,.cpg,.zip,.gpkg" ?disabled=${this.reading} @change=${(event: Event) => void this.take(event)} /></div>
      ${fault && (fault.status === 400 ? html`<p class="simulate-fault" role="alert">${fault.detail || fault.title}</p>` : failure(this.t, fault, () => this.requestUpdate()))}
      ${this.notes.map((note) => html`<p class="muted small" role="status">${note}</p>`)}`;
  }

  private async take(event: Event): Promise<void> {
    const field = event.target as HTMLInputElement;
    const files = [...(field.files ?? [])];
    if (!files.length) return;
    this.fault = null;
    this.notes = [];
    this.reading = true;
    try {
      this.notes = await this.desk.works.importFiles(files, this.eaves, this.levels);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.fault = error;
    } finally {
      this.reading = false;
      field.value = "";
    }
  }
}

customElements.define("arp-simulate-works", SimulateWorks);
