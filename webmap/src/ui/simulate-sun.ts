import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type * as schema from "../api/schema";
import { formatDate } from "../format/format";
import { SUN_DAYS, SUN_TINTS, type SunDay } from "../simulation/sun-hours";
import { SimulateElement } from "./simulate-element";
import { failure, skeleton } from "./states";

const REFUSALS = [400, 404, 409];

/** Hours of sun that neighbours lose on a day: what the colours on the map mean, and the same as a table. */
export class SimulateSun extends SimulateElement {
  protected override render(): TemplateResult | typeof nothing {
    if (!this.desk.state.project.volumes.length) return nothing;
    const { sun } = this.desk;
    const toggle = (event: Event): void => this.show((event.target as HTMLInputElement).checked, sun.day);
    return html`<section class="simulate-sun" aria-labelledby="simulate-sun-title" aria-busy=${sun.question.answer.asking}><h3 id="simulate-sun-title">${this.words("sun.title")}</h3>
      <label class="check"><input type="checkbox" .checked=${live(sun.shown)} @change=${toggle} /><span>${this.words("sun.show")}</span></label>
      ${sun.shown ? html`${this.choice()}${this.result()}` : nothing}</section>`;
  }

  private show(shown: boolean, day: SunDay): void {
    this.desk.sun.show(shown, day);
    this.desk.refresh();
    this.requestUpdate();
  }

  private choice(): TemplateResult {
    const { sun } = this.desk;
    const choose = (event: Event): void => this.show(true, (event.target as HTMLSelectElement).value as SunDay);
    return html`<div class="field"><label for="simulate-sun-day">${this.words("shadow.day")}</label>
      <select id="simulate-sun-day" @change=${choose}>${SUN_DAYS.map((day) => html`<option value=${day} .selected=${live(day === sun.day)}>${this.dayName(day)}</option>`)}</select></div>`;
  }

  private dayName(day: SunDay): string {
    const { instant } = this.desk.state;
    const { language } = this.state;
    return day === "chosen"
      ? this.words("sun.chosen", { day: formatDate(instant.day, language) })
      : formatDate(`${instant.day.slice(0, 4)}-${day}`, language);
  }

  private result(): TemplateResult {
    const { value, error } = this.desk.sun.question.answer;
    if (error && REFUSALS.includes(error.status))
      return html`<p class="simulate-fault" role="alert">${error.detail || error.title}</p>`;
    if (error) return failure(this.t, error, () => this.desk.refresh());
    if (!value) return skeleton(this.t, 3);
    const losing = value.neighbours.length;
    return html`<p role="status">${losing ? this.words("sun.said", { count: losing, day: formatDate(value.day, this.state.language) }) : this.words("sun.none")}</p>
      ${this.legend(value.classes)}${losing ? this.table(value.neighbours) : nothing}
      <p class="muted small">${this.words(`obstacles.${value.obstacles}`)}</p>
      ${value.notes.map((note) => html`<p class="muted small">${note}</p>`)}`;
  }

  private legend(classes: readonly schema.SunClass[]): TemplateResult {
    const range = ({ from_h, to_h }: schema.SunClass): string =>
      to_h === null
        ? this.words("sun.more", { from: this.number(from_h, 1) })
        : this.words("sun.range", { from: this.number(from_h, 1), to: this.number(to_h, 1) });
    return html`<ul class="simulate-sun-legend" aria-label=${this.words("sun.legend")}>${classes.map((one, i) => html`<li><span class="swatch" data-tint=${SUN_TINTS[i] ?? nothing} aria-hidden="true"></span>${range(one)} : ${this.area(one.area_m2)}</li>`)}</ul>`;
  }

  private table(neighbours: readonly schema.NeighbourSun[]): TemplateResult {
    const cell = (loss: schema.SunLoss | null): string =>
      loss ? this.words("sun.cell", { mean: this.number(loss.mean_h, 1), most: this.number(loss.most_h, 1) }) : "—";
    return html`<table class="simulate-table"><caption>${this.words("sun.caption")}</caption>
      <thead><tr><th scope="col">${this.words("shadow.parcel")}</th><th scope="col">${this.words("sun.garden")}</th><th scope="col">${this.words("sun.buildings")}</th></tr></thead>
      <tbody>${neighbours.map(({ name, parcel, garden, buildings }) => html`<tr><th scope="row">${name || parcel}</th><td>${cell(garden)}</td><td>${cell(buildings)}</td></tr>`)}</tbody></table>`;
  }
}

customElements.define("arp-simulate-sun", SimulateSun);
