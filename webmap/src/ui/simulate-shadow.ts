import { html, nothing, svg, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type * as schema from "../api/schema";
import { formatDate } from "../format/format";
import type { Geometry } from "../geo/geojson";
import { boxOf, type Position, readShape } from "../geo/shape";
import {
  clock,
  FIRST_MINUTE,
  type Instant,
  isDay,
  LAST_MINUTE,
  STEP_MINUTES,
  STRIP_COLUMNS,
  stripOf,
} from "../simulation/instant";
import { cornersOf } from "../simulation/outline";
import { ridgeOf } from "../simulation/project";
import { SimulateElement } from "./simulate-element";
import { failure, skeleton } from "./states";

/** How far around the project a picture goes, in heights of it. */
const REACH_HEIGHTS = 2.5;
const LEAST_HEIGHT_M = 2;
const REFUSALS = [400, 404, 409];

/** The shadow at a day and an hour, and nine of them side by side. */
export class SimulateShadow extends SimulateElement {
  protected override render(): TemplateResult | typeof nothing {
    if (!this.desk.state.project.volumes.length) return nothing;
    const { shadowShown } = this.desk.state;
    const toggle = (event: Event): void => this.desk.show({ shadowShown: (event.target as HTMLInputElement).checked });
    return html`<section class="simulate-shadow" aria-labelledby="simulate-shadow-title"><h3 id="simulate-shadow-title">${this.words("shadow.title")}</h3>
      <label class="check"><input type="checkbox" .checked=${live(shadowShown)} @change=${toggle} /><span>${this.words("shadow.show")}</span></label>
      ${shadowShown ? html`${this.choice()}${this.found()}${this.strip()}` : nothing}</section>`;
  }

  private choice(): TemplateResult {
    const { instant, onRelief } = this.desk.state;
    const time = clock(instant.minutes);
    const setDay = (event: Event): void => {
      const { value } = event.target as HTMLInputElement;
      if (isDay(value)) this.desk.show({ instant: { ...instant, day: value } });
    };
    const setTime = (event: Event): void =>
      this.desk.show({ instant: { ...instant, minutes: Number((event.target as HTMLInputElement).value) } });
    const setRelief = (event: Event): void => this.desk.show({ onRelief: (event.target as HTMLInputElement).checked });
    return html`<div class="field"><label for="simulate-day">${this.words("shadow.day")}</label>
        <input id="simulate-day" type="date" min="1950-01-01" max="2049-12-31" .value=${instant.day} @change=${setDay} /></div>
      <div class="field"><label for="simulate-time">${this.words("shadow.hour", { time })}</label>
        <input id="simulate-time" type="range" min=${FIRST_MINUTE} max=${LAST_MINUTE} step=${STEP_MINUTES} .value=${live(String(instant.minutes))} aria-valuetext=${time} @input=${setTime} /></div>
      <label class="check"><input type="checkbox" .checked=${live(onRelief)} @change=${setRelief} /><span>${this.words("shadow.relief")}</span></label>`;
  }

  private found(): TemplateResult {
    const { value, error } = this.desk.shadow.answer;
    if (error && REFUSALS.includes(error.status))
      return html`<p class="simulate-fault" role="alert">${error.detail || error.title}</p>`;
    if (error) return failure(this.t, error, () => this.desk.refresh());
    if (!value) return skeleton(this.t, 2);
    const { sun, terrain, obstacles } = value;
    const figures = { elevation: this.number(sun.elevation, 1), azimuth: this.number(sun.azimuth, 0) };
    const lies = terrain.length
      ? this.words("shadow.models", { names: terrain.join(", ") })
      : this.words("shadow.flat");
    return html`<p role="status" class="simulate-shadow-said">${value.shadow ? html`<strong>${this.words("shadow.area", { area: this.area(value.area_m2) })}</strong> · ` : nothing}${this.words("shadow.sun", figures)} ${lies}</p>
      ${this.desk.state.onRelief ? html`<p class="muted small">${this.words(`obstacles.${obstacles}`)}</p>` : nothing}
      ${value.notes.map((note) => html`<p class="muted small">${note}</p>`)}
      ${this.neighbours(value)}`;
  }

  private neighbours({ shadow, neighbours }: schema.SimulationShadowAnswer): TemplateResult | typeof nothing {
    if (!shadow) return nothing;
    if (!neighbours.length) return html`<p class="muted">${this.words("shadow.none")}</p>`;
    return html`<table class="simulate-table"><caption>${this.words("shadow.caption")}</caption>
      <thead><tr><th scope="col">${this.words("shadow.parcel")}</th><th scope="col">${this.words("shadow.shaded")}</th><th scope="col">${this.words("shadow.buildings")}</th></tr></thead>
      <tbody>${neighbours.map((one) => html`<tr><th scope="row">${one.name || one.parcel}</th><td>${this.area(one.shaded_m2)}</td><td>${this.area(one.buildings_m2)}</td></tr>`)}</tbody></table>`;
  }

  // --- the strip of nine ---------------------------------------------------------------------------------------------

  private strip(): TemplateResult {
    const open = (event: Event): void => {
      const shown = (event.target as HTMLDetailsElement).open;
      if (shown !== this.desk.state.stripShown) this.desk.show({ stripShown: shown });
    };
    return html`<details class="simulate-strip" ?open=${this.desk.state.stripShown} @toggle=${open}><summary>${this.words("shadow.strip")}</summary>
      ${this.desk.state.stripShown ? this.nine() : nothing}</details>`;
  }

  private nine(): TemplateResult {
    const { value, error } = this.desk.strip.answer;
    if (error) return failure(this.t, error, () => this.desk.refresh());
    if (!value) return skeleton(this.t, 3);
    const instants = stripOf(this.desk.state.instant.day.slice(0, 4));
    const { box } = this;
    const rows = [0, STRIP_COLUMNS, 2 * STRIP_COLUMNS].map((from) => instants.slice(from, from + STRIP_COLUMNS));
    return html`<table class="simulate-table simulate-nine"><caption>${this.words("shadow.stripCaption")}</caption>
      <thead><tr><th scope="col">${this.words("shadow.day")}</th>${(rows[0] ?? []).map(({ minutes }) => html`<th scope="col">${clock(minutes)}</th>`)}</tr></thead>
      <tbody>${rows.map((row, i) => html`<tr><th scope="row">${formatDate(row[0]?.day ?? "", this.state.language)}</th>${row.map((instant, j) => html`<td>${this.one(instant, value[i * STRIP_COLUMNS + j], box)}</td>`)}</tr>`)}</tbody></table>`;
  }

  /** The project and what is near it, the same of all nine: a long shadow runs out of its picture. */
  private get box(): string {
    const { volumes } = this.desk.state.project;
    const [west, south, east, north] = boxOf(volumes.flatMap(({ outline }) => cornersOf(outline)));
    const reach = REACH_HEIGHTS * Math.max(LEAST_HEIGHT_M, ...volumes.map(ridgeOf));
    const size = Math.max(east - west, north - south) + 2 * reach;
    return [(west + east - size) / 2, -(south + north + size) / 2, size, size].map((one) => one.toFixed(2)).join(" ");
  }

  private one(instant: Instant, answer: schema.SimulationShadowAnswer | undefined, box: string): TemplateResult {
    const { day, minutes } = this.desk.state.instant;
    const shadow = readShape((answer?.shadow ?? null) as Geometry | null);
    const rings = shadow?.parts.map((part) => part.map(path).join(" ")) ?? [];
    const current = instant.day === day && instant.minutes === minutes;
    const text = answer?.shadow ? this.area(answer.area_m2) : "—";
    return html`<button type="button" class="simulate-thumbnail" aria-pressed=${current} aria-label="${formatDate(instant.day, this.state.language)}, ${clock(instant.minutes)} : ${text}" @click=${() => this.desk.show({ instant })}>
      <svg viewBox=${box} aria-hidden="true">${rings.map((d) => svg`<path class="cast" fill-rule="evenodd" d=${d} />`)}${this.desk.state.project.volumes.map(({ outline }) => svg`<path class="stands" d=${path(cornersOf(outline))} />`)}</svg>${text}</button>`;
  }
}

/** North is up on a screen too. */
const path = (ring: readonly Position[]): string =>
  `M${ring.map(([x, y]) => `${x.toFixed(2)},${(-y).toFixed(2)}`).join("L")}Z`;

customElements.define("arp-simulate-shadow", SimulateShadow);
