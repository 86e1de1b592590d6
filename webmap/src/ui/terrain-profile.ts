import { html, nothing, svg, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { type ApiError, isAbort } from "../api/client";
import type { ProfilePoint, TerrainProfile } from "../api/types";
import { formatLength, formatTaken } from "../format/format";
import { groundResolution, type LonLat } from "../geo/mercator";
import { type TerrainWords, terrainWords } from "../i18n/terrain";
import { CHART, extremes, nearestTo, pathOf, pointNear, sample, scaleOf, ticks } from "../state/terrain";
import { ArpentElement } from "./element";

const FILES = ["svg", "csv", "pdf"];
const TABLE_ROWS = 21;
/** So near the line on the screen the pointer moves the cursor of the chart. */
const NEAR_PX = 24;
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
};

/** The ground and the surface along a line: a chart with a cursor that the map shares, figures, a table, files. */
export class TerrainProfileElement extends ArpentElement {
  @property({ attribute: false }) points: LonLat[] = [];
  private result: TerrainProfile | null = null;
  private error: ApiError | null = null;
  private control: AbortController | null = null;
  private at: number | null = null;
  private stopPointer: (() => void) | null = null;

  private get words(): TerrainWords {
    return terrainWords(this.state.language);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopPointer = this.app.pointer.subscribe(() => this.followPointer());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopPointer?.();
    this.control?.abort();
    this.app.measure.pointAt(null);
  }

  private async load(): Promise<void> {
    this.control?.abort();
    const control = new AbortController();
    this.control = control;
    this.error = null;
    this.requestUpdate();
    try {
      this.result = await this.app.api.terrainProfile(this.points, control.signal);
    } catch (error) {
      if (isAbort(error)) return;
      this.error = error as ApiError;
    }
    this.control = null;
    this.requestUpdate();
  }

  private followPointer(): void {
    const { position } = this.app.pointer.state;
    if (!this.result || !position) return;
    const { zoom, center } = this.state.view;
    const near = pointNear(this.result.profile, position, NEAR_PX * groundResolution(zoom, center[1]));
    if (near !== null) this.moveTo(near);
  }

  private moveTo(at: number | null): void {
    if (at === this.at) return;
    this.at = at;
    const point = at === null ? undefined : this.result?.profile[at];
    this.app.measure.pointAt(point ? [point[3], point[4]] : null);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    if (this.result) return this.profile(this.result);
    if (this.control) return html`<p class="muted" role="status">${this.words("loading")}</p>`;
    const message = this.error ? this.error.detail || this.error.title || this.t("error.offlineTitle") : "";
    return html`${message ? html`<p class="field-fault" role="alert">${message}</p>` : nothing}
      <button class="button" @click=${() => void this.load()}><arp-icon name="length"></arp-icon>${this.words(message ? "again" : "open")}</button>`;
  }

  private profile(result: TerrainProfile): TemplateResult {
    return html`<section class="terrain" aria-label=${this.words("open")}>
      <h3>${this.words("open")}</h3>
      ${this.figures(result)}
      ${this.chart(result)}
      <p class="terrain-at">${this.at === null ? this.words("hint") : this.describe(result.profile[this.at] as ProfilePoint)}</p>
      ${this.sources(result)}
      <p class="terrain-files"><span>${this.words("files")}</span>${FILES.map(
        (file) =>
          html` <a href=${this.app.api.terrainProfileFile(this.points, file)} download="profil-du-terrain.${file}">${file.toUpperCase()}</a>`,
      )}</p>
      ${this.table(result)}
    </section>`;
  }

  private metres(value: number | null, decimals = 1): string {
    if (value === null) return this.words("none");
    const format = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    return `${value.toLocaleString(this.state.language, format)} m`;
  }

  private figures(result: TerrainProfile): TemplateResult {
    const { language } = this.state;
    const ends = extremes(result.profile);
    const percent = { style: "percent", maximumFractionDigits: 1 } as const;
    const rows: [string, string][] = [
      ...(ends ? [[this.words("climb"), `${this.metres(ends[0])} → ${this.metres(ends[1])}`] as [string, string]] : []),
      ...(result.ground_length_m === null
        ? []
        : [[this.words("length.ground"), formatLength(result.ground_length_m, language)] as [string, string]]),
      ...(result.slope === null
        ? []
        : [[this.words("slope"), result.slope.toLocaleString(language, percent)] as [string, string]]),
    ];
    return html`<dl class="terrain-figures">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  /** In one sentence, for the eye and for a screen reader. */
  private describe([distance, ground, surface]: ProfilePoint): string {
    const parts = [this.words("at", { distance: formatLength(distance, this.state.language) })];
    if (this.result?.models.ground) parts.push(`${this.words("ground").toLowerCase()} ${this.metres(ground)}`);
    if (this.result?.models.surface) parts.push(`${this.words("surface").toLowerCase()} ${this.metres(surface)}`);
    if (ground !== null && surface !== null) parts.push(`+${this.metres(Math.max(surface - ground, 0))}`);
    return parts.join(" · ");
  }

  private chart(result: TerrainProfile): TemplateResult {
    const scale = scaleOf(result);
    const { width, height, left, right, bottom } = CHART;
    const { language } = this.state;
    const point = this.at === null ? null : (result.profile[this.at] ?? null);
    return html`<svg class="terrain-chart" viewBox="0 0 ${width} ${height}" role="slider" tabindex="0"
      aria-label=${this.words("chart")} aria-valuemin="0" aria-valuemax=${Math.round(result.length_m)}
      aria-valuenow=${Math.round(point?.[0] ?? 0)} aria-valuetext=${point ? this.describe(point) : this.words("hint")}
      @keydown=${this.pressed} @pointermove=${this.pointed} @pointerdown=${this.pointed}>
      ${ticks(scale.low, scale.high).map((altitude) => {
        const y = scale.y(altitude);
        return svg`<path class="terrain-grid" d="M${left} ${y}H${width - right}" /><text x=${left - 4} y=${y + 3.5} text-anchor="end">${altitude.toLocaleString(language)}</text>`;
      })}
      ${ticks(0, result.length_m, 3).map(
        (distance) =>
          svg`<text x=${scale.x(distance)} y=${height - 6} text-anchor=${distance ? "middle" : "start"}>${distance.toLocaleString(language)}</text>`,
      )}
      <path class="terrain-grid" d="M${left} ${height - bottom}H${width - right}" />
      ${svg`<path class="terrain-surface" d=${pathOf(result.profile, 2, scale)} /><path class="terrain-ground" d=${pathOf(result.profile, 1, scale)} />`}
      ${point ? svg`<path class="terrain-cursor" d="M${scale.x(point[0])} 4V${height - bottom}" />` : nothing}
    </svg>`;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const profile = this.result?.profile;
    if (step === undefined || !profile || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const last = profile.length - 1;
    const stride = Math.sign(step) * Math.max(1, Math.round(Math.abs(step) * last));
    this.moveTo(Math.min(last, Math.max(0, (this.at ?? 0) + stride)));
  };

  private readonly pointed = (event: PointerEvent): void => {
    const { result } = this;
    if (!result) return;
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const { width, left, right } = CHART;
    const share = (((event.clientX - box.left) / box.width) * width - left) / (width - left - right);
    this.moveTo(nearestTo(result.profile, Math.min(1, Math.max(0, share)) * result.length_m));
  };

  private sources({ models }: TerrainProfile): TemplateResult {
    const { language } = this.state;
    const kinds = ["ground", "surface"] as const;
    return html`<ul class="terrain-key">${kinds.map((kind) => {
      const model = models[kind];
      if (!model) return nothing;
      const source = this.words("source", { title: model.title, date: formatTaken(model.acquired, language) });
      return html`<li><svg viewBox="0 0 22 8" width="22" height="8" aria-hidden="true">${svg`<path class="terrain-${kind}" d="M1 4h20" />`}</svg><span>${this.words(kind)} : ${source}</span></li>`;
    })}</ul>`;
  }

  private table({ profile }: TerrainProfile): TemplateResult {
    return html`<details><summary>${this.words("table")}</summary><table class="terrain-table">
      <caption class="sr-only">${this.words("caption")}</caption>
      <thead><tr><th scope="col">${this.words("distance")}</th><th scope="col">${this.words("ground")}</th><th scope="col">${this.words("surface")}</th></tr></thead>
      <tbody>${sample(profile, TABLE_ROWS).map(
        ([distance, ground, surface]) =>
          html`<tr><th scope="row">${this.metres(distance, 0)}</th><td>${this.metres(ground)}</td><td>${this.metres(surface)}</td></tr>`,
      )}</tbody>
    </table></details>`;
  }
}

customElements.define("arp-terrain-profile", TerrainProfileElement);
